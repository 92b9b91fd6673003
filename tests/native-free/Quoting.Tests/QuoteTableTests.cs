using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;

namespace LatencyEngine.Quoting.Tests;

public sealed class QuoteTableTests
{
    private const int HeaderBytes = 4;

    /// <summary>Two units: bids at -2, -1, 0, 1, then asks at 2, 1, 0, -1.</summary>
    private static readonly double[] Distances = [1, 2, 4, 8, 3, 5, 9, 20];

    [Fact]
    public void At_whole_units_a_table_says_what_its_bytes_say()
    {
        QuoteTable table = Read(2, Distances);

        Assert.Equal(2, table.UnitsMax);
        Assert.Equal([1, 2, 4, 8], new double[] { -2, -1, 0, 1 }.Select(q => Bid(table, q)));
        Assert.Equal([3, 5, 9, 20], new double[] { 2, 1, 0, -1 }.Select(q => Ask(table, q)));
    }

    [Fact]
    public void Between_units_distances_lie_on_straight_lines_and_the_last_stretch_goes_on_as_the_one_before()
    {
        QuoteTable table = Read(2, Distances);

        Assert.Equal(1.25, Bid(table, -1.75));
        Assert.Equal(6, Bid(table, 0.5));
        Assert.Equal(10, Bid(table, 1.5));
        Assert.Equal(4, Ask(table, 1.5));
        Assert.Equal(25.5, Ask(table, -1.5));
    }

    [Fact]
    public void No_quote_adds_to_inventory_at_its_bound_and_one_that_reduces_it_stays_what_it_is_there()
    {
        QuoteTable table = Read(2, Distances);

        Assert.All(new[] { 2, 2.5, 1e300, double.PositiveInfinity, double.NaN }, q => Assert.False(table.TryBid(q, out _)));
        Assert.All(new[] { -2, -2.5, -1e300, double.NegativeInfinity, double.NaN }, q => Assert.False(table.TryAsk(q, out _)));
        Assert.All(new[] { 2, 2.5, 1e300, double.PositiveInfinity }, q => Assert.Equal(3, Ask(table, q)));
        Assert.All(new[] { -2, -2.5, -1e300, double.NegativeInfinity }, q => Assert.Equal(1, Bid(table, q)));
    }

    [Fact]
    public void A_table_without_content_has_no_quotes_and_no_bytes()
    {
        var table = new QuoteTable();

        Assert.All(new double[] { -100, -1, 0, 1 }, q => Assert.False(table.TryBid(q, out _) || table.TryAsk(q, out _)));
        Assert.Equal(0, table.Write(new byte[QuoteTable.BytesMax]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(QuoteTable.UnitsLimit)]
    public void What_is_written_is_read_back_bit_for_bit(int units)
    {
        var solved = new QuoteTable();
        Assert.Equal(SolveStatus.Solved, InventorySolver.SolveEndless(InventoryProblem.Glft(Markets.Bitcoin), units, solved));
        byte[] bytes = new byte[QuoteTable.BytesMax];
        int length = solved.Write(bytes);
        var read = new QuoteTable();

        Assert.Equal(QuoteTableStatus.Taken, read.Read(bytes.AsSpan(0, length)));

        byte[] again = new byte[length];
        Assert.Equal(length, read.Write(again));
        Assert.Equal(bytes[..length], again);
        Assert.Equal(Bid(solved, 0.5 - units), Bid(read, 0.5 - units));
        Assert.Equal(Ask(solved, units), Ask(read, units));
        Assert.Equal(0, solved.Write(new byte[length - 1]));
    }

    [Fact]
    public void Content_that_is_malformed_is_refused_with_its_fault_and_what_was_held_stays()
    {
        QuoteTable table = Read(2, Distances);
        byte[] good = Bytes(1, 2, Distances);

        Assert.Equal(QuoteTableStatus.WrongLength, table.Read([]));
        Assert.Equal(QuoteTableStatus.WrongLength, table.Read(good.AsSpan(0, 3)));
        Assert.Equal(QuoteTableStatus.WrongLength, table.Read(good.AsSpan(0, good.Length - 1)));
        Assert.Equal(QuoteTableStatus.WrongLength, table.Read([.. good, 0]));
        Assert.Equal(QuoteTableStatus.UnknownVersion, table.Read(Bytes(0, 2, Distances)));
        Assert.Equal(QuoteTableStatus.UnknownVersion, table.Read(Bytes(2, 2, Distances)));
        Assert.Equal(QuoteTableStatus.UnitsOutOfRange, table.Read(Bytes(1, 0, [])));
        Assert.Equal(QuoteTableStatus.UnitsOutOfRange, table.Read(Bytes(1, 65, new double[4 * 65])));
        for (int i = 0; i < Distances.Length; i++)
        {
            foreach (double broken in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity, 9.1e9, -9.1e9 })
            {
                double[] distances = [.. Distances];
                distances[i] = broken;
                QuoteTableStatus status = table.Read(Bytes(1, 2, distances));
                Assert.True(status is QuoteTableStatus.NotANumber or QuoteTableStatus.NotMonotone, $"{broken} at {i}: {status}");
            }

            // The first of each side may be as low as it likes.
            if (i % 4 == 0) continue;
            double[] falling = [.. Distances];
            falling[i] = Math.BitDecrement(falling[i - 1]);
            Assert.Equal(QuoteTableStatus.NotMonotone, table.Read(Bytes(1, 2, falling)));
        }

        Assert.Equal([1, 2, 4, 8], new double[] { -2, -1, 0, 1 }.Select(q => Bid(table, q)));
        Assert.Equal([3, 5, 9, 20], new double[] { 2, 1, 0, -1 }.Select(q => Ask(table, q)));
    }

    [Fact]
    public void Any_bytes_at_all_are_refused_or_give_finite_monotone_quotes() =>
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue - 1).ToArbitrary(),
            seed =>
            {
                var random = new Random(seed);
                var table = new QuoteTable();
                double[] distances = [.. Enumerable.Range(0, 4 * random.Next(1, 4)).Select(_ => Any(random))];
                if (random.Next(2) == 0) distances = [.. distances.Take(distances.Length / 2).Select(Bounded).Order(), .. distances.Skip(distances.Length / 2).Select(Bounded).Order()];
                QuoteTableStatus status = table.Read(Bytes(1, (ushort)(distances.Length / 4), distances));
                if (status != QuoteTableStatus.Taken) return table.UnitsMax == 0;

                double less = (random.NextDouble() * 2.2 - 1.1) * table.UnitsMax;
                double more = less + (random.NextDouble() * 0.3);
                bool hasBids = table.TryBid(less, out double bidOfLess) & table.TryBid(more, out double bidOfMore);
                bool hasAsks = table.TryAsk(less, out double askOfLess) & table.TryAsk(more, out double askOfMore);
                const double Rounding = 1e-5;
                return (!hasBids || bidOfMore >= bidOfLess - Rounding) && (!hasAsks || askOfMore <= askOfLess + Rounding)
                    && double.IsFinite(bidOfLess + bidOfMore + askOfLess + askOfMore);

                static double Any(Random random) =>
                    random.Next(10) == 0 ? BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)) : random.Next(-100, 101) * Math.Pow(10, random.Next(-3, 7));

                static double Bounded(double value) => double.IsFinite(value) ? Math.Clamp(value, -9e9, 9e9) : 0;
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    [Fact]
    public void Reading_and_looking_up_allocate_nothing()
    {
        byte[] bytes = Bytes(1, 2, Distances);
        QuoteTable table = Read(2, Distances);
        double sum = 0;
        for (int i = 0; i < 2; i++) Use(i);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++) Use(i);
        long after = GC.GetAllocatedBytesForCurrentThread();

        Assert.True(sum > 0);
        Assert.Equal(before, after);

        void Use(int i)
        {
            if (table.Read(bytes) != QuoteTableStatus.Taken) throw new InvalidOperationException("not taken");
            sum += table.TryBid(i % 5 * 0.3, out double bid) ? bid : 0;
            sum += table.TryAsk(i % 5 * 0.3, out double ask) ? ask : 0;
        }
    }

    private static QuoteTable Read(ushort units, double[] distances)
    {
        var table = new QuoteTable();
        Assert.Equal(QuoteTableStatus.Taken, table.Read(Bytes(1, units, distances)));
        return table;
    }

    /// <summary>The layout written by hand.</summary>
    private static byte[] Bytes(ushort version, ushort units, double[] distances)
    {
        byte[] bytes = new byte[HeaderBytes + (distances.Length * sizeof(double))];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, version);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2), units);
        for (int i = 0; i < distances.Length; i++) BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(HeaderBytes + (i * sizeof(double))), distances[i]);
        return bytes;
    }

    private static double Bid(QuoteTable table, double q) => table.TryBid(q, out double distance) ? distance : double.NaN;

    private static double Ask(QuoteTable table, double q) => table.TryAsk(q, out double distance) ? distance : double.NaN;
}
