using LatencyEngine.Model;

namespace LatencyEngine.Research.Tests;

/// <summary>What an engine can know at each event of a journal, from the journal alone: whether its connections stand, its books have begun anew, and a look-up has closed the gap in the private stream.</summary>
internal sealed class Blindness
{
    private readonly ConnectionState[] _states = new ConnectionState[(int)VenueChannel.Trade + 1];
    private readonly ushort[] _generations = new ushort[(int)VenueChannel.Trade + 1];
    private bool _isLookedUp;

    /// <summary>Connections lost so far.</summary>
    public int Lost { get; private set; }

    /// <summary>Symbols with a book snapshot since the public connection was opened.</summary>
    public HashSet<string> Books { get; } = [];

    /// <summary>True when nothing may be created or amended, whatever the symbol.</summary>
    public bool IsBlind => !_isLookedUp || Array.Exists([VenueChannel.Public, VenueChannel.Private, VenueChannel.Trade], channel => _states[(int)channel] != ConnectionState.Ready);

    public void Take(JournalTape.Frame frame)
    {
        switch ((InboundKind)frame.Kind)
        {
            case InboundKind.Connection: OnConnection((VenueChannel)frame.Payload[0], (ConnectionState)frame.Payload[1], frame.Generation); break;
            case InboundKind.LookUpEnd: _isLookedUp |= _states[(int)VenueChannel.Private] == ConnectionState.Ready && frame.Read<LookUpEnd>().PrivateGeneration == _generations[(int)VenueChannel.Private]; break;
            case InboundKind.PublicFrame when frame.Generation == _generations[(int)VenueChannel.Public]: OnPublic(frame.Payload); break;
        }
    }

    private void OnConnection(VenueChannel channel, ConnectionState state, ushort generation)
    {
        _states[(int)channel] = state;
        _generations[(int)channel] = generation;
        if (state == ConnectionState.Lost) Lost++;
        if (channel == VenueChannel.Private && state != ConnectionState.Ready) _isLookedUp = false;
        if (channel == VenueChannel.Public && state != ConnectionState.Ready) Books.Clear();
    }

    private void OnPublic(byte[] payload)
    {
        string text = System.Text.Encoding.UTF8.GetString(payload.AsSpan(0, Math.Min(payload.Length, 100)));
        if (text.StartsWith("{\"topic\":\"orderbook.", StringComparison.Ordinal) && text.Contains("\"type\":\"snapshot\"", StringComparison.Ordinal)) Books.Add(text.Split('"')[3].Split('.')[2]);
    }
}
