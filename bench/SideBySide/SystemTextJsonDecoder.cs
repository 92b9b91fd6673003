using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using LatencyEngine.Model;

namespace LatencyEngine.SideBySide;

/// <summary>The decoder that most programs would have: System.Text.Json into objects, with generated code, prices as <see cref="decimal"/>.</summary>
internal static class SystemTextJsonDecoder
{
    /// <summary>Reads a book frame.</summary>
    public static BookMessage Decode(ReadOnlySpan<byte> frame) => JsonSerializer.Deserialize(frame, BookMessageJson.Default.BookMessage)!;

    /// <summary>The same values in the engine's types.</summary>
    public static void Convert(BookMessage message, InstrumentTable instruments, BookDelta book)
    {
        string[] topic = message.Topic.Split('.');
        instruments.TryFind(System.Text.Encoding.ASCII.GetBytes(topic[2]), out InstrumentSpec? instrument);
        book.Instrument = instrument!.Id;
        book.Depth = int.Parse(topic[1], CultureInfo.InvariantCulture);
        book.IsSnapshot = message.Type == "snapshot";
        book.PushMillis = message.Ts;
        book.MatchMillis = message.Cts;
        book.UpdateId = message.Data.U;
        book.Sequence = message.Data.Seq;
        book.BidCount = Convert(message.Data.B, instrument, book.Bids);
        book.AskCount = Convert(message.Data.A, instrument, book.Asks);
    }

    private static int Convert(decimal[][] from, InstrumentSpec instrument, BookLevel[] levels)
    {
        for (int i = 0; i < from.Length; i++) levels[i] = new BookLevel(new PriceTicks((long)(from[i][0] * 1e8m / instrument.TickE8)), new QtyLots((long)(from[i][1] * 1e8m / instrument.LotE8)));
        return from.Length;
    }

    /// <summary>A book frame.</summary>
    internal sealed class BookMessage
    {
        public required string Topic { get; init; }

        public required string Type { get; init; }

        public required long Ts { get; init; }

        public required BookData Data { get; init; }

        public required long Cts { get; init; }
    }

    /// <summary>Its payload.</summary>
    internal sealed class BookData
    {
        public required string S { get; init; }

        public required decimal[][] B { get; init; }

        public required decimal[][] A { get; init; }

        public required long U { get; init; }

        public required long Seq { get; init; }
    }
}

/// <summary>Generated readers.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(SystemTextJsonDecoder.BookMessage))]
internal sealed partial class BookMessageJson : JsonSerializerContext;
