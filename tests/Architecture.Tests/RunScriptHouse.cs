using System.Diagnostics;
using System.Runtime.Versioning;
using LatencyEngine.TestData;

// run.sh is a Linux script, and so are its tests.
[assembly: SupportedOSPlatform("linux")]

namespace LatencyEngine.Architecture.Tests;

/// <summary>A throw-away house, in a folder with spaces in its name and no git, that holds the real <c>run.sh</c> and a stand-in for <c>dotnet</c> that notes how it was called.</summary>
internal sealed class RunScriptHouse : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // Standing in for the SDK keeps these tests to milliseconds and lets a build fail, hang or answer on demand.
    private const string FakeDotnet = """
        #!/usr/bin/env bash
        here=$(dirname "$0")
        printf '%s\n' "$*" >>"$here/calls"
        case $1 in
          --list-sdks)
            echo "$(cat "$here/sdk") [/somewhere/sdk]" ;;
          build)
            [[ ! -p $here/gate ]] || read -r _ <"$here/gate"
            if [[ -f $here/build-fault ]]; then cat "$here/build-fault"; exit 1; fi
            mkdir -p src/Cli/bin/Release/net10.0 bench/SideBySide/bin/Release/net10.0
            : >src/Cli/bin/Release/net10.0/latency-engine.dll
            : >bench/SideBySide/bin/Release/net10.0/latency-engine-bench.dll ;;
          publish)
            for program in .build/native/publish/LatencyEngine.Budgets/release/latency-budgets .build/native/publish/LatencyEngine.Cli/release/latency-engine; do
              mkdir -p "$(dirname "$program")"
              printf '#!/bin/sh\nprintf "<%%s>" "$@"\nexit %s\n' "$(cat "$here/program-status")" >"$program"
              chmod +x "$program"
            done ;;
          test)
            name=$(basename "$2" .dll)
            for results; do [[ ${previous-} != --results-directory ]] || break; previous=$results; done
            [[ ! -f $here/$name.trx ]] || cp "$here/$name.trx" "$results/"
            [[ ! -f $here/$name.status ]] || exit "$(cat "$here/$name.status")" ;;
          *)
            shift
            printf '<%s>' "$$" "$PWD" "$@"
            exit "$(cat "$here/program-status")" ;;
        esac
        """;

    private readonly string _base = Directory.CreateTempSubdirectory("latency-engine-").FullName;

    public RunScriptHouse()
    {
        Write("house with spaces/run.sh", File.ReadAllText(ReferenceFiles.InRepository("run.sh")), executable: true);
        Write("house with spaces/src/Cli/Program.cs", "return 0;");
        Write("house with spaces/native-free/Model/Model.cs", "// nothing");
        Write("house with spaces/src/Signals/Signals.cs", "// nothing");
        Write("house with spaces/src/MetaModel/MetaModel.cs", "// nothing");
        Write("house with spaces/bench/SideBySide/Program.cs", "return 0;");
        Write("house with spaces/bench/Budgets/Program.cs", "return 0;");
        Write("house with spaces/global.json", "{}");
        Write("tools/dotnet", FakeDotnet, executable: true);
        Write("tools/valgrind", "", executable: true);
        Write("tools/gcc", "", executable: true);
        Write("tools/sdk", "10.0.401");
        Write("tools/program-status", "0");
    }

    /// <summary>Arguments of every call to the stand-in, the question for SDKs left out.</summary>
    public string[] Calls => [.. File.ReadAllLines(Inside("tools/calls")).Where(call => call != "--list-sdks")];

    /// <summary>How many times something was built.</summary>
    public int Builds => Calls.Count(call => call.StartsWith("build ", StringComparison.Ordinal));

    /// <summary>How many times the native program was published.</summary>
    public int Publishes => Calls.Count(call => call.StartsWith("publish ", StringComparison.Ordinal));

    /// <summary>A path in the throw-away folder.</summary>
    public string Inside(string path) => Path.Combine(_base, path);

    /// <summary>Writes a file there.</summary>
    public void Write(string path, string text, bool executable = false)
    {
        string full = Inside(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        if (executable) File.SetUnixFileMode(full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Starts <c>run.sh</c> from another folder.</summary>
    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Inside("house with spaces/run.sh"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _base };
        start.Environment["PATH"] = $"{Inside("tools")}:/usr/bin:/bin";
        start.Environment["HOME"] = _base;
        start.Environment.Remove("DOTNET_ROOT");
        return Process.Start(start)!;
    }

    /// <summary>Runs <c>run.sh</c> to its end.</summary>
    public RunScriptOutcome Run(params string[] arguments)
    {
        using Process process = Start(arguments);
        return End(process);
    }

    /// <summary>Waits for a started <c>run.sh</c>.</summary>
    public static RunScriptOutcome End(Process process)
    {
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(Patience), "run.sh did not end");
        return new RunScriptOutcome(process.ExitCode, process.Id, output, errors.Result);
    }

    /// <inheritdoc />
    public void Dispose() => Directory.Delete(_base, recursive: true);
}

/// <summary>How a call of <c>run.sh</c> ended.</summary>
internal sealed record RunScriptOutcome(int Status, int ProcessId, string Output, string Errors);
