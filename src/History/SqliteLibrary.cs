using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace LatencyEngine.History;

/// <summary>The system's SQLite, which its distribution keeps patched.</summary>
internal static class SqliteLibrary
{
    private const string SystemName = "libsqlite3.so.0";
    private const string ProviderName = "e_sqlite3";   // what the provider asks for

    private static readonly Lazy<bool> Loaded = new(Load);

    /// <summary>Loads it, once.</summary>
    /// <exception cref="HistoryException">It is missing.</exception>
    public static void Require() => _ = Loaded.Value;

    /// <summary>Loads a library.</summary>
    /// <exception cref="HistoryException">There is no such.</exception>
    public static nint Load(string name) => NativeLibrary.TryLoad(name, out nint library)
        ? library
        : throw new HistoryException($"a history needs SQLite's library, {name}, and it is not there; get it with: apt-get install libsqlite3-0") { IsMissing = true };

    private static bool Load()
    {
        nint library = Load(SystemName);
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, (string name, Assembly _, DllImportSearchPath? _) => name == ProviderName ? library : 0);
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        return true;
    }
}
