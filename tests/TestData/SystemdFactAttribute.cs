using Xunit;

namespace LatencyEngine.TestData;

/// <summary>A fact that asks <c>systemd-analyze</c>; skipped by name where that is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SystemdFactAttribute : FactAttribute
{
    /// <summary>The program, as the system's own.</summary>
    public const string Program = "/usr/bin/systemd-analyze";

    /// <summary>Looks for the program.</summary>
    public SystemdFactAttribute()
    {
        if (!File.Exists(Program)) Skip = "needs systemd-analyze; get it with: apt-get install systemd";
    }
}
