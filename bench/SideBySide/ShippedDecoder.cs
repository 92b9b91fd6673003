using LatencyEngine.Model;
using LatencyEngine.Wire;

namespace LatencyEngine.SideBySide;

/// <summary>The decoder of the hot path, entered where the hot path enters it, with every check.</summary>
internal sealed class ShippedDecoder(InstrumentTable instruments)
{
    private readonly BybitDecoder _decoder = new(instruments);
    private readonly Answers _answers = new(instruments);

    /// <summary>Decodes every frame once.</summary>
    /// <returns>A sum over what the frames were.</returns>
    public long Decode(Corpus corpus)
    {
        long sum = 0;
        for (int i = 0; i < corpus.Offsets.Length; i++) sum += (long)Decode(corpus, i);
        return sum;
    }

    /// <summary>What it reads in one frame.</summary>
    /// <exception cref="AnswersDifferException">It reads nothing: every frame of the comparisons is sound.</exception>
    public string Answer(Corpus corpus, int index)
    {
        DecodeStatus status = Decode(corpus, index);
        if (status is DecodeStatus.Malformed or DecodeStatus.TooLarge) throw new AnswersDifferException($"the shipped decoder says {status} to {System.Text.Encoding.UTF8.GetString(corpus[index])}");
        return _answers.Of(_decoder, status, corpus[index]);
    }

    private DecodeStatus Decode(Corpus corpus, int index) => (InboundKind)corpus.Sockets[index] switch
    {
        InboundKind.PublicFrame => _decoder.DecodePublic(corpus[index]),
        InboundKind.PrivateFrame => _decoder.DecodePrivate(corpus[index]),
        _ => _decoder.DecodeTrade(corpus[index]),
    };
}
