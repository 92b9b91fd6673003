using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using LatencyEngine.Bybit;
using LatencyEngine.Host;
using LatencyEngine.Platform;
using LatencyEngine.Transport;

namespace LatencyEngine.Cli;

/// <summary><c>watchdog</c>: a process beside <c>live</c> that cancels every order when that one is gone or hangs.</summary>
internal static class WatchdogVerb
{
    private const string Verb = "watchdog";
    private const string EnvironmentOption = "--env";
    private const string EndpointOption = "--endpoint";
    private const string AuthoritiesOption = "--authorities";
    private const string OfRunOption = "--of-run";

    public static Command Create(CliContext context)
    {
        var options = new RunOptions();
        var environment = new Option<string>(EnvironmentOption) { HelpName = "NAME", Description = "of the run to watch: demo, testnet or mainnet (default: as BYBIT_TESTNET says)" };
        var endpoint = new Option<string>(EndpointOption) { HelpName = "URL", Description = "reach that environment at one address instead, for example http://127.0.0.1:8701" };
        var authorities = new Option<string>(AuthoritiesOption) { HelpName = "FILE", Description = "PEM file of the certificates to trust (default: the system's)" };
        var ofRun = new Option<bool>(OfRunOption) { Description = "as live starts it: leave the terminal, watch the run that is there, and end with it alone" };
        var command = new Command(Verb, "Watch a live run, and cancel every USDT order of the account by REST when it is killed or hangs. live starts one by itself. The key comes from BYBIT_API_KEY and BYBIT_API_SECRET.") { environment, endpoint, authorities, ofRun };
        options.AddWatchdogTo(command);
        command.SetAction(parsed =>
        {
            bool isOfRun = parsed.GetValue(ofRun);
            if (isOfRun) PosixProcess.TryLeaveTerminal();   // at once: Ctrl-C is for the run
            EngineConfiguration configuration = options.Read(parsed, context).Configuration;
            var faults = new List<string>();
            string name = parsed.GetValue(environment) ?? LiveVerb.UsualEnvironment(context);
            VenueEndpoints? endpoints = LiveVerb.Endpoints(name, parsed.GetValue(endpoint) ?? LiveVerb.Given(context, "BYBIT_BASE_URL"), faults);
            ApiCredentials? credentials = LiveVerb.Credentials(context.Environment, faults);
            string? authoritiesPath = parsed.GetValue(authorities);
            if (authoritiesPath is not null && !File.Exists(authoritiesPath)) faults.Add($"{AuthoritiesOption} must name an existing PEM file, was \"{authoritiesPath}\"");
            if (faults.Count > 0) throw new ConfigurationException(faults);

            var request = new WatchdogRequest
            {
                Files = options.Files(parsed, configuration, name) ?? throw new ConfigurationException(["control:folder names no folder, and the environment has no HOME: name one"]),
                Configuration = configuration,
                Environment = name,
                Endpoints = endpoints!,
                Credentials = credentials!,
                AuthoritiesPath = authoritiesPath,
                IsOfRun = isOfRun,
                Say = context.Say,
            };
            WatchdogResult result = Watchdog.Run(request, context.Interrupted);
            if (options.WantsJson(parsed)) context.Output.WriteLine(JsonSerializer.Serialize(result, IndentedJson.Default.WatchdogResult));
            else if (!isOfRun) WriteText(result, context.Output);   // the run's output is not its
            if (result.Interrupted) return ExitStatus.Interrupted;
            return result.Alarms.Count > 0 ? ExitStatus.Failed : ExitStatus.Done;
        });
        return command;
    }

    /// <summary>The command line with which <c>live</c> starts its own.</summary>
    /// <param name="environment">Where the run trades.</param>
    /// <param name="endpoint">Its address; null for the environment's own.</param>
    /// <param name="authoritiesPath">Certificates to trust; null for the system's.</param>
    /// <param name="further">Profile, overlays and name.</param>
    public static IReadOnlyList<string> Arguments(string environment, string? endpoint, string? authoritiesPath, IReadOnlyList<string> further) =>
    [
        Verb, OfRunOption, EnvironmentOption, environment,
        .. endpoint is null ? (string[])[] : [EndpointOption, endpoint],
        .. authoritiesPath is null ? (string[])[] : [AuthoritiesOption, authoritiesPath],
        .. further,
    ];

    private static void WriteText(WatchdogResult result, TextWriter output)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"run      {result.Name} of {result.Environment}, {(result.EngineProcess is { } process ? $"process {process}, {result.Beats} signs of life" : "there was none")}"));
        foreach (WatchdogAlarm alarm in result.Alarms)
        {
            string end = alarm.NothingRestsAfterMs is { } ms ? string.Create(CultureInfo.InvariantCulture, $"nothing rested from {ms:0} ms on") : "what rests is not known";
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"alarm    {alarm.RaisedUtc:yyyy-MM-dd HH:mm:ss}Z {alarm.Reason}; {alarm.Cancels} mass cancels, {end}{(alarm.Positions.Count > 0 ? $"; held: {string.Join(", ", alarm.Positions)}" : "")}"));
        }

        if (result.Alarms.Count == 0) output.WriteLine("alarms   none");
    }
}
