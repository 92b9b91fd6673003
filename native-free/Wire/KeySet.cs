using System.Text;

namespace LatencyEngine.Wire;

/// <summary>The member names that a reader wants from one kind of object; the position of a name is its index in the reader's value table.</summary>
internal sealed class KeySet
{
    private readonly byte[][] _names;

    /// <summary>Names in the order of the reader's indices.</summary>
    public KeySet(params string[] names) => _names = Array.ConvertAll(names, Encoding.ASCII.GetBytes);

    /// <summary>Number of names, and so the size of the value table.</summary>
    public int Count => _names.Length;

    /// <summary>The name at a position.</summary>
    public string this[int index] => Encoding.ASCII.GetString(_names[index]);

    /// <summary>Position of a name; -1 for a name nobody asked for. Names are few, so a scan beats a hash.</summary>
    public int IndexOf(ReadOnlySpan<byte> name)
    {
        byte[][] names = _names;
        for (int i = 0; i < names.Length; i++)
        {
            if (name.SequenceEqual(names[i])) return i;
        }

        return -1;
    }
}
