using System.Reflection;
using System.Runtime.InteropServices;

namespace LatencyEngine.Model.Tests;

public sealed class RingPayloadTests
{
    /// <summary>What is written to a ring as its raw bytes is journalled and compared byte for byte: a gap between fields would hold whatever the memory held before.</summary>
    [Theory]
    [InlineData(typeof(ExecutionFact))]
    [InlineData(typeof(DisagreementFact))]
    [InlineData(typeof(LaneFact))]
    [InlineData(typeof(EngineFact))]
    [InlineData(typeof(LookUpRequest))]
    [InlineData(typeof(LookUpEnd))]
    [InlineData(typeof(QuoteTableRequest))]
    [InlineData(typeof(ClientOrderId))]
    [InlineData(typeof(Bias))]
    [InlineData(typeof(BiasFact))]
    [InlineData(typeof(DirectionalRequest))]
    [InlineData(typeof(DirectionalFact))]
    public void A_payload_written_as_raw_bytes_has_no_gaps(Type payload) => Assert.Equal(SizeOf(payload), FieldBytes(payload));

    [Fact]
    public void A_twin_with_a_gap_is_found() => Assert.NotEqual(SizeOf(typeof(Gapped)), FieldBytes(typeof(Gapped)));

    private static int FieldBytes(Type type)
    {
        if (type.IsEnum) return FieldBytes(Enum.GetUnderlyingType(type));
        FieldInfo[] fields = type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public);
        return type.IsPrimitive || type == typeof(UInt128) ? SizeOf(type) : fields.Sum(field => FieldBytes(field.FieldType));
    }

    private static int SizeOf(Type type) =>
        (int)typeof(System.Runtime.CompilerServices.Unsafe).GetMethod(nameof(System.Runtime.CompilerServices.Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Gapped(int Small, long Large);
}
