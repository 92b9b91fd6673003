using System.Text.Json;
using LatencyEngine.Host;

namespace LatencyEngine.Cli.Tests;

/// <summary><c>self-test</c>: its lines, its document, its exit status.</summary>
public sealed class SelfTestVerbTests
{
    [Fact]
    public void It_prints_a_line_a_check()
    {
        using var line = new CommandLine();

        Assert.Equal(ExitStatus.Done, line.Invoke("self-test", "--frames", "1000"));
        Assert.Equal(["decode", "book", "quote", "risk", "encode", "path", "allocation"], line.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(text => text.Split(' ')[0]));
        Assert.Contains("0 bytes allocated, 0 collections", line.Output, StringComparison.Ordinal);
        Assert.Empty(line.ErrorLines);
    }

    [Fact]
    public void Its_document_has_an_entry_a_check()
    {
        using var line = new CommandLine();

        Assert.Equal(ExitStatus.Done, line.Invoke("self-test", "--frames", "1000", "--json"));
        JsonElement[] checks = [.. JsonDocument.Parse(line.Output).RootElement.EnumerateArray()];
        Assert.Equal(7, checks.Length);
        Assert.All(checks, check => Assert.Equal(JsonValueKind.Null, check.GetProperty("fault").ValueKind));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_check_that_fails_is_named_and_the_status_is_1(bool asJson)
    {
        using var output = new SharedText();
        using var error = new SharedText();
        var context = new CliContext
        {
            Output = output,
            Error = error,
            OutputIsTerminal = false,
            ErrorIsTerminal = false,
            Environment = new Dictionary<string, string>(),
            Run = (_, _, _) => throw new InvalidOperationException("no run was expected"),
            Interrupted = CancellationToken.None,
        };

        int status = SelfTestVerb.Show([new SelfTestCheck("decode", null, "a print"), new SelfTestCheck("book", "the top is another one", "")], asJson, context);

        Assert.Equal(ExitStatus.Failed, status);
        Assert.Equal("latency-engine: self-test: book failed: the top is another one\n", error.ToString());
        Assert.Contains("the top is another one", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("many")]
    public void Frames_are_a_positive_whole_number(string frames)
    {
        using var line = new CommandLine();

        Assert.Equal(ExitStatus.Usage, line.Invoke("self-test", "--frames", frames));
        Assert.Contains("--frames must be a whole number", line.Error, StringComparison.Ordinal);
    }
}
