using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LatencyEngine.Model;
using LatencyEngine.TestData;

namespace LatencyEngine.Wire.Tests;

/// <summary>The proof that the decoder never gives a wrong value: three readers of every frame there is, of made ones, and of damaged ones.</summary>
public sealed class DifferentialTests
{
    private const int Seed = 20261121;

    private readonly ThreeReaders _readers = new(Instruments.Table);

    /// <summary>Damaged frames of a test run; another number by the environment variable LATENCY_MUTATIONS.</summary>
    private static int Mutations => int.Parse(Environment.GetEnvironmentVariable("LATENCY_MUTATIONS") ?? "200000", CultureInfo.InvariantCulture);

    [Fact]
    public void The_readers_agree_on_every_frame_of_the_shipped_recordings()
    {
        int count = 0;
        foreach (string recording in (string[])[Frames.GenuineRecording, Frames.LongRecording])
        {
            foreach (byte[] frame in Frames.Recorded(recording))
            {
                _readers.Agree(Socket.Public, frame, () => $"{recording}, frame {count}");
                count++;
            }
        }

        Assert.Equal(count, _readers.Accepted);
    }

    [ReferenceFact("data/bybit-ws/spot-btc-20260809.frames.gz")]
    public void The_readers_agree_on_the_key_orders_of_spot() => AgreeOnLines("data/bybit-ws/spot-btc-20260809.frames.gz");

    [ReferenceFact("data/bybit-ws/linear-ob1000-btc-20260213.ndjson.gz")]
    public void The_readers_agree_on_books_of_a_thousand_levels()
    {
        AgreeOnLines("data/bybit-ws/linear-ob1000-btc-20260213.ndjson.gz");
        Assert.Equal(5, _readers.Accepted);
    }

    [ReferenceFact("data/bybit-fixtures/ws-trade-order-create-ack.json")]
    public void The_readers_agree_on_the_fixtures_of_other_clients_as_printed_and_compact()
    {
        string folder = Path.GetDirectoryName(ReferenceFiles.TryReference("data/bybit-fixtures/ws-trade-order-create-ack.json"))!;
        int count = 0;
        foreach (string path in Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            byte[] printed = File.ReadAllBytes(path);
            byte[] compact = JsonSerializer.SerializeToUtf8Bytes(JsonNode.Parse(printed));
            foreach (Socket socket in Enum.GetValues<Socket>())
            {
                _readers.Agree(socket, printed, () => path);
                _readers.Agree(socket, compact, () => path + ", compact");
            }

            count++;
        }

        Assert.True(count > 40);
    }

    [ReferenceFact("reference/bybit-v5-messages.jsonl")]
    public void The_readers_agree_on_every_collected_message_whatever_socket_it_came_from()
    {
        foreach (string line in File.ReadLines(ReferenceFiles.TryReference("reference/bybit-v5-messages.jsonl")!))
        {
            JsonNode row = JsonNode.Parse(line)!;
            byte[] frame = Encoding.UTF8.GetBytes((string)row["raw"]!);
            foreach (Socket socket in Enum.GetValues<Socket>()) _readers.Agree(socket, frame, () => (string)row["name"]!);
        }
    }

    [ReferenceFact("data/bybit-rest/instruments-info-linear-20260809.json.gz")]
    public void The_readers_agree_on_made_frames_of_every_instrument()
    {
        InstrumentSpec[][] batches = [.. AllInstruments().Chunk(InstrumentTable.CountMax)];
        Assert.Equal(800, batches.Sum(batch => batch.Length));
        var random = new Random(Seed);
        int made = 0, accepted = 0;
        foreach (InstrumentSpec[] batch in batches)
        {
            var table = new InstrumentTable(batch);
            var readers = new ThreeReaders(table);
            var maker = new FrameMaker(random, table);
            foreach (InstrumentSpec spec in batch)
            {
                for (int layout = 0; layout < FrameMaker.LayoutCount; layout++)
                {
                    foreach (Print print in Enum.GetValues<Print>())
                    {
                        (Socket socket, byte[] frame) = maker.Make(layout, spec, print, levelsMax: 40);
                        readers.Agree(socket, frame, () => $"seed {Seed}, {spec.Symbol}, layout {layout}, {print}");
                        made++;
                    }
                }
            }

            accepted += readers.Accepted;
        }

        Assert.InRange(accepted, made * 2 / 3, made);
    }

    [Fact]
    public void The_readers_agree_on_deep_books_of_any_print()
    {
        var random = new Random(Seed);
        var maker = new FrameMaker(random, Instruments.Table);
        for (int i = 0; i < 60; i++)
        {
            InstrumentSpec spec = Instruments.Table[new InstrumentId(random.Next(Instruments.Table.Count))];
            (Socket socket, byte[] frame) = maker.Make(FrameMaker.BookLayout, spec, i % 3 == 0 ? Print.Strange : Print.Usual, levelsMax: i % 2 == 0 ? 1_000 : 2_001);
            _readers.Agree(socket, frame, () => $"seed {Seed}, book {i}");
        }

        Assert.InRange(_readers.Accepted, 20, 59);
    }

    [Fact]
    public void The_readers_agree_on_a_frame_cut_off_anywhere_whatever_stands_behind_it()
    {
        foreach ((Socket socket, string text) in Frames.All)
        {
            // The cut frame is a slice of the whole one: whoever reads past its end finds there just what would make it sound.
            byte[] frame = Frames.Bytes(text);
            for (int length = 0; length < frame.Length; length++)
            {
                _readers.Agree(socket, frame.AsSpan(0, length), () => "cut off");
                Assert.Equal(DecodeStatus.Malformed, _readers.Status);
            }
        }
    }

    [Fact]
    public void The_readers_agree_on_damaged_frames()
    {
        (Socket Socket, byte[] Frame)[] frames = [.. Originals()];
        for (int i = 0; i < Mutations; i++)
        {
            var random = new Random(unchecked(Seed + (i * 7919)));
            (Socket socket, byte[] original) = frames[random.Next(frames.Length)];
            byte[] mutated = FrameMutator.Mutate(original, frames[random.Next(frames.Length)].Frame, random);
            _readers.Agree(socket, mutated, () => $"seed {Seed}, mutation {i}");
        }

        // The comparison means something only when a fair part of the mutants still are messages.
        Assert.InRange(_readers.Accepted, Mutations / 5, Mutations);
    }

    /// <summary>The documented frames, and made ones as the venue prints them and otherwise.</summary>
    private static IEnumerable<(Socket Socket, byte[] Frame)> Originals()
    {
        var random = new Random(Seed);
        var maker = new FrameMaker(random, Instruments.Table);
        foreach ((Socket socket, string text) in Frames.All) yield return (socket, Frames.Bytes(text));
        for (int i = 0; i < 60; i++)
        {
            for (int layout = 0; layout < FrameMaker.LayoutCount; layout++)
            {
                InstrumentSpec spec = Instruments.Table[new InstrumentId(random.Next(Instruments.Table.Count))];
                yield return maker.Make(layout, spec, i % 6 == 0 ? Print.Strange : Print.Usual, levelsMax: 6);
            }
        }
    }

    private static IEnumerable<InstrumentSpec> AllInstruments()
    {
        using var body = new GZipStream(File.OpenRead(ReferenceFiles.TryReference("data/bybit-rest/instruments-info-linear-20260809.json.gz")!), CompressionMode.Decompress);
        int count = 0;
        foreach (JsonNode? row in JsonNode.Parse(body)!["result"]!["list"]!.AsArray())
        {
            (int priceDecimals, long tickMantissa) = Step((string)row!["priceFilter"]!["tickSize"]!);
            (int qtyDecimals, long lotMantissa) = Step((string)row["lotSizeFilter"]!["qtyStep"]!);
            yield return Instruments.Spec(count++ % InstrumentTable.CountMax, (string)row["symbol"]!, priceDecimals, tickMantissa, qtyDecimals, lotMantissa);
        }
    }

    private static (int Decimals, long Mantissa) Step(string text)
    {
        string trimmed = text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;
        int point = trimmed.IndexOf('.', StringComparison.Ordinal);
        return (point < 0 ? 0 : trimmed.Length - point - 1, long.Parse(trimmed.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture));
    }

    private void AgreeOnLines(string path)
    {
        int count = 0;
        foreach (byte[] line in ReferenceFiles.CompressedLines(ReferenceFiles.TryReference(path)!))
        {
            byte[] frame = line[line.AsSpan().IndexOf((byte)'{')..];
            _readers.Agree(Socket.Public, frame, () => $"{path}, frame {count}");
            count++;
        }
    }
}
