using System.Text;
using LatencyEngine.Model;

namespace LatencyEngine.Wire.Tests;

/// <summary>Three readings of one frame that must be one: the decoder as the engine calls it, its complete reader alone, and <see cref="SlowReader"/>, which is not the decoder's code.</summary>
/// <remarks>A leading blank, which JSON allows and V5 never writes, keeps a frame from the fast readers.</remarks>
internal sealed class ThreeReaders(InstrumentTable instruments)
{
    private readonly BybitDecoder _shipped = new(instruments);
    private readonly BybitDecoder _complete = new(instruments);
    private readonly SlowReader _slowReader = new(instruments);
    private byte[] _blank = [];

    /// <summary>What the last frame was.</summary>
    public DecodeStatus Status { get; private set; }

    /// <summary>Frames whose values were compared, not only their refusals.</summary>
    public int Accepted { get; private set; }

    /// <summary>Fails the test, with the frame, unless the three agree on every value or all refuse.</summary>
    /// <param name="socket">Where the frame comes from.</param>
    /// <param name="frame">The frame; the bytes behind it may be anything.</param>
    /// <param name="origin">How to get the frame again.</param>
    public void Agree(Socket socket, ReadOnlySpan<byte> frame, Func<string> origin)
    {
        ulong unknownBefore = _shipped.UnknownEnumValues, skippedBefore = _shipped.SkippedRows;
        Status = Decoded.Status(_shipped, socket, frame);
        string shipped = Decoded.Text(_shipped, instruments, Status, frame);
        ulong completeUnknownBefore = _complete.UnknownEnumValues, completeSkippedBefore = _complete.SkippedRows;
        if (_blank.Length < frame.Length + 1) _blank = new byte[2 * (frame.Length + 1)];
        _blank[0] = (byte)' ';
        frame.CopyTo(_blank.AsSpan(1));
        ReadOnlySpan<byte> blank = _blank.AsSpan(0, frame.Length + 1);
        string complete = Decoded.Text(_complete, instruments, Decoded.Status(_complete, socket, blank), blank);
        if (shipped != complete) Fail(socket, frame, origin, shipped, "the complete reader", complete);
        if (_shipped.UnknownEnumValues - unknownBefore != _complete.UnknownEnumValues - completeUnknownBefore || _shipped.SkippedRows - skippedBefore != _complete.SkippedRows - completeSkippedBefore)
        {
            Fail(socket, frame, origin, shipped, "the counts of the complete reader", complete);
        }

        string independent = _slowReader.Read(socket, frame);
        if (independent != (Status == DecodeStatus.TooLarge ? SlowReader.Refused : shipped)) Fail(socket, frame, origin, shipped, "the slow reader", independent);
        if (Status is not (DecodeStatus.Malformed or DecodeStatus.TooLarge)) Accepted++;
    }

    private static void Fail(Socket socket, ReadOnlySpan<byte> frame, Func<string> origin, string shipped, string other, string reading) =>
        Assert.Fail($"{origin()}, {socket}: {Encoding.Latin1.GetString(frame)}\nthe decoder: {shipped}\n{other}: {reading}");
}
