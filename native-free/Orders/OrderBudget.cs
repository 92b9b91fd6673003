using LatencyEngine.Model;

namespace LatencyEngine.Orders;

/// <summary>How many order requests the venue still accepts: one budget per operation, shared by all instruments of the account (Bybit V5, 17.1 and 17.4).</summary>
/// <remarks>
/// The venue counts a rolling second per operation, so the last N send times are kept and a request stops counting when more than one second has passed since it was sent.
/// A bucket that refills at N per second would let 2N - 1 requests through around a boundary; this never lets more than N into any second.
/// Time: event time, from the arguments; a step back counts as no time passed. Thread: hot. Allocates: only when constructed. Throws: only when constructed.
/// </remarks>
public sealed class OrderBudget
{
    /// <summary>Length of the venue's window.</summary>
    public const long WindowNanos = 1_000_000_000;

    /// <summary>Largest budget of one operation: the venue's highest level is 1,200 a second (Bybit V5, 17.3).</summary>
    public const int PerSecondMax = 1_200;

    private readonly SendWindow _creates;
    private readonly SendWindow _amends;
    private readonly SendWindow _cancels;
    private readonly int _cancelReserve;

    /// <summary>Creates full budgets.</summary>
    /// <param name="createsPerSecond">1 to <see cref="PerSecondMax"/>; 10 by default on the venue.</param>
    /// <param name="amendsPerSecond">1 to <see cref="PerSecondMax"/>.</param>
    /// <param name="cancelsPerSecond">1 to <see cref="PerSecondMax"/>.</param>
    /// <param name="cancelReserve">Cancels that requoting leaves for pulling quotes; 0 to <paramref name="cancelsPerSecond"/> - 1.</param>
    /// <exception cref="ArgumentException">A value is out of range; the message says which.</exception>
    public OrderBudget(int createsPerSecond, int amendsPerSecond, int cancelsPerSecond, int cancelReserve)
    {
        RequirePerSecond("creates", createsPerSecond);
        RequirePerSecond("amends", amendsPerSecond);
        RequirePerSecond("cancels", cancelsPerSecond);
        if (cancelReserve < 0 || cancelReserve >= cancelsPerSecond) throw new ArgumentException($"order budget: cancel reserve must be 0 to {cancelsPerSecond - 1}, was {cancelReserve}");
        _creates = new SendWindow(createsPerSecond);
        _amends = new SendWindow(amendsPerSecond);
        _cancels = new SendWindow(cancelsPerSecond);
        _cancelReserve = cancelReserve;
    }

    /// <summary>Requests of this kind that may be sent now; 0 for an action that is not set.</summary>
    public int Left(OrderAction action, EpochNanos now) => Window(action)?.Left(now) ?? 0;

    /// <summary>Requests of this kind that ordinary requoting may send now: for a cancel <see cref="Left"/> without the reserve, otherwise the same.</summary>
    public int LeftForRequote(OrderAction action, EpochNanos now)
    {
        int left = Left(action, now);
        return action == OrderAction.Cancel ? Math.Max(0, left - _cancelReserve) : left;
    }

    /// <summary>Counts one request as sent now. A request that is sent although nothing was left counts too, in the place of the oldest.</summary>
    public void Take(OrderAction action, EpochNanos now) => Window(action)?.Take(now);

    /// <summary>The venue refused a request of this kind for its rate (10006 and its kin, Bybit V5, 18.2): nothing is left until a whole second has passed.</summary>
    public void Exhaust(OrderAction action, EpochNanos now) => Window(action)?.Exhaust(now);

    private SendWindow? Window(OrderAction action) => action switch
    {
        OrderAction.Place => _creates,
        OrderAction.Amend => _amends,
        OrderAction.Cancel => _cancels,
        _ => null,
    };

    private static void RequirePerSecond(string name, int value)
    {
        if (value is < 1 or > PerSecondMax) throw new ArgumentException($"order budget: {name} per second must be 1 to {PerSecondMax}, was {value}");
    }

    /// <summary>The last N send times of one operation, oldest first from <c>_oldest</c>, around the end of the array.</summary>
    private sealed class SendWindow(int perSecond)
    {
        private readonly long[] _sentNanos = new long[perSecond];
        private int _oldest;
        private int _count;
        private long _latestNanos = long.MinValue;

        public int Left(EpochNanos now)
        {
            _latestNanos = Math.Max(_latestNanos, now.Nanos);
            while (_count > 0 && _latestNanos - _sentNanos[_oldest] > WindowNanos) DropOldest();
            return perSecond - _count;
        }

        public void Take(EpochNanos now)
        {
            if (Left(now) == 0) DropOldest();
            int next = _oldest + _count;
            _sentNanos[next < perSecond ? next : next - perSecond] = _latestNanos;
            _count++;
        }

        public void Exhaust(EpochNanos now)
        {
            _latestNanos = Math.Max(_latestNanos, now.Nanos);
            _oldest = 0;
            _count = perSecond;
            Array.Fill(_sentNanos, _latestNanos);
        }

        private void DropOldest()
        {
            _oldest = _oldest + 1 < perSecond ? _oldest + 1 : 0;
            _count--;
        }
    }
}
