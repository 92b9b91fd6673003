using System.Runtime.InteropServices;
using LatencyEngine.Model;

namespace LatencyEngine.Wire.Tests;

/// <summary>Frames between two pages that cannot be read: a read outside the frame ends the process.</summary>
public sealed partial class FastPathBoundsTests
{
    private readonly BybitDecoder _decoder = new(Instruments.Table);

    public static TheoryData<string> Cut => FastPathTests.LayoutFrames;

    [Theory]
    [MemberData(nameof(Cut))]
    public void No_byte_outside_the_frame_is_read_wherever_it_is_cut(string frame)
    {
        byte[] bytes = Frames.Bytes(frame);
        using var page = new GuardedPage();
        for (int length = 0; length <= bytes.Length; length++)
        {
            DecodeStatus expected = length == bytes.Length ? DecodeStatus.Book : DecodeStatus.Malformed;
            foreach (bool isAtEnd in (bool[])[true, false])
            {
                DecodeStatus status = _decoder.DecodePublic(page.Hold(bytes.AsSpan(0, length), isAtEnd));
                Assert.True(status == expected || (status, expected) == (DecodeStatus.Trades, DecodeStatus.Book), $"{status} at {length} bytes");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cut))]
    public void No_byte_outside_the_frame_is_read_wherever_a_quote_is_missing_or_added(string frame)
    {
        byte[] bytes = Frames.Bytes(frame);
        using var page = new GuardedPage();
        for (int place = 0; place < bytes.Length; place++)
        {
            foreach (byte value in "\"}],.0x"u8)
            {
                byte original = bytes[place];
                bytes[place] = value;
                for (int length = bytes.Length; length > bytes.Length - 64; length -= 7)
                {
                    _decoder.DecodePublic(page.Hold(bytes.AsSpan(0, length), isAtEnd: true));
                    _decoder.DecodePublic(page.Hold(bytes.AsSpan(0, length), isAtEnd: false));
                }

                bytes[place] = original;
            }
        }

        Assert.True(_decoder.FastFrames > 0);
    }

    /// <summary>One page of memory; the pages before and behind it are closed.</summary>
    private sealed unsafe partial class GuardedPage : IDisposable
    {
        private const int ReadWrite = 3;
        private const int PrivateAnonymous = 0x22;

        private static readonly int Size = Environment.SystemPageSize;
        private readonly byte* _region;

        public GuardedPage()
        {
            _region = (byte*)Map(null, (nuint)(3 * Size), 0, PrivateAnonymous, -1, 0);
            if (_region == (byte*)-1 || Protect(_region + Size, (nuint)Size, ReadWrite) != 0) throw new InvalidOperationException($"no pages: errno {Marshal.GetLastPInvokeError()}");
        }

        public ReadOnlySpan<byte> Hold(ReadOnlySpan<byte> frame, bool isAtEnd)
        {
            var held = new Span<byte>(_region + Size + (isAtEnd ? Size - frame.Length : 0), frame.Length);
            frame.CopyTo(held);
            return held;
        }

        public void Dispose() => Unmap(_region, (nuint)(3 * Size));

        [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
        private static partial void* Map(void* address, nuint length, int protection, int flags, int file, long offset);

        [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
        private static partial int Protect(void* address, nuint length, int protection);

        [LibraryImport("libc", EntryPoint = "munmap")]
        private static partial int Unmap(void* address, nuint length);
    }
}
