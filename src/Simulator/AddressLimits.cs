using System.Net;

namespace LatencyEngine.Simulator;

/// <summary>V5's limits of an address: 600 HTTP requests in 5 s, 500 new sockets in 5 minutes, 3,000 order-entry requests in a second (Bybit V5, 3, 17.1). Any thread.</summary>
internal sealed class AddressLimits
{
    /// <summary>How long an address that sent too many HTTP requests is refused.</summary>
    private const long BanNanos = 600_000_000_000;

    private readonly Dictionary<IPAddress, Counts> _addresses = [];
    private readonly Lock _lock = new();

    /// <summary>Counts an HTTP request; false when the address has sent too many of late.</summary>
    public bool TakeHttp(IPAddress address, long nowNanos)
    {
        lock (_lock)
        {
            Counts counts = Of(address);
            if (nowNanos < counts.BannedUntilNanos) return false;
            if (counts.Http.TryTake(nowNanos)) return true;
            counts.BannedUntilNanos = nowNanos + BanNanos;
            return false;
        }
    }

    /// <summary>Counts a new socket; false when the address has opened too many of late.</summary>
    public bool TakeSocket(IPAddress address, long nowNanos)
    {
        lock (_lock) return Of(address).Sockets.TryTake(nowNanos);
    }

    /// <summary>Counts an order-entry request by socket; false when the address has sent too many of late.</summary>
    public bool TakeOrderEntry(IPAddress address, long nowNanos)
    {
        lock (_lock) return Of(address).OrderEntry.TryTake(nowNanos);
    }

    private Counts Of(IPAddress address)
    {
        if (!_addresses.TryGetValue(address, out Counts? counts)) _addresses.Add(address, counts = new Counts());
        return counts;
    }

    private sealed class Counts
    {
        public RequestLimit Http { get; } = new(600, windowSeconds: 5);

        public RequestLimit Sockets { get; } = new(500, windowSeconds: 300);

        public RequestLimit OrderEntry { get; } = new(3_000);

        public long BannedUntilNanos { get; set; }
    }
}
