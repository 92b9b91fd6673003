using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using LatencyEngine.Host;

namespace LatencyEngine.Cli;

/// <summary><c>show-config</c>: the resolved configuration, the origin of each value, secrets hidden.</summary>
internal static class ShowConfigVerb
{
    public static Command Create(CliContext context)
    {
        var options = new RunOptions();
        var command = new Command("show-config", "Print the configuration that a run with these options would use, with the origin of each value; secrets are hidden.");
        options.AddTo(command);
        options.AddSocketsTo(command);
        command.SetAction(parsed =>
        {
            EngineConfiguration configuration = options.Read(parsed, context).Configuration;
            if (options.WantsJson(parsed)) WriteJson(configuration, context.Output);
            else WriteText(configuration, context.Output);
            return ExitStatus.Done;
        });
        return command;
    }

    private static void WriteJson(EngineConfiguration configuration, TextWriter output) => output.WriteLine(new JsonObject
    {
        ["source"] = configuration.Source,
        ["root"] = configuration.Root,
        ["values"] = JsonSerializer.SerializeToNode(configuration.Values, IndentedJson.Default.IReadOnlyListConfigurationValue),
        ["environment"] = JsonSerializer.SerializeToNode(configuration.EnvironmentNames, IndentedJson.Default.IReadOnlyListEnvironmentName),
    }.ToJsonString(IndentedJson.Default.Options));

    private static void WriteText(EngineConfiguration configuration, TextWriter output)
    {
        int keyWidth = configuration.Values.Max(value => value.Key.Length);
        int valueWidth = configuration.Values.Max(value => value.Value.Length);
        foreach (ConfigurationValue value in configuration.Values)
        {
            output.WriteLine($"{value.Key.PadRight(keyWidth)}  {value.Value.PadRight(valueWidth)}  {value.Origin}");
        }

        output.WriteLine();
        int nameWidth = configuration.EnvironmentNames.Max(name => name.Name.Length);
        int shownWidth = configuration.EnvironmentNames.Max(name => name.Shown.Length);
        foreach (EnvironmentName name in configuration.EnvironmentNames)
        {
            output.WriteLine($"{name.Name.PadRight(nameWidth)}  {name.Shown.PadRight(shownWidth)}  {name.Use}");
        }
    }
}
