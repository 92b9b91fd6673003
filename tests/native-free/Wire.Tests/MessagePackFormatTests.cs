using System.Buffers.Binary;
using System.Text;

namespace LatencyEngine.Wire.Tests;

/// <summary>Golden bytes, derived by hand from the format tables of github.com/msgpack/msgpack, spec.md.</summary>
public sealed class MessagePackFormatTests
{
    private delegate void Writing(ref MessagePackWriter writer);

    [Theory]
    [InlineData(0, "00")]
    [InlineData(127, "7f")]
    [InlineData(128, "cc80")]
    [InlineData(255, "ccff")]
    [InlineData(256, "cd0100")]
    [InlineData(65_535, "cdffff")]
    [InlineData(65_536, "ce00010000")]
    [InlineData(4_294_967_295, "ceffffffff")]
    [InlineData(4_294_967_296, "cf0000000100000000")]
    [InlineData(long.MaxValue, "cf7fffffffffffffff")]
    [InlineData(-1, "ff")]
    [InlineData(-32, "e0")]
    [InlineData(-33, "d0df")]
    [InlineData(-128, "d080")]
    [InlineData(-129, "d1ff7f")]
    [InlineData(-32_768, "d18000")]
    [InlineData(-32_769, "d2ffff7fff")]
    [InlineData(int.MinValue, "d280000000")]
    [InlineData(int.MinValue - 1L, "d3ffffffff7fffffff")]
    [InlineData(long.MinValue, "d38000000000000000")]
    public void An_integer_takes_the_smallest_format_that_holds_it(long value, string hex)
    {
        Assert.Equal(hex, Written((ref MessagePackWriter writer) => writer.WriteInteger(value)));

        var reader = new MessagePackReader(Convert.FromHexString(hex));
        Assert.True(reader.TryReadInt64(out long read));
        Assert.Equal((value, true), (read, reader.IsAtEnd));
    }

    [Fact]
    public void The_largest_unsigned_integer_is_written_and_read_and_does_not_pass_as_a_signed_one()
    {
        Assert.Equal("cfffffffffffffffff", Written((ref MessagePackWriter writer) => writer.WriteInteger(ulong.MaxValue)));

        var reader = new MessagePackReader(Convert.FromHexString("cfffffffffffffffff"));
        Assert.False(reader.TryReadInt64(out _));
        Assert.Equal(0, reader.Position);
        Assert.True(reader.TryReadUInt64(out ulong read));
        Assert.Equal(ulong.MaxValue, read);
    }

    [Theory]
    [InlineData("ff")]
    [InlineData("d080")]
    [InlineData("d3ffffffffffffffff")]
    public void A_negative_integer_does_not_pass_as_an_unsigned_one(string hex)
    {
        var reader = new MessagePackReader(Convert.FromHexString(hex));

        Assert.False(reader.TryReadUInt64(out _));
        Assert.Equal(0, reader.Position);
    }

    [Theory]
    [InlineData("cc01", 1)]
    [InlineData("cd0001", 1)]
    [InlineData("ce00000001", 1)]
    [InlineData("cf0000000000000001", 1)]
    [InlineData("d001", 1)]
    [InlineData("d10001", 1)]
    [InlineData("d200000001", 1)]
    [InlineData("d30000000000000001", 1)]
    [InlineData("d1ffff", -1)]
    [InlineData("d2ffffffff", -1)]
    [InlineData("d3ffffffffffffffff", -1)]
    public void An_integer_in_a_larger_format_than_needed_is_read_as_well(string hex, long value)
    {
        var reader = new MessagePackReader(Convert.FromHexString(hex));

        Assert.True(reader.TryReadInt64(out long read));
        Assert.Equal(value, read);
    }

    [Fact]
    public void Nil_and_truth_values_are_one_byte()
    {
        Assert.Equal("c0c2c3", Written((ref MessagePackWriter writer) =>
        {
            writer.WriteNil();
            writer.WriteBoolean(false);
            writer.WriteBoolean(true);
        }));

        var reader = new MessagePackReader([0xc0, 0xc2, 0xc3]);
        Assert.False(reader.TryReadBoolean(out _));
        Assert.True(reader.TryReadNil());
        Assert.False(reader.TryReadNil());
        Assert.True(reader.TryReadBoolean(out bool no));
        Assert.True(reader.TryReadBoolean(out bool yes));
        Assert.Equal((false, true, true), (no, yes, reader.IsAtEnd));
    }

    [Theory]
    [InlineData(0.0, "cb0000000000000000")]
    [InlineData(1.5, "cb3ff8000000000000")]
    [InlineData(-0.1, "cbbfb999999999999a")]
    [InlineData(double.PositiveInfinity, "cb7ff0000000000000")]
    public void A_float_has_64_bits(double value, string hex)
    {
        Assert.Equal(hex, Written((ref MessagePackWriter writer) => writer.WriteDouble(value)));

        var reader = new MessagePackReader(Convert.FromHexString(hex));
        Assert.True(reader.TryReadDouble(out double read));
        Assert.Equal((value, true), (read, reader.IsAtEnd));
    }

    [Fact]
    public void A_float_of_32_bits_is_read_and_an_integer_is_not_a_float()
    {
        var reader = new MessagePackReader([0xca, 0x3f, 0xc0, 0, 0, 0x01]);

        Assert.True(reader.TryReadDouble(out double read));
        Assert.Equal(1.5, read);
        Assert.False(reader.TryReadDouble(out _));
    }

    [Theory]
    [InlineData(0, "a0")]
    [InlineData(31, "bf")]
    [InlineData(32, "d920")]
    [InlineData(255, "d9ff")]
    [InlineData(256, "da0100")]
    [InlineData(65_535, "daffff")]
    [InlineData(65_536, "db00010000")]
    public void A_text_begins_with_its_length_in_the_smallest_format(int lengthBytes, string head)
    {
        byte[] text = [.. Enumerable.Repeat((byte)'x', lengthBytes)];

        byte[] written = Convert.FromHexString(Written((ref MessagePackWriter writer) => writer.WriteString(text)));

        Assert.Equal([.. Convert.FromHexString(head), .. text], written);
        var reader = new MessagePackReader(written);
        Assert.False(reader.TryReadBinary(out _));
        Assert.True(reader.TryReadString(out ReadOnlySpan<byte> read));
        Assert.True(read.SequenceEqual(text) && reader.IsAtEnd);
    }

    [Theory]
    [InlineData(0, "c400")]
    [InlineData(255, "c4ff")]
    [InlineData(256, "c50100")]
    [InlineData(65_535, "c5ffff")]
    [InlineData(65_536, "c600010000")]
    public void A_binary_begins_with_its_length_in_the_smallest_format(int lengthBytes, string head)
    {
        byte[] bytes = [.. Enumerable.Range(0, lengthBytes).Select(i => (byte)i)];

        byte[] written = Convert.FromHexString(Written((ref MessagePackWriter writer) => writer.WriteBinary(bytes)));

        Assert.Equal([.. Convert.FromHexString(head), .. bytes], written);
        var reader = new MessagePackReader(written);
        Assert.False(reader.TryReadString(out _));
        Assert.True(reader.TryReadBinary(out ReadOnlySpan<byte> read));
        Assert.True(read.SequenceEqual(bytes) && reader.IsAtEnd);
    }

    [Theory]
    [InlineData(0, "90", "80")]
    [InlineData(15, "9f", "8f")]
    [InlineData(16, "dc0010", "de0010")]
    [InlineData(65_535, "dcffff", "deffff")]
    [InlineData(65_536, "dd00010000", "df00010000")]
    public void Arrays_and_maps_begin_with_their_count_in_the_smallest_format(int count, string array, string map)
    {
        Assert.Equal(array, Written((ref MessagePackWriter writer) => writer.WriteArrayHeader(count)));
        Assert.Equal(map, Written((ref MessagePackWriter writer) => writer.WriteMapHeader(count)));

        var arrayReader = new MessagePackReader([.. Convert.FromHexString(array), .. new byte[count]]);
        Assert.False(arrayReader.TryReadMapHeader(out _));
        Assert.True(arrayReader.TryReadArrayHeader(out int items));
        var mapReader = new MessagePackReader([.. Convert.FromHexString(map), .. new byte[2 * count]]);
        Assert.False(mapReader.TryReadArrayHeader(out _));
        Assert.True(mapReader.TryReadMapHeader(out int pairs));
        Assert.Equal((count, count), (items, pairs));
    }

    [Fact]
    public void The_example_of_the_msgpack_site_takes_its_18_bytes()
    {
        // {"compact":true,"schema":0}, msgpack.org
        byte[] expected = [0x82, 0xa7, .. Encoding.ASCII.GetBytes("compact"), 0xc3, 0xa6, .. Encoding.ASCII.GetBytes("schema"), 0x00];

        string written = Written((ref MessagePackWriter writer) =>
        {
            writer.WriteMapHeader(2);
            writer.WriteString("compact"u8);
            writer.WriteBoolean(true);
            writer.WriteString("schema"u8);
            writer.WriteInteger(0);
        });

        Assert.Equal(18, expected.Length);
        Assert.Equal(Convert.ToHexStringLower(expected), written);
    }

    [Theory]
    [InlineData("c0")]
    [InlineData("c2")]
    [InlineData("c40101")]
    [InlineData("c5000101")]
    [InlineData("c60000000101")]
    [InlineData("c7020901ff")]
    [InlineData("c8000109ff")]
    [InlineData("c90000000109ff")]
    [InlineData("ca00000000")]
    [InlineData("cb0000000000000000")]
    [InlineData("cfffffffffffffffff")]
    [InlineData("d3ffffffffffffffff")]
    [InlineData("d40901")]
    [InlineData("d5090102")]
    [InlineData("d60901020304")]
    [InlineData("d7090102030405060708")]
    [InlineData("d80901020304050607080910111213141516")]
    [InlineData("d90161")]
    [InlineData("da000161")]
    [InlineData("db0000000161")]
    [InlineData("93019202c003")]
    [InlineData("dc0002c0c0")]
    [InlineData("dd00000001c0")]
    [InlineData("81a16180")]
    [InlineData("de0001c091c0")]
    [InlineData("df00000001c0c0")]
    public void Every_format_is_passed_over_whole_and_any_shorter_piece_is_incomplete(string hex)
    {
        byte[] value = Convert.FromHexString(hex);
        var whole = new MessagePackReader([.. value, 0xc1]);

        Assert.Equal(MessagePackStatus.Complete, whole.Skip());
        Assert.Equal(value.Length, whole.Position);
        Assert.Equal(MessagePackStatus.Malformed, whole.Skip());
        Assert.Equal(value.Length, whole.Position);
        for (int length = 0; length < value.Length; length++)
        {
            var cut = new MessagePackReader(value.AsSpan(0, length));
            Assert.Equal(MessagePackStatus.Incomplete, cut.Skip());
            Assert.Equal(0, cut.Position);
        }
    }

    [Fact]
    public void A_length_or_a_count_beyond_the_bytes_is_refused_and_does_not_overflow()
    {
        foreach (byte code in (byte[])[0xc6, 0xc9, 0xdb, 0xdd, 0xdf])
        {
            var bytes = new byte[20];
            bytes[0] = code;
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(1), uint.MaxValue);
            var reader = new MessagePackReader(bytes);

            Assert.False(reader.TryReadBinary(out _) || reader.TryReadString(out _) || reader.TryReadArrayHeader(out _) || reader.TryReadMapHeader(out _));
            Assert.Equal(MessagePackStatus.Incomplete, reader.Skip());
        }

        foreach (byte[] oneShort in (byte[][])[[0x92, 0xc0], [0x81, 0xc0], [0xdc, 0, 2, 0xc0], [0xde, 0, 1, 0xc0]])
        {
            var reader = new MessagePackReader(oneShort);
            Assert.False(reader.TryReadArrayHeader(out _) || reader.TryReadMapHeader(out _));
        }

        var nested = new MessagePackReader([.. Enumerable.Repeat((byte[])[0xdf, 0xff, 0xff, 0xff, 0xff], 100_000).SelectMany(head => head)]);
        Assert.Equal(MessagePackStatus.Incomplete, nested.Skip());
    }

    private static string Written(Writing writing)
    {
        var writer = new MessagePackWriter(new byte[1 << 17]);
        writing(ref writer);
        var bytes = new byte[writer.Length + 1];
        var exact = new MessagePackWriter(bytes);
        writing(ref exact);
        return Convert.ToHexStringLower(bytes, 0, exact.Length);
    }
}
