using System.Globalization;

namespace LatencyEngine.Model;

/// <summary>The engine's own name for an order: a session and a count within it. On the wire it is the fixed-width <c>orderLinkId</c> "le" + 8 hex digits + 8 hex digits.</summary>
/// <remarks>Default: none, which is also what an order that this engine did not place decodes to.</remarks>
public readonly record struct ClientOrderId(uint Session, uint Number)
{
    /// <summary>Characters of the wire form.</summary>
    public const int WireLength = 18;

    /// <summary>Not an order of this engine.</summary>
    public static ClientOrderId None => default;

    /// <summary>True for an id that this engine made; numbers start at 1.</summary>
    public bool IsOurs => Number != 0;

    /// <summary>Reads the wire form, of which upper case is no part; <see cref="None"/> for any other text. Allocates: for what is beside the hot path, which reads and writes bytes.</summary>
    public static ClientOrderId Parse(string text) =>
        text.Length == WireLength && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong pair)
        && new ClientOrderId((uint)(pair >> 32), (uint)pair) is { IsOurs: true } id && id.ToString() == text
            ? id
            : None;

    /// <summary>The wire form. Allocates, as <see cref="Parse"/> does.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"le{Session:x8}{Number:x8}");
}
