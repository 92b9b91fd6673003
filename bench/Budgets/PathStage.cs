using LatencyEngine.Model;
using LatencyEngine.Ring;

namespace LatencyEngine.Budgets;

/// <summary>A frame through the whole hot path, ring to ring, of an engine whose quotes work. The tape is played once before, and every request compared with those that the venue answered.</summary>
internal sealed class PathStage : Stage
{
    private readonly PathTape _tape;
    private PathEngine _engine;

    /// <summary>Plays the tape once.</summary>
    /// <exception cref="InvalidDataException">The same tape gives other requests.</exception>
    public PathStage(PathTape tape)
    {
        _tape = tape;
        _engine = new PathEngine(tape.HasTwin);
        int request = 0;
        for (int i = 0; i < tape.Entries.Length; i++)
        {
            _engine.Hand(in _tape.Entries[i], _tape.Frames[i]);
            while (_engine.TryPeek(out FrameView frame))
            {
                if ((OutboundKind)frame.Kind == OutboundKind.Request && !frame.Payload.SequenceEqual(_tape.Requests[request++])) throw new InvalidDataException($"request {request} of the tape differs when the tape is played again");
                _engine.Release();
            }
        }

        if (request != _tape.Requests.Count) throw new InvalidDataException($"the tape gave {_tape.Requests.Count} requests, and {request} when played again");
    }

    public override int ItemsMax => _tape.Entries.Length;

    public override void Prepare() => _engine = new PathEngine(_tape.HasTwin);

    public override long Run(int items)
    {
        long bytes = 0;
        ReadOnlySpan<PathEntry> entries = _tape.Entries;
        FrameSet frames = _tape.Frames;
        PathEngine engine = _engine;
        for (int i = 0; i < items; i++)
        {
            engine.Hand(in entries[i], frames[i]);
            while (engine.TryPeek(out FrameView frame))
            {
                bytes += frame.Payload.Length;
                engine.Release();
            }
        }

        return bytes;
    }

    public override long Expected(int items) => _tape.OutboundBytes[items];
}
