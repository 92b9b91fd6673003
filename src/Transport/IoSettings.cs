namespace LatencyEngine.Transport;

/// <summary>What the io thread connects to, and how.</summary>
public sealed record IoSettings
{
    /// <summary>Address of the public linear socket, <c>ws</c> or <c>wss</c>, as are the others.</summary>
    public required Uri PublicAddress { get; init; }

    /// <summary>Address of the private socket; null together with <see cref="Credentials"/>.</summary>
    public Uri? PrivateAddress { get; init; }

    /// <summary>Address of the order-entry socket; null together with <see cref="Credentials"/>.</summary>
    public Uri? TradeAddress { get; init; }

    /// <summary>PEM file of the certificates that <c>wss</c> addresses are trusted by; null for the system's.</summary>
    public string? AuthoritiesPath { get; init; }

    /// <summary>The account's key; null to listen to the market alone, on the public socket.</summary>
    public ApiCredentials? Credentials { get; init; }

    /// <summary>Topics of the public socket.</summary>
    public required IReadOnlyList<string> PublicTopics { get; init; }

    /// <summary>By instrument id: the book topic among <see cref="PublicTopics"/> that is subscribed anew for a snapshot.</summary>
    public required IReadOnlyList<string> BookTopics { get; init; }

    /// <summary>Topics of the private socket.</summary>
    public IReadOnlyList<string> PrivateTopics { get; init; } = ["order", "execution", "position", "wallet"];

    /// <summary>Stamps frames.</summary>
    public required LogicClock Clock { get; init; }

    /// <summary>Logic time between ticks, ns; 0 when ticks come through the inbox.</summary>
    public required long TickNanos { get; init; }

    /// <summary>What the io thread does while nothing happens.</summary>
    public WaitMode Wait { get; init; } = WaitMode.Block;

    /// <summary>Called on the io thread with the payload of each look-up that the engine asks for; must return at once.</summary>
    public required LookUpHandler OnLookUp { get; init; }

    /// <summary>Called on the io thread when the engine wants every order cancelled by REST; must return at once.</summary>
    public Action OnCancelAll { get; init; } = static () => { };

    /// <summary>How long connections wait.</summary>
    public ConnectionTimings Timings { get; init; } = new();
}

/// <summary>Takes the payload of a look-up: a <see cref="Model.LookUpRequest"/> and names.</summary>
/// <param name="payload">Valid only during the call.</param>
public delegate void LookUpHandler(ReadOnlySpan<byte> payload);
