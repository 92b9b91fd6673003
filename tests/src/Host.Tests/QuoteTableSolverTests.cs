using System.Runtime.InteropServices;
using LatencyEngine.Bybit;
using LatencyEngine.Model;
using LatencyEngine.Quoting;
using LatencyEngine.TestData;

namespace LatencyEngine.Host.Tests;

public sealed class QuoteTableSolverTests
{
    [Fact]
    public void An_answer_names_its_question_and_has_the_exact_quotes_of_the_instrument()
    {
        Engine engine = Build("glft-exact");
        var request = new QuoteTableRequest(new InstrumentId(1), 7, 2.5, 15_000, 0.4, 0.8);

        byte[] answer = engine.Tables.Answer(Bytes(request));

        Assert.Equal(request, MemoryMarshal.Read<QuoteTableRequest>(answer));
        var table = new QuoteTable();
        Assert.Equal(QuoteTableStatus.Taken, table.Read(answer.AsSpan(Marshal.SizeOf<QuoteTableRequest>())));
        var expected = new QuoteTable();

        // SOLUSDT of the shipped profile at a maker fee of 2 bp, 3 ticks at 15,000, and the arrival intensity of the question.
        var market = new GlftParameters { Gamma = 0.05, ExecutionGamma = 0.05, Sigma = 2.5, ArrivalRate = 0.4, K = 0.8, Lot = 1, Fee = 3 };
        Assert.Equal(SolveStatus.Solved, InventorySolver.SolveEndless(InventoryProblem.Glft(in market), 10, expected));
        for (int q = -10; q < 10; q++)
        {
            Assert.True(table.TryBid(q, out double bid) & expected.TryBid(q, out double expectedBid));
            Assert.Equal(expectedBid, bid, 1e-9);
        }

        Assert.Equal(answer, engine.Tables.Answer(Bytes(request)));
    }

    [Theory]
    [InlineData("glft-exact", 1e300)]           // beyond what floats can tell apart
    [InlineData("avellaneda-stoikov", 2.5)]     // no such quoter
    public void Without_a_solution_the_answer_is_the_question_alone(string model, double sigma)
    {
        byte[] request = Bytes(new QuoteTableRequest(new InstrumentId(1), 7, sigma, 15_000, 0.3, 1));

        Assert.Equal(request, Build(model).Tables.Answer(request));
    }

    private static byte[] Bytes(QuoteTableRequest request) => MemoryMarshal.AsBytes(new ReadOnlySpan<QuoteTableRequest>(in request)).ToArray();

    private static Engine Build(string model)
    {
        EngineConfiguration configuration = ConfigurationReader.Load(Profile.Shipped, Profile.NoEnvironment, [new ConfigurationOverride("quoting:model", model, "--quoting")]);
        InstrumentTable instruments = InstrumentCatalog.Load(ReferenceFiles.Sample("instruments-linear-20260809.json")).Select(configuration.Symbols);
        AccountFees[] fees = [.. configuration.Symbols.Select(_ => new AccountFees(0.0002m, 0.00055m))];
        return EngineBuilder.Build(configuration, instruments, fees, RiskLimitCatalog.Load(ReferenceFiles.Sample("risk-limits-202608.json")));
    }
}
