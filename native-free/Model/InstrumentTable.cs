using System.Diagnostics.CodeAnalysis;

namespace LatencyEngine.Model;

/// <summary>The instruments of one engine, indexed by <see cref="InstrumentId"/>. Immutable; look-ups allocate nothing.</summary>
public sealed class InstrumentTable
{
    /// <summary>Most instruments of one engine: the symbol look-up is a scan over a few cache lines.</summary>
    public const int CountMax = 64;

    private readonly InstrumentSpec[] _specs;

    /// <summary>Creates the table.</summary>
    /// <param name="specs">At least one; each id equals its position; symbols differ.</param>
    /// <exception cref="ArgumentException">One of these does not hold; the message says which.</exception>
    public InstrumentTable(IReadOnlyList<InstrumentSpec> specs)
    {
        if (specs.Count is 0 or > CountMax) throw new ArgumentException($"an engine trades 1 to {CountMax} instruments, was {specs.Count}");
        for (int i = 0; i < specs.Count; i++)
        {
            if (specs[i].Id.Index != i) throw new ArgumentException($"instrument {specs[i].Symbol}: id must be its position {i}, was {specs[i].Id.Index}");
            for (int j = 0; j < i; j++)
            {
                if (specs[j].Symbol == specs[i].Symbol) throw new ArgumentException($"instrument {specs[i].Symbol} is listed twice");
            }
        }

        _specs = [.. specs];
    }

    /// <summary>Number of instruments.</summary>
    public int Count => _specs.Length;

    /// <summary>The specification of an instrument.</summary>
    public InstrumentSpec this[InstrumentId id] => _specs[id.Index];

    /// <summary>Finds an instrument by the symbol bytes of a frame.</summary>
    public bool TryFind(ReadOnlySpan<byte> symbolUtf8, [NotNullWhen(true)] out InstrumentSpec? spec)
    {
        foreach (InstrumentSpec candidate in _specs)
        {
            if (symbolUtf8.SequenceEqual(candidate.SymbolUtf8))
            {
                spec = candidate;
                return true;
            }
        }

        spec = null;
        return false;
    }
}
