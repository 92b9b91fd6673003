using LatencyEngine.Risk;

namespace LatencyEngine.Host;

/// <summary>What the gate has refused, as results and people read it.</summary>
public static class GateRefusals
{
    /// <summary>How many changes were refused, by the reason's name; reasons that refused none are left out.</summary>
    /// <param name="gate">Of an engine that rests.</param>
    public static IReadOnlyDictionary<string, long> Of(RiskGate gate) =>
        Enum.GetValues<RiskReason>().Where(reason => gate.Refused(reason) > 0).ToDictionary(reason => reason.ToString(), gate.Refused);
}
