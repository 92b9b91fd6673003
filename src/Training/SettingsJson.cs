using System.Text.Json.Serialization;

namespace LatencyEngine.Training;

/// <summary>How the settings of a training become JSON, without reflection.</summary>
[JsonSerializable(typeof(TrainingSettings))]
[JsonSerializable(typeof(BoosterParameters))]
internal sealed partial class SettingsJson : JsonSerializerContext;
