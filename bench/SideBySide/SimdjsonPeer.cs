using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using LatencyEngine.Model;

namespace LatencyEngine.SideBySide;

/// <summary>simdjson's on-demand interface behind a shared library, which is compiled for this machine when it is first wanted and kept in <c>.build/</c>; see native/simdjson_peer.cpp.</summary>
/// <remarks>One thread. Not disposed of while a batch runs.</remarks>
internal sealed unsafe class SimdjsonPeer : IDisposable
{
    private const string Source = "bench/SideBySide/native/simdjson_peer.cpp";
    private const string Remedy = "apt-get install g++ libsimdjson-dev";
    private const int FrameBytesMax = 1 << 20;

    private static readonly string[] Flags = ["-O3", "-march=native", "-std=c++17", "-shared", "-fPIC"];

    private readonly nint _library;
    private readonly void* _peer;
    private readonly delegate* unmanaged<void*, byte*, int*, int*, byte*, int, long> _decodeAll;
    private readonly delegate* unmanaged<void*, byte*, int, byte, byte*, int, int> _answer;
    private byte[] _line = new byte[1 << 16];

    private SimdjsonPeer(string path, InstrumentTable instruments)
    {
        _library = NativeLibrary.Load(path);
        _decodeAll = (delegate* unmanaged<void*, byte*, int*, int*, byte*, int, long>)NativeLibrary.GetExport(_library, "peer_decode_all");
        _answer = (delegate* unmanaged<void*, byte*, int, byte, byte*, int, int>)NativeLibrary.GetExport(_library, "peer_answer");
        _peer = ((delegate* unmanaged<int, void*>)NativeLibrary.GetExport(_library, "peer_create"))(FrameBytesMax);
        var add = (delegate* unmanaged<void*, byte*, int, int, void>)NativeLibrary.GetExport(_library, "peer_add_instrument");
        foreach ((string symbol, int priceDecimals, int qtyDecimals) in RecordedFrames.PrintedDecimals(instruments))
        {
            fixed (byte* text = Encoding.ASCII.GetBytes(symbol + '\0')) add(_peer, text, priceDecimals, qtyDecimals);
        }
    }

    /// <summary>Compiles the library if need be and loads it.</summary>
    /// <param name="instruments">What the frames are about.</param>
    /// <param name="remedy">What is missing and how to get it.</param>
    /// <returns>Null where it cannot be had.</returns>
    public static SimdjsonPeer? TryLoad(InstrumentTable instruments, out string remedy)
    {
        remedy = Remedy;
        if (Tool.OutputOf("g++", "--version") is not string compiler) return null;
        string source = Repository.PathOf(Source);
        string stamp = string.Join('\n', [File.ReadAllText(source), compiler, .. Flags, Machine.CpuModel()]);
        string path = Repository.PathOf($".build/simdjson-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(stamp)))[..16]}.so");
        try
        {
            if (!File.Exists(path) && !TryCompile(source, path, out remedy)) return null;
            return new SimdjsonPeer(path, instruments);
        }
        catch (DllNotFoundException)
        {
            // Compiled before libsimdjson was removed.
            return null;
        }
    }

    private static bool TryCompile(string source, string path, out string remedy)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string half = $"{path}.{Environment.ProcessId}";
        bool isCompiled = Tool.Run("g++", out _, out string errors, [.. Flags, source, "-o", half, "-lsimdjson"]);
        if (isCompiled) File.Move(half, path, overwrite: true);

        // The header or the library is not there; otherwise it is something that no package mends, such as another architecture.
        bool isMissing = errors.Contains("simdjson.h: No such file", StringComparison.Ordinal) || errors.Contains("-lsimdjson", StringComparison.Ordinal);
        remedy = isMissing ? Remedy : $"g++ cannot compile it on this host: {errors.Split('\n').FirstOrDefault(line => line.Contains("error", StringComparison.Ordinal))}";
        return isCompiled;
    }

    /// <summary>Decodes every frame once.</summary>
    /// <returns>A sum over what the frames were.</returns>
    /// <exception cref="InvalidOperationException">It cannot read one.</exception>
    public long Decode(Corpus corpus)
    {
        fixed (byte* bytes = corpus.Bytes, sockets = corpus.Sockets)
        fixed (int* offsets = corpus.Offsets, lengths = corpus.Lengths)
        {
            long sum = _decodeAll(_peer, bytes, offsets, lengths, sockets, corpus.Count);
            return sum >= 0 ? sum : throw new InvalidOperationException($"simdjson cannot read {Encoding.UTF8.GetString(corpus[(int)(-1 - sum)])}");
        }
    }

    /// <summary>What it reads in one frame, in the form of <see cref="Answers"/>.</summary>
    public string Answer(Corpus corpus, int index)
    {
        while (true)
        {
            fixed (byte* bytes = corpus.Bytes, line = _line)
            {
                int length = _answer(_peer, bytes + corpus.Offsets[index], corpus.Lengths[index], corpus.Sockets[index], line, _line.Length);
                if (length <= _line.Length) return Encoding.ASCII.GetString(_line, 0, length);
                _line = new byte[length];
            }
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        ((delegate* unmanaged<void*, void>)NativeLibrary.GetExport(_library, "peer_destroy"))(_peer);
        NativeLibrary.Free(_library);
    }
}
