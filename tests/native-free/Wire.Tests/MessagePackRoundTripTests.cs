using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace LatencyEngine.Wire.Tests;

/// <summary>Whatever is written is read again, and whatever is read ends without a fault.</summary>
public sealed class MessagePackRoundTripTests
{
    private const int DepthMax = 6;

    private static readonly byte[] Room = new byte[1 << 25];   // one test at a time in a process

    [Fact]
    public void Any_tree_of_values_is_read_as_it_was_written()
    {
        ForEverySeed(random =>
        {
            object? tree = Tree(random, depth: 0);
            byte[] bytes = Written(tree);
            var reader = new MessagePackReader(bytes);
            object? read = Read(ref reader);
            return reader.IsAtEnd && Text(read) == Text(tree);
        });
    }

    [Fact]
    public void Any_tree_is_passed_over_whole_and_every_beginning_of_it_is_incomplete()
    {
        ForEverySeed(random =>
        {
            byte[] bytes = Written(Tree(random, depth: 0));
            var whole = new MessagePackReader([.. bytes, .. bytes]);
            bool holds = whole.Skip() == MessagePackStatus.Complete && whole.Position == bytes.Length;
            int cutBytes = random.Next(bytes.Length);
            var cut = new MessagePackReader(bytes.AsSpan(0, cutBytes));
            return holds && cut.Skip() == MessagePackStatus.Incomplete && cut.Position == 0;
        });
    }

    [Fact]
    public void Any_bytes_are_read_to_an_end_without_a_fault_and_a_read_that_fails_does_not_move()
    {
        ForEverySeed(random =>
        {
            var bytes = new byte[random.Next(0, 200)];
            random.NextBytes(bytes);
            for (int start = 0; start < bytes.Length; start++)
            {
                if (!FailingReadsDoNotMove(bytes.AsSpan(start))) return false;
            }

            var reader = new MessagePackReader(bytes);
            int values = 0;
            while (reader.Skip() == MessagePackStatus.Complete) values++;
            return values <= bytes.Length;
        });
    }

    [Fact]
    public void Writing_and_reading_allocate_nothing()
    {
        const int Rounds = 10_000;
        var room = new byte[256];
        byte[] payload = Encoding.ASCII.GetBytes("payload");
        long sum = 0;
        for (int i = 0; i < 100; i++) sum += OneRound(room, payload, i);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Rounds; i++) sum += OneRound(room, payload, i);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.NotEqual(0, sum);
    }

    private static long OneRound(byte[] room, byte[] payload, long value)
    {
        var writer = new MessagePackWriter(room);
        writer.WriteArrayHeader(5);
        writer.WriteInteger(value);
        writer.WriteBinary(payload);
        writer.WriteString("text"u8);
        writer.WriteDouble(value);
        writer.WriteMapHeader(0);

        var skipped = new MessagePackReader(room.AsSpan(0, writer.Length));
        skipped.Skip();
        var reader = new MessagePackReader(room.AsSpan(0, writer.Length));
        reader.TryReadArrayHeader(out int count);
        reader.TryReadInt64(out long read);
        reader.TryReadBinary(out ReadOnlySpan<byte> binary);
        reader.TryReadString(out ReadOnlySpan<byte> text);
        reader.TryReadDouble(out double number);
        reader.TryReadMapHeader(out _);
        return count + read + binary.Length + text.Length + (long)number + skipped.Position;
    }

    private static bool FailingReadsDoNotMove(ReadOnlySpan<byte> bytes)
    {
        bool holds = true;
        for (int kind = 0; kind < 9; kind++)
        {
            var reader = new MessagePackReader(bytes);
            bool found = kind switch
            {
                0 => reader.TryReadNil(),
                1 => reader.TryReadBoolean(out _),
                2 => reader.TryReadInt64(out _),
                3 => reader.TryReadUInt64(out _),
                4 => reader.TryReadDouble(out _),
                5 => reader.TryReadBinary(out _),
                6 => reader.TryReadString(out _),
                7 => reader.TryReadArrayHeader(out _),
                _ => reader.TryReadMapHeader(out _),
            };
            holds &= found ? reader.Position > 0 && reader.Position <= bytes.Length : reader.Position == 0;
        }

        return holds;
    }

    private static void ForEverySeed(Func<Random, bool> holds) =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed => holds(new Random(seed))).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));

    /// <summary>A value of any kind; the sizes lie around the borders of the formats.</summary>
    private static object? Tree(Random random, int depth) => random.Next(depth < DepthMax ? 9 : 7) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64),
        3 => (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64),
        4 => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)),
        5 => Bytes(random),
        6 => Encoding.UTF8.GetString([.. Bytes(random).Select(value => (byte)(' ' + (value % 90)))]),
        7 => Enumerable.Range(0, random.Next(0, 18)).Select(_ => Tree(random, depth + random.Next(2, 4))).ToArray(),
        _ => Enumerable.Range(0, random.Next(0, 18)).Select(_ => new KeyValuePair<object?, object?>(Tree(random, DepthMax), Tree(random, depth + random.Next(2, 4)))).ToArray(),
    };

    private static byte[] Bytes(Random random)
    {
        int[] lengths = [0, 1, 31, 32, 33, 255, 256, 300];
        var bytes = new byte[random.Next(50) == 0 ? 65_536 : lengths[random.Next(lengths.Length)]];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Written(object? tree)
    {
        var writer = new MessagePackWriter(Room);
        Write(ref writer, tree);
        return Room[..writer.Length];
    }

    private static void Write(ref MessagePackWriter writer, object? tree)
    {
        switch (tree)
        {
            case null: writer.WriteNil(); break;
            case bool value: writer.WriteBoolean(value); break;
            case long value: writer.WriteInteger(value); break;
            case ulong value: writer.WriteInteger(value); break;
            case double value: writer.WriteDouble(value); break;
            case byte[] value: writer.WriteBinary(value); break;
            case string value: writer.WriteString(Encoding.UTF8.GetBytes(value)); break;
            case object?[] items:
                writer.WriteArrayHeader(items.Length);
                foreach (object? item in items) Write(ref writer, item);
                break;
            case KeyValuePair<object?, object?>[] pairs:
                writer.WriteMapHeader(pairs.Length);
                foreach ((object? key, object? value) in pairs)
                {
                    Write(ref writer, key);
                    Write(ref writer, value);
                }

                break;
            default: throw new InvalidOperationException(tree.GetType().Name);
        }
    }

    private static object? Read(ref MessagePackReader reader)
    {
        if (reader.TryReadNil()) return null;
        if (reader.TryReadBoolean(out bool truth)) return truth;
        if (reader.TryReadInt64(out long signed)) return signed;
        if (reader.TryReadUInt64(out ulong unsigned)) return unsigned;
        if (reader.TryReadDouble(out double number)) return number;
        if (reader.TryReadBinary(out ReadOnlySpan<byte> bytes)) return bytes.ToArray();
        if (reader.TryReadString(out ReadOnlySpan<byte> text)) return Encoding.UTF8.GetString(text);
        if (reader.TryReadArrayHeader(out int count))
        {
            var items = new object?[count];
            for (int i = 0; i < count; i++) items[i] = Read(ref reader);
            return items;
        }

        Assert.True(reader.TryReadMapHeader(out int pairCount));
        var pairs = new KeyValuePair<object?, object?>[pairCount];
        for (int i = 0; i < pairCount; i++)
        {
            object? key = Read(ref reader);
            pairs[i] = new(key, Read(ref reader));
        }

        return pairs;
    }

    /// <summary>A tree as text; integers by their value, whichever type holds them.</summary>
    private static string Text(object? tree) => tree switch
    {
        null => "nil",
        double value => $"f{BitConverter.DoubleToInt64Bits(value):x}",
        byte[] value => $"b{Convert.ToHexStringLower(value)}",
        string value => $"s{value}",
        object?[] items => $"[{string.Join(",", items.Select(Text))}]",
        KeyValuePair<object?, object?>[] pairs => $"{{{string.Join(",", pairs.Select(pair => $"{Text(pair.Key)}:{Text(pair.Value)}"))}}}",
        _ => tree.ToString()!,
    };
}
