using System.Buffers.Binary;
using LatencyEngine.Model;

namespace LatencyEngine.Risk;

/// <summary>What the loss ladder remembers across restarts: what losses are counted from, and the pauses that run. Written as its whole content, with its version.</summary>
/// <remarks>
/// Little-endian 64-bit words: version, moment, begin of the day, equity then, begin of the week, equity then, peak, since when what runs beside is unsure, the end of the pause of each rule in the order of <see cref="LossRule"/>,
/// the number of instruments, and of each the end of its hold, whether its position is to be closed, and its result of the day. Thread: one owner. Allocates: only when constructed. Throws: never.
/// </remarks>
public sealed class LossState
{
    /// <summary>Rules with a place of their own, the unset one included.</summary>
    public const int Rules = (int)LossRule.ModelConfidence + 1;

    /// <summary>Nanoseconds of a day.</summary>
    public const long DayNanos = 86_400_000_000_000;

    private const long Version = 3;
    private const int HeadWords = 8 + (Rules - 1) + 1;
    private const int WordsAnInstrument = 3;

    private readonly long[] _pausedUntilNanos = new long[Rules];
    private readonly Instrument[] _instruments;

    /// <summary>Creates the state of an engine that has not seen its equity yet.</summary>
    /// <param name="instruments">Instruments traded.</param>
    public LossState(int instruments) => _instruments = new Instrument[instruments];

    /// <summary>When it was so.</summary>
    public EpochNanos AsOf { get; set; }

    /// <summary>00:00 UTC of the day; 0 before equity was first seen.</summary>
    public EpochNanos DayBegan { get; set; }

    /// <summary>Equity that the day's loss counts from.</summary>
    public MoneyE8 DayEquity { get; set; }

    /// <summary>00:00 UTC of the week's Monday.</summary>
    public EpochNanos WeekBegan { get; set; }

    /// <summary>Equity that the week's loss counts from.</summary>
    public MoneyE8 WeekEquity { get; set; }

    /// <summary>Highest equity, that the drawdown counts from.</summary>
    public MoneyE8 PeakEquity { get; set; }

    /// <summary>Since when what runs beside has been less sure of itself than it must be; 0 where it was sure enough.</summary>
    public EpochNanos UnsureSince { get; set; }

    /// <summary>Equity has been seen: there is something to remember.</summary>
    public bool HasBegun => DayBegan.Nanos > 0;

    /// <summary>Instruments that it is of.</summary>
    public int Instruments => _instruments.Length;

    /// <summary>Bytes of its content.</summary>
    public int LengthBytes => (HeadWords + (WordsAnInstrument * _instruments.Length)) * sizeof(long);

    /// <summary>00:00 UTC of the day of a moment.</summary>
    public static EpochNanos DayOf(EpochNanos moment) => new(moment.Nanos - (moment.Nanos % DayNanos));

    /// <summary>00:00 UTC of the Monday of a moment's week; 1970 began with a Thursday.</summary>
    public static EpochNanos WeekOf(EpochNanos moment) => new(DayOf(moment).Nanos - (((moment.Nanos / DayNanos) + 3) % 7 * DayNanos));

    /// <summary>End of a rule's pause; 0 for none yet.</summary>
    public EpochNanos PausedUntil(LossRule rule) => new(_pausedUntilNanos[(int)rule]);

    /// <summary>Sets the end of a rule's pause.</summary>
    public void Pause(LossRule rule, EpochNanos until) => _pausedUntilNanos[(int)rule] = until.Nanos;

    /// <summary>Until when an instrument is not quoted; 0 for no such time.</summary>
    public EpochNanos HeldUntil(InstrumentId instrument) => new(_instruments[instrument.Index].HeldUntilNanos);

    /// <summary>Sets until when an instrument is not quoted.</summary>
    public void Hold(InstrumentId instrument, EpochNanos until) => _instruments[instrument.Index].HeldUntilNanos = until.Nanos;

    /// <summary>Whether the position of an instrument has reached its stop and is to be closed.</summary>
    public bool IsStopped(InstrumentId instrument) => _instruments[instrument.Index].IsStopped;

    /// <summary>Sets that.</summary>
    public void Stop(InstrumentId instrument, bool isStopped) => _instruments[instrument.Index].IsStopped = isStopped;

    /// <summary>What an instrument has booked today, P&amp;L, fees and funding, less what its position had already won when the day began.</summary>
    public MoneyE8 DayResult(InstrumentId instrument) => _instruments[instrument.Index].DayResult;

    /// <summary>Sets that.</summary>
    public void SetDayResult(InstrumentId instrument, MoneyE8 result) => _instruments[instrument.Index].DayResult = result;

    /// <summary>Money was brought in or taken out: what losses are counted from moves with it.</summary>
    public void OnTransfer(MoneyE8 amount)
    {
        DayEquity += amount;
        WeekEquity += amount;
        PeakEquity += amount;
    }

    /// <summary>Writes the content.</summary>
    /// <param name="destination">Of <see cref="LengthBytes"/> or more.</param>
    /// <returns>Bytes written.</returns>
    public int Write(Span<byte> destination)
    {
        var words = new Words(destination);
        words.Put(Version);
        words.Put(AsOf.Nanos);
        words.Put(DayBegan.Nanos);
        words.Put(DayEquity.Units);
        words.Put(WeekBegan.Nanos);
        words.Put(WeekEquity.Units);
        words.Put(PeakEquity.Units);
        words.Put(UnsureSince.Nanos);
        for (int rule = 1; rule < Rules; rule++) words.Put(_pausedUntilNanos[rule]);
        words.Put(_instruments.Length);
        foreach (ref readonly Instrument instrument in _instruments.AsSpan())
        {
            words.Put(instrument.HeldUntilNanos);
            words.Put(instrument.IsStopped ? 1 : 0);
            words.Put(instrument.DayResult.Units);
        }

        return LengthBytes;
    }

    /// <summary>Takes a content in place of its own.</summary>
    /// <returns>False, and nothing has changed, when it is of another version or other instruments, or holds what cannot be.</returns>
    public bool TryRead(ReadOnlySpan<byte> content)
    {
        if (content.Length != LengthBytes || !IsPossible(content)) return false;
        AsOf = new EpochNanos(Word(content, 1));
        DayBegan = new EpochNanos(Word(content, 2));
        DayEquity = new MoneyE8(Word(content, 3));
        WeekBegan = new EpochNanos(Word(content, 4));
        WeekEquity = new MoneyE8(Word(content, 5));
        PeakEquity = new MoneyE8(Word(content, 6));
        UnsureSince = new EpochNanos(Word(content, 7));
        for (int rule = 1; rule < Rules; rule++) _pausedUntilNanos[rule] = Word(content, 7 + rule);
        for (int i = 0; i < _instruments.Length; i++)
        {
            int word = HeadWords + (WordsAnInstrument * i);
            _instruments[i] = new Instrument { HeldUntilNanos = Word(content, word), IsStopped = Word(content, word + 1) == 1, DayResult = new MoneyE8(Word(content, word + 2)) };
        }

        return true;
    }

    private bool IsPossible(ReadOnlySpan<byte> content)
    {
        (long day, long week) = (Word(content, 2), Word(content, 4));
        bool isPossible = Word(content, 0) == Version && Word(content, HeadWords - 1) == _instruments.Length && day > 0 && DayOf(new EpochNanos(day)).Nanos == day && WeekOf(new EpochNanos(day)).Nanos == week && Word(content, 7) >= 0;
        for (int rule = 1; rule < Rules; rule++) isPossible &= Word(content, 7 + rule) >= 0;
        for (int i = 0; i < _instruments.Length; i++)
        {
            int word = HeadWords + (WordsAnInstrument * i);
            isPossible &= Word(content, word) >= 0 && Word(content, word + 1) is 0 or 1;
        }

        return isPossible;
    }

    private static long Word(ReadOnlySpan<byte> content, int index) => BinaryPrimitives.ReadInt64LittleEndian(content[(index * sizeof(long))..]);

    private struct Instrument
    {
        public long HeldUntilNanos;
        public bool IsStopped;
        public MoneyE8 DayResult;
    }

    /// <summary>Words one behind the other.</summary>
    private ref struct Words(Span<byte> rest)
    {
        private Span<byte> _rest = rest;

        public void Put(long word)
        {
            BinaryPrimitives.WriteInt64LittleEndian(_rest, word);
            _rest = _rest[sizeof(long)..];
        }
    }
}
