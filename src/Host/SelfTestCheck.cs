namespace LatencyEngine.Host;

/// <summary>One check of <c>self-test</c>.</summary>
/// <param name="Name">What was checked: decode, book, quote, risk, encode, path, allocation.</param>
/// <param name="Fault">What was wrong, in a sentence; null when it holds.</param>
/// <param name="Detail">What was found, for people.</param>
public sealed record SelfTestCheck(string Name, string? Fault, string Detail);
