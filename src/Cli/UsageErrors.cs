using System.CommandLine;
using System.CommandLine.Parsing;
using LatencyEngine.Host;

namespace LatencyEngine.Cli;

/// <summary>What is wrong with a command line, one sentence each, in the operator's words.</summary>
internal static class UsageErrors
{
    /// <summary>Every fault of the line; empty when it can be run.</summary>
    public static IEnumerable<string> Of(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string[] verbs = [.. command.Subcommands.Select(verb => verb.Name)];
        string hint = verbs.Length > 0 ? "(see ./run.sh --help)" : $"(see ./run.sh {command.Name} --help)";

        bool afterUnknownOption = false;
        foreach (string token in parsed.UnmatchedTokens)
        {
            bool isOption = token.StartsWith('-') && token.Length > 1 && !char.IsAsciiDigit(token[1]);
            if (isOption) yield return $"{Unknown(NameOf(token), command.Options.Select(option => option.Name))} {hint}";
            else if (verbs.Length > 0 && !afterUnknownOption) yield return $"{Unknown($"verb {token}", verbs, token)} {hint}";
            else if (!afterUnknownOption) yield return $"{token} is not expected: {command.Name} takes {Takes(command)} {hint}";
            afterUnknownOption = isOption;
        }

        foreach (ParseError error in parsed.Errors)
        {
            if (error.SymbolResult is OptionResult option) yield return $"{WrongUse(option, error)} {hint}";
            else if (error.SymbolResult is ArgumentResult argument && argument.Tokens.Count == 0) yield return $"{command.Name} needs a {argument.Argument.Name} {hint}";
        }

        if (verbs.Length > 0 && parsed.UnmatchedTokens.Count == 0) yield return $"a verb is missing: {string.Join(", ", verbs)} {hint}";
    }

    private static string Takes(Command command) => command.Arguments.Count == 0 ? "options only" : $"one {command.Arguments[0].Name} and options";

    private static string NameOf(string token) => token.Split('=', ':')[0];

    private static string Unknown(string what, IEnumerable<string> known, string? typed = null) =>
        NearestName.Find(typed ?? what, known) is string nearest ? $"{what} is unknown; did you mean {nearest}?" : $"{what} is unknown";

    private static string WrongUse(OptionResult option, ParseError error)
    {
        if (option.IdentifierTokenCount > 1) return $"{option.Option.Name} is given {option.IdentifierTokenCount} times";
        return option.Tokens.Count == 0 ? $"{option.Option.Name} needs a value" : error.Message.TrimEnd('.');
    }
}
