using System.Diagnostics;
using System.Globalization;

namespace LatencyEngine.SideBySide;

/// <summary>node's <c>JSON.parse</c> and <c>Number()</c> in a process of its own, which is given the frames once and then asked for one batch a round; see node/peer.mjs. It holds the frames as strings already: the step from bytes to a string is not counted.</summary>
internal sealed class NodePeer : IDisposable
{
    /// <summary>How to get it.</summary>
    public const string Remedy = "apt-get install nodejs";

    private readonly Process _process;
    private readonly int _count;

    /// <summary>Starts node and hands it the frames. To be made before the calling thread is bound to a core, or node would be bound with it.</summary>
    public NodePeer(Corpus corpus)
    {
        _count = corpus.Count;
        _process = Process.Start(new ProcessStartInfo("node", [Repository.PathOf("bench/SideBySide/node/peer.mjs")]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        _process.StandardInput.Write($"{_count}\n");
        Stream input = _process.StandardInput.BaseStream;
        _process.StandardInput.Flush();
        for (int i = 0; i < _count; i++)
        {
            input.Write(corpus[i]);
            input.WriteByte((byte)'\n');
        }

        input.Flush();
    }

    /// <summary>Whether there is a node to start.</summary>
    public static bool IsInstalled => Tool.OutputOf("node", "--version") is not null;

    /// <summary>What it reads in every frame, in the form of <see cref="Answers"/>.</summary>
    public IEnumerable<string> Answers()
    {
        Ask("answers");
        for (int i = 0; i < _count; i++) yield return Line();
    }

    /// <summary>Decodes every frame once.</summary>
    /// <returns>How long it took by its own clock, ns.</returns>
    public double BatchNanos()
    {
        Ask("batch");
        return double.Parse(Line().Split(' ')[0], CultureInfo.InvariantCulture);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private void Ask(string what)
    {
        _process.StandardInput.Write(what + '\n');
        _process.StandardInput.Flush();
    }

    private string Line() => _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("node ended in the middle of the comparison");
}
