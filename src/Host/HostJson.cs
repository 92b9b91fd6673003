using System.Text.Json.Serialization;

namespace LatencyEngine.Host;

/// <summary>How the documents of this room become bytes and come back, without reflection. How they look, each place says by the options that it gives.</summary>
[JsonSerializable(typeof(LossesContent))]
[JsonSerializable(typeof(ControlRequest))]
[JsonSerializable(typeof(ControlReply))]
[JsonSerializable(typeof(IReadOnlyList<KillRecord>))]
[JsonSerializable(typeof(KillRecord[]))]
[JsonSerializable(typeof(WatchdogAlarm))]
[JsonSerializable(typeof(DoctorPass))]
internal sealed partial class HostJson : JsonSerializerContext;
