using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using LatencyEngine.History;
using LatencyEngine.Host;
using LatencyEngine.Research;
using LatencyEngine.Simulator;

namespace LatencyEngine.Cli;

/// <summary><c>venue</c>: the dry-run venue alone, for any client.</summary>
internal static class VenueVerb
{
    // The two accounts: as many as it takes to trade with each other.
    private static readonly (long Uid, string Key, string Secret, string Permissions)[] Accounts =
    [
        (10_000_001, "VENUE_API_KEY", "VENUE_API_SECRET", "VENUE_API_PERMISSIONS"),
        (10_000_002, "VENUE_SECOND_API_KEY", "VENUE_SECOND_API_SECRET", "VENUE_SECOND_API_PERMISSIONS"),
    ];

    public static Command Create(CliContext context)
    {
        var options = new RunOptions();
        var bind = new Option<string>("--bind") { HelpName = "ADDRESS", Description = "IP address to listen on (default: 127.0.0.1); any other than a loopback address opens the venue to the network" };
        var control = new Option<bool>("--control") { Description = "serve the control calls for tests: POST /control/list, /control/cut, /control/fault, from loopback only" };
        Option<string> rate = FlowRate.Option("1");
        var history = new Option<string>("--history") { HelpName = "FILE", Description = "tell the candles and the funding of this history (see history --help) by REST, as what was before the start" };
        var command = new Command("venue", "Serve the simulated venue alone, V5 REST and WebSocket on loopback, for any client, until Ctrl-C. Two accounts; their keys are printed.");
        options.AddVenueTo(command);
        foreach (Option option in (Option[])[bind, control, history, rate]) command.Options.Add(option);
        command.SetAction(parsed =>
        {
            (EngineConfiguration configuration, _, UpstreamRequest? upstream) = options.Read(parsed, context);
            ApiKey[] keys = ReadKeys(context.Environment);
            int flowRate = FlowRate.Read(parsed.GetValue(rate), 1);
            if (flowRate != 1 && configuration.Venue.Market != "flow") throw new ConfigurationException([$"{rate.Name} is of a flow market: add --market flow"]);
            if (parsed.GetResult(history) is not null && string.IsNullOrWhiteSpace(parsed.GetValue(history))) throw new ConfigurationException([$"{history.Name} needs a value"]);
            using HistoryStore? store = parsed.GetValue(history) is { } path ? HistoryStore.Open(path, isCreated: false) : null;
            var request = new VenueRequest
            {
                Configuration = configuration,
                Symbols = options.Symbols(parsed),
                Upstream = upstream,
                Say = context.Say,
                Address = ReadAddress(parsed.GetValue(bind)),
                Keys = keys,
                FlowRate = flowRate,
                ServesControl = parsed.GetValue(control),
                Past = store is null ? null : new StoredPast(store),
            };
            VenueRunner.Run(request, venue => Show(venue, request, options.WantsJson(parsed), context.Output), context.Interrupted);
            context.Say("interrupted; the venue is closed");
            return ExitStatus.Interrupted;
        });
        return command;
    }

    /// <summary>A key an account: from the environment, where key and secret come together, else made for this start.</summary>
    private static ApiKey[] ReadKeys(IReadOnlyDictionary<string, string> environment)
    {
        var faults = new List<string>();
        ApiKey[] keys =
        [
            .. Accounts.Select(account => new ApiKey
            {
                Uid = account.Uid,
                Key = Given(account.Key) ?? RandomNumberGenerator.GetHexString(18, lowercase: true),
                Secret = Given(account.Secret) ?? RandomNumberGenerator.GetHexString(36, lowercase: true),
                Permissions = ReadPermissions(account.Permissions),
            }),
        ];
        if (keys.DistinctBy(key => key.Key).Count() < keys.Length) faults.Add($"{Accounts[0].Key} and {Accounts[1].Key} must differ: a key is of one account");
        return faults.Count == 0 ? keys : throw new ConfigurationException(faults);

        string? Given(string variable) => environment.TryGetValue(variable, out string? value) && value.Length > 0 ? value : null;

        ApiPermissions ReadPermissions(string variable)
        {
            if (Given(variable) is not { } text) return ApiPermissions.All;
            if (ApiPermissionNames.Parse(text) is { } permissions) return permissions;
            faults.Add($"{variable} must be {ApiPermissionNames.Allowed}, was \"{text}\"");
            return ApiPermissions.None;
        }
    }

    private static string ReadAddress(string? bind) =>
        bind is null ? IPAddress.Loopback.ToString()
        : IPAddress.TryParse(bind, out _) ? bind
        : throw new ConfigurationException([$"--bind must be an IP address of this machine, for example 127.0.0.1, was \"{bind}\""]);

    private static void Show(ServedVenue venue, VenueRequest request, bool asJson, TextWriter output)
    {
        if (asJson) output.WriteLine(Document(venue, request).ToJsonString());
        else WriteText(venue, request, output);
        output.Flush();
    }

    private static JsonObject Document(ServedVenue venue, VenueRequest request) => new()
    {
        ["rest"] = venue.Rest.OriginalString,
        ["public"] = venue.Public.OriginalString,
        ["private"] = venue.Private.OriginalString,
        ["trade"] = venue.Trade.OriginalString,
        ["market"] = venue.Market,
        ["symbols"] = new JsonArray([.. venue.Symbols]),
        ["leverage"] = request.Configuration.Venue.Leverage,
        ["startBalanceUsdt"] = request.Configuration.Venue.StartBalanceUsdt,
        ["feeTier"] = request.Configuration.Venue.FeeTier,
        ["marginMode"] = request.Configuration.Account.MarginMode,
        ["accounts"] = new JsonArray(
        [
            .. request.Keys.Select(key => new JsonObject
            {
                ["uid"] = key.Uid,
                ["key"] = key.Key,
                ["secret"] = key.Secret,
                ["permissions"] = new JsonArray([.. ApiPermissionNames.Of(key.Permissions)]),
            }),
        ]),
        ["ready"] = true,
    };

    private static void WriteText(ServedVenue venue, VenueRequest request, TextWriter output)
    {
        VenueConfiguration start = request.Configuration.Venue;
        output.WriteLine($"market    {venue.Market}");
        output.WriteLine($"symbols   {string.Join(", ", venue.Symbols)}");
        foreach (ApiKey key in request.Keys)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"account   uid {key.Uid}, {start.StartBalanceUsdt:#,0.########} USDT, {request.Configuration.Account.MarginMode} margin, {start.Leverage}x, {start.FeeTier}"));
            output.WriteLine($"  key     {key.Key}");
            output.WriteLine($"  secret  {key.Secret}");
            output.WriteLine($"  may     {(key.Permissions == ApiPermissions.None ? ApiPermissionNames.ReadOnly : string.Join(", ", ApiPermissionNames.Of(key.Permissions)))}");
        }

        output.WriteLine($"REST      {venue.Rest.ToString().TrimEnd('/')}");
        output.WriteLine($"public    {venue.Public}");
        output.WriteLine($"private   {venue.Private}");
        output.WriteLine($"trade     {venue.Trade}");
        output.WriteLine("ready");
    }
}
