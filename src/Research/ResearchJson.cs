using System.Text.Json.Serialization;

namespace LatencyEngine.Research;

/// <summary>How the documents of this room become text and come back, without reflection. How they look, <see cref="RunResultJson"/> and <see cref="TradeRowJson"/> say.</summary>
[JsonSerializable(typeof(RunResult))]
[JsonSerializable(typeof(TradeRow))]
[JsonSerializable(typeof(CalibrationResult))]
[JsonSerializable(typeof(SweepResult))]
[JsonSerializable(typeof(PaperTable))]
[JsonSerializable(typeof(RequoteComparison))]
internal sealed partial class ResearchJson : JsonSerializerContext;
