using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace LatencyEngine.Budgets.Tests;

/// <summary>A fact that counts instructions of the native program; skipped by name where that cannot be built or counted.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BudgetFactAttribute : FactAttribute
{
    public BudgetFactAttribute()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64 || !Avx2.IsSupported) Skip = "needs an x86-64 processor with AVX2: the budgets are for its instructions";
        else if (!IsOnPath("valgrind")) Skip = "needs valgrind; ./run.sh test installs it through apt-get where it runs as root";
        else if (!IsOnPath("gcc") && !IsOnPath("clang")) Skip = "needs gcc or clang, which link the native program; ./run.sh test installs gcc through apt-get where it runs as root";
    }

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
