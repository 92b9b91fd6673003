using System.Text;

namespace LatencyEngine.Cli.Tests;

/// <summary>Text that another thread may read while it grows.</summary>
internal sealed class SharedText : TextWriter
{
    private readonly StringBuilder _text = new();
    private readonly Lock _writing = new();

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value)
    {
        lock (_writing) _text.Append(value);
    }

    public override void Write(string? value)
    {
        lock (_writing) _text.Append(value);
    }

    public override void WriteLine(string? value) => Write(value + "\n");

    public override string ToString()
    {
        lock (_writing) return _text.ToString();
    }
}
