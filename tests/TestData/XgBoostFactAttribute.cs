using System.Runtime.InteropServices;
using Xunit;

namespace LatencyEngine.TestData;

/// <summary>A fact that trains with XGBoost's library; skipped by name where that is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class XgBoostFactAttribute : FactAttribute
{
    private static readonly bool IsInstalled = NativeLibrary.TryLoad("libxgboost.so.0", out _);

    /// <summary>Looks for the library.</summary>
    public XgBoostFactAttribute()
    {
        if (!IsInstalled) Skip = "needs libxgboost.so.0; ./run.sh test installs it where it runs as root on Debian";
    }
}
