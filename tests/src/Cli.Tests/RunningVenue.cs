using System.Text.Json;

namespace LatencyEngine.Cli.Tests;

/// <summary>The <c>venue</c> verb under way in this process, on a free port, in real time.</summary>
internal sealed class RunningVenue : IDisposable
{
    /// <summary>Longest wait for its start or its end: far above what either takes on a busy machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _interruption = new();
    private readonly SharedText _output = new();
    private readonly SharedText _error = new();
    private readonly Task<int> _run;

    public RunningVenue(params string[] options)
        : this(new Dictionary<string, string>(), "--json", options)
    {
    }

    /// <summary>Starts the verb and waits until it says what it serves.</summary>
    /// <param name="environment">Of the program.</param>
    /// <param name="form"><c>--json</c> or none.</param>
    /// <param name="options">Further ones.</param>
    public RunningVenue(IReadOnlyDictionary<string, string> environment, string form, params string[] options)
    {
        string[] args = ["venue", "--port", "0", .. form.Length > 0 ? [form] : Array.Empty<string>(), .. options];
        _run = Task.Factory.StartNew(
            () => Program.Invoke(args, new CliContext
            {
                Output = _output,
                Error = _error,
                OutputIsTerminal = false,
                ErrorIsTerminal = false,
                Environment = environment,
                Run = (_, _, _) => throw new InvalidOperationException("no run was expected"),
                Interrupted = _interruption.Token,
            }),
            TaskCreationOptions.LongRunning);
        SpinWait.SpinUntil(() => _run.IsCompleted || IsReady, Patience);
        Assert.True(IsReady, $"the venue is not ready: {_output}{_error}");
    }

    private bool IsReady => Output.Contains("ready", StringComparison.Ordinal);

    /// <summary>What it has printed.</summary>
    public string Output => _output.ToString();

    /// <summary>What it has said on standard error.</summary>
    public string Error => _error.ToString();

    /// <summary>The document that it prints when it is ready.</summary>
    public JsonElement Document => JsonDocument.Parse(Output).RootElement;

    /// <summary>Where it serves REST, without a slash behind.</summary>
    public string Rest => Document.GetProperty("rest").GetString()!.TrimEnd('/');

    /// <summary>Its addresses and keys as the client suites want them, see <c>tests/clients/checks.mjs</c>.</summary>
    public Dictionary<string, string> ClientEnvironment()
    {
        JsonElement document = Document;
        JsonElement[] accounts = [.. document.GetProperty("accounts").EnumerateArray()];
        return new Dictionary<string, string>
        {
            ["VENUE_REST"] = document.GetProperty("rest").GetString()!,
            ["VENUE_PUBLIC"] = document.GetProperty("public").GetString()!,
            ["VENUE_PRIVATE"] = document.GetProperty("private").GetString()!,
            ["VENUE_TRADE"] = document.GetProperty("trade").GetString()!,
            ["VENUE_API_KEY"] = accounts[0].GetProperty("key").GetString()!,
            ["VENUE_API_SECRET"] = accounts[0].GetProperty("secret").GetString()!,
            ["VENUE_SECOND_API_KEY"] = accounts[1].GetProperty("key").GetString()!,
            ["VENUE_SECOND_API_SECRET"] = accounts[1].GetProperty("secret").GetString()!,
        };
    }

    /// <summary>Lets something go wrong at a venue with <c>--control</c>.</summary>
    public async Task FaultAsync(string fault)
    {
        using var http = new HttpClient();
        using var body = new StringContent(fault);
        using HttpResponseMessage taken = await http.PostAsync(new Uri(Rest + "/control/fault"), body);
        Assert.True(taken.IsSuccessStatusCode, await taken.Content.ReadAsStringAsync());
    }

    /// <summary>Interrupts it, as Ctrl-C does, and returns its exit status.</summary>
    public int Stop()
    {
        _interruption.Cancel();
        Assert.True(_run.Wait(Patience), "the venue does not stop");
        return _run.Result;
    }

    public void Dispose()
    {
        Stop();
        _interruption.Dispose();
        _error.Dispose();
        _output.Dispose();
    }
}
