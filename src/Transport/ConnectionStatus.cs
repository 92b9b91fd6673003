namespace LatencyEngine.Transport;

/// <summary>A connection as others may see it.</summary>
/// <param name="Phase">Where it stands.</param>
/// <param name="TimesReady">How often it has become of use; more than once is a reconnect.</param>
/// <param name="LastFault">Why it last failed, one clause; null when it never did.</param>
/// <param name="Refused">True from a refused login or subscription, which trying again does not mend by itself, until it is of use again; <paramref name="LastFault"/> is then the refusal.</param>
/// <param name="IsAway">The last attempt to connect has failed before the venue had upgraded it: it cannot be reached.</param>
public readonly record struct ConnectionStatus(ConnectionPhase Phase, int TimesReady, string? LastFault, bool Refused, bool IsAway = false);
