using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LatencyEngine.Bybit;

/// <summary>As <see cref="LenientNumber{T}"/>, where zero is not the same as none.</summary>
internal sealed class LenientOptional<T> : JsonConverter<T?>
    where T : struct, INumber<T>
{
    public override bool HandleNull => true;

    public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => LenientNumber<T>.ReadOptional(ref reader);

    public override void Write(Utf8JsonWriter writer, T? value, JsonSerializerOptions options) => writer.WriteStringValue(value?.ToString(null, CultureInfo.InvariantCulture));
}
