using LatencyEngine.Host;

namespace LatencyEngine.Research;

/// <summary>One way to requote over a market that others went over too.</summary>
/// <param name="Policy">"naive": every change of the wanted price is sent. "distance" and "queue": quoting:requote, with the profile's parameters.</param>
/// <param name="Messages">Order-entry requests sent.</param>
/// <param name="Saved">Share of the naive way's requests that it does without; negative when it sends more, null when that sent none.</param>
/// <param name="BudgetRefusals">Changes that were wanted and not sent, since the order budget was spent.</param>
/// <param name="Fills">Executions.</param>
/// <param name="MessagesPerFill">Requests for each execution; null without one.</param>
/// <param name="NetPnl">Net P&amp;L, USDT.</param>
/// <param name="Tracking">By symbol: how well quotes followed what was wanted.</param>
/// <param name="OutboundSha256">Digest of the requests, lower-case hex.</param>
/// <param name="ReportPath">Folder of the run's own report; null when it could not be written.</param>
public sealed record RequoteRow(
    string Policy,
    long Messages,
    double? Saved,
    long BudgetRefusals,
    long Fills,
    double? MessagesPerFill,
    decimal NetPnl,
    IReadOnlyDictionary<string, TrackingResult> Tracking,
    string OutboundSha256,
    string? ReportPath);
