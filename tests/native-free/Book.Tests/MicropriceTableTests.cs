using System.Buffers.Binary;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using LatencyEngine.Model;
using LatencyEngine.TestData;

namespace LatencyEngine.Book.Tests;

public sealed class MicropriceTableTests
{
    private const double GoldenTickSize = 0.5;

    [Fact]
    public void States_and_microprices_agree_with_the_independent_numbers()
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(ReferenceFiles.Golden("microprice.json")));
        double[] adjustments = [.. golden.RootElement.GetProperty("Gstar").EnumerateArray().Select(value => value.GetDouble() / GoldenTickSize)];
        MicropriceTable table = Read(2, 5, adjustments);
        int rows = 0;
        foreach (IReadOnlyDictionary<string, string> row in ReferenceFiles.GoldenRows("book_series.csv"))
        {
            BookTop top = Tops.Golden(row);

            Assert.Equal(int.Parse(row["state"]), MicropriceTable.State(in top, 2, 5));
            double expected = double.Parse(row["microprice"]);
            Assert.True(Math.Abs((table.MicropriceTicks(in top) * GoldenTickSize) - expected) <= 1e-12 * expected, $"row {row["ts_ms"]}");
            rows++;
        }

        Assert.Equal(4_000, rows);
    }

    [Theory]
    [InlineData(100, 1, 101, 3, 0)]       // a quarter: the first of two imbalance buckets
    [InlineData(100, 1, 101, 1, 1)]       // one half belongs to the upper one
    [InlineData(100, 1, 102, 3, 2)]
    [InlineData(100, 3, 1_000_000, 1, 5)] // every wider spread is the last bucket
    public void A_state_is_the_spread_and_then_the_imbalance(long bid, long bidLots, long ask, long askLots, int state)
    {
        BookTop top = Tops.Of(bid, bidLots, ask, askLots);

        Assert.Equal(state, MicropriceTable.State(in top, 3, 2));
    }

    [Fact]
    public void Without_content_the_microprice_is_the_mid()
    {
        BookTop top = Tops.Of(100, 9, 103, 1);

        Assert.Equal(101.5, new MicropriceTable().MicropriceTicks(in top));
    }

    [Fact]
    public void Every_top_has_a_state_of_the_table_and_its_mirror_image_the_opposite_microprice()
    {
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue - 1).ToArbitrary(),
            seed =>
            {
                var random = new Random(seed);
                int spreads = random.Next(1, MicropriceTable.SpreadBucketsMax + 1);
                int imbalances = random.Next(1, MicropriceTable.ImbalanceBucketsMax + 1);
                double[] adjustments = new double[spreads * imbalances];
                for (int spread = 0; spread < spreads; spread++)
                {
                    for (int i = 0; i < imbalances / 2; i++)
                    {
                        double adjustment = (random.NextDouble() - 0.5) * 20;
                        adjustments[(spread * imbalances) + i] = adjustment;
                        adjustments[(spread * imbalances) + imbalances - 1 - i] = -adjustment;
                    }
                }

                MicropriceTable table = Read(spreads, imbalances, adjustments);
                long bid = random.NextInt64(1, 1L << 40);
                long ask = bid + random.NextInt64(1, random.Next(2) == 0 ? 10 : 1L << 30);
                BookTop top = Tops.Of(bid, random.NextInt64(1, 1L << 52), ask, random.NextInt64(1, 1L << 52));
                BookTop mirror = Tops.Of(bid, top.AskQty.Lots, ask, top.BidQty.Lots);
                if (FairValue.ImbalanceShare(in top) * imbalances % 1 == 0) return;   // exactly between two buckets the mirror image is in the upper one too

                double mid = (bid + ask) * 0.5;
                double expected = adjustments[MicropriceTable.State(in top, spreads, imbalances)];
                Assert.Equal(mid + expected, table.MicropriceTicks(in top));
                Assert.Equal(mid - expected, table.MicropriceTicks(in mirror));
            }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 10)]
    [InlineData(MicropriceTable.SpreadBucketsMax, MicropriceTable.ImbalanceBucketsMax)]
    public void What_is_written_is_read_back_bit_for_bit(int spreads, int imbalances)
    {
        double[] adjustments = [.. Enumerable.Range(0, spreads * imbalances).Select(i => (i * 0.1) - 1)];
        byte[] bytes = Bytes(spreads, imbalances, adjustments);

        MicropriceTable table = Read(spreads, imbalances, adjustments);

        Assert.Equal(6 + (8 * spreads * imbalances), bytes.Length);
        for (int spread = 0; spread < spreads; spread++)
        {
            for (int i = 0; i < imbalances; i++)
            {
                BookTop top = Tops.Of(1_000, (2 * i) + 1, 1_001 + spread, (2 * (imbalances - i)) - 1);
                Assert.Equal(((1_000 + 1_001 + spread) * 0.5) + adjustments[(spread * imbalances) + i], table.MicropriceTicks(in top));
            }
        }
    }

    [Fact]
    public void A_content_that_is_not_sound_is_refused_and_the_old_one_stays()
    {
        MicropriceTable table = Read(1, 2, [-1, 1]);
        byte[] good = Bytes(2, 2, [1, 2, 3, 4]);

        Assert.Equal(MicropriceTableStatus.WrongLength, table.Read([]));
        for (int length = 0; length < good.Length; length++) Assert.Equal(MicropriceTableStatus.WrongLength, table.Read(good.AsSpan(0, length)));
        Assert.Equal(MicropriceTableStatus.WrongLength, table.Read([.. good, 0]));
        Assert.Equal(MicropriceTableStatus.UnknownVersion, table.Read(Changed(0, 2)));
        Assert.Equal(MicropriceTableStatus.BucketsOutOfRange, table.Read(Changed(2, 0)));
        Assert.Equal(MicropriceTableStatus.BucketsOutOfRange, table.Read(Changed(2, 9)));
        Assert.Equal(MicropriceTableStatus.BucketsOutOfRange, table.Read(Changed(4, 0)));
        Assert.Equal(MicropriceTableStatus.BucketsOutOfRange, table.Read(Changed(4, 33)));
        Assert.All(
            [double.NaN, double.PositiveInfinity, double.NegativeInfinity, MicropriceTable.AdjustmentTicksMax + 1],
            bad => Assert.Equal(MicropriceTableStatus.NotANumber, table.Read(Bytes(2, 2, [1, 2, 3, bad]))));

        BookTop top = Tops.Of(100, 9, 101, 1);
        Assert.Equal(101.5, table.MicropriceTicks(in top));
        Assert.Equal((1, 2), (table.SpreadBuckets, table.ImbalanceBuckets));

        byte[] Changed(int at, ushort value)
        {
            byte[] changed = [.. good];
            BinaryPrimitives.WriteUInt16LittleEndian(changed.AsSpan(at), value);
            return changed;
        }
    }

    [Fact]
    public void Nothing_is_written_where_there_is_no_room_or_an_adjustment_is_missing()
    {
        Assert.Equal(0, MicropriceTable.Write(1, 2, [1, 2], new byte[21]));
        Assert.Equal(0, MicropriceTable.Write(2, 2, [1, 2], new byte[MicropriceTable.BytesMax]));
    }

    [Fact]
    public void Reading_and_asking_allocate_nothing()
    {
        var table = new MicropriceTable();
        byte[] bytes = Bytes(2, 2, [1, 2, 3, 4]);
        double checksum = Use(table, bytes);

        long before = GC.GetAllocatedBytesForCurrentThread();
        checksum += Use(table, bytes);
        long after = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(before, after);
        Assert.NotEqual(0, checksum);
    }

    private static double Use(MicropriceTable table, byte[] bytes)
    {
        double sum = 0;
        for (int i = 1; i < 1_000; i++)
        {
            table.Read(bytes);
            BookTop top = Tops.Of(100, i, 101 + (i % 3), 50);
            sum += table.MicropriceTicks(in top);
        }

        return sum;
    }

    private static MicropriceTable Read(int spreads, int imbalances, double[] adjustments)
    {
        var table = new MicropriceTable();
        Assert.Equal(MicropriceTableStatus.Taken, table.Read(Bytes(spreads, imbalances, adjustments)));
        return table;
    }

    private static byte[] Bytes(int spreads, int imbalances, double[] adjustments)
    {
        byte[] bytes = new byte[MicropriceTable.BytesMax];
        return bytes[..MicropriceTable.Write(spreads, imbalances, adjustments, bytes)];
    }
}
