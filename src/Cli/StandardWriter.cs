using System.Text;

namespace LatencyEngine.Cli;

/// <summary>Standard output or error. What is written to a stream that the caller closed (<c>&gt;&amp;-</c>) is dropped, as the platform does by itself for a broken pipe: nobody wants to read it, and the exit status still tells.</summary>
/// <param name="stream">The console's writer. A full disk is its <see cref="IOException"/> and passes through.</param>
public sealed class StandardWriter(TextWriter stream) : TextWriter
{
    /// <inheritdoc />
    public override Encoding Encoding => stream.Encoding;

    /// <inheritdoc />
    public override void Write(char value) => Write([value], 0, 1);

    /// <inheritdoc />
    public override void Write(string? value) => Write((value ?? "").ToCharArray());

    /// <inheritdoc />
    public override void WriteLine(string? value) => Write(value + NewLine);

    /// <inheritdoc />
    public override void Write(char[] buffer, int index, int count)
    {
        try
        {
            stream.Write(buffer, index, count);
        }
        catch (UnauthorizedAccessException)
        {
            // The platform's name for a descriptor that cannot be written.
        }
    }

    /// <inheritdoc />
    public override void Flush()
    {
        try
        {
            stream.Flush();
        }
        catch (UnauthorizedAccessException)
        {
            // As above.
        }
    }
}
