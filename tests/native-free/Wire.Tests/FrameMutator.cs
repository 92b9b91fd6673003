namespace LatencyEngine.Wire.Tests;

/// <summary>Damages frames: bits and bytes changed, dropped, doubled and moved, digits and punctuation exchanged, ends cut off, two frames joined.</summary>
internal static class FrameMutator
{
    private const int SpanMax = 60;

    private static readonly byte[] Significant = [.. "0123456789.,:\"{}[]-+eE\\/tfnu \0\n"u8, 0x80, 0xff];

    private static readonly byte[][] Values = [[.. "0"u8], [.. "-1.5e3"u8], [.. "12345678901234567890"u8], [.. "\"\""u8], [.. "\"x\""u8], [.. "true"u8], [.. "false"u8], [.. "null"u8], [.. "{}"u8], [.. "[]"u8], [.. "[{}]"u8]];

    /// <summary>A damaged copy.</summary>
    /// <param name="original">The frame; not empty.</param>
    /// <param name="other">Another frame, to splice with.</param>
    /// <param name="random">Decides what happens; the same state does the same.</param>
    public static byte[] Mutate(byte[] original, byte[] other, Random random)
    {
        var bytes = new List<byte>(original);
        for (int edits = random.Next(1, 4); edits > 0 && bytes.Count > 0; edits--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(16))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = Significant[random.Next(Significant.Length)]; break;
                case 2: bytes.Insert(at, Significant[random.Next(Significant.Length)]); break;
                case 3: bytes.RemoveAt(at); break;
                case 4: bytes.RemoveRange(at, SpanLength(bytes, at, random)); break;
                case 5: bytes.InsertRange(at, bytes.GetRange(at, SpanLength(bytes, at, random))); break;
                case 6: bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, SpanLength(bytes, at, random))); break;
                case 7: Swap(bytes, random, character => char.IsAsciiDigit(character)); break;
                case 8: Swap(bytes, random, character => character is '"' or ',' or ':'); break;
                case 9: Swap(bytes, random, character => character is '{' or '}' or '[' or ']'); break;
                case 10 when random.Next(3) == 0: bytes.RemoveRange(at, bytes.Count - at); break;
                case 11 when random.Next(3) == 0: bytes = [.. bytes[..at], .. other[random.Next(other.Length)..]]; break;
                case 12: SwapMembers(bytes, random); break;
                case 13 when random.Next(2) == 0: ReplaceValue(bytes, random); break;
                default:
                    // A digit for a digit: mostly still a message, with another number in it.
                    int digit = bytes.FindIndex(at, value => char.IsAsciiDigit((char)value));
                    if (digit >= 0) bytes[digit] = (byte)('0' + random.Next(10));
                    break;
            }
        }

        return [.. bytes];
    }

    private static int SpanLength(List<byte> bytes, int at, Random random) => Math.Min(random.Next(1, SpanMax), bytes.Count - at);

    private static void Swap(List<byte> bytes, Random random, Predicate<char> isKind)
    {
        int first = bytes.FindIndex(random.Next(bytes.Count), value => isKind((char)value));
        int second = bytes.FindIndex(random.Next(bytes.Count), value => isKind((char)value));
        if (first >= 0 && second >= 0) (bytes[first], bytes[second]) = (bytes[second], bytes[first]);
    }

    /// <summary>Puts a value of another kind behind a colon.</summary>
    private static void ReplaceValue(List<byte> bytes, Random random)
    {
        int colon = bytes.IndexOf((byte)':', random.Next(bytes.Count));
        int end = colon < 0 ? -1 : bytes.FindIndex(colon, value => value is (byte)',' or (byte)'}');
        if (end < 0) return;
        bytes.RemoveRange(colon + 1, end - colon - 1);
        bytes.InsertRange(colon + 1, Values[random.Next(Values.Length)]);
    }

    /// <summary>Exchanges two neighbours between commas: members, or numbers of a level.</summary>
    private static void SwapMembers(List<byte> bytes, Random random)
    {
        int first = bytes.IndexOf((byte)',', random.Next(bytes.Count));
        int second = first < 0 ? -1 : bytes.IndexOf((byte)',', first + 1);
        int third = second < 0 ? -1 : bytes.IndexOf((byte)',', second + 1);
        if (third < 0) return;
        byte[] left = [.. bytes[(first + 1)..second]];
        byte[] right = [.. bytes[(second + 1)..third]];
        bytes.RemoveRange(first + 1, third - first - 1);
        bytes.InsertRange(first + 1, [.. right, (byte)',', .. left]);
    }
}
