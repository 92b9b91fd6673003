namespace LatencyEngine.Training;

/// <summary>Rows in XGBoost's own memory.</summary>
public sealed unsafe class XgBoostMatrix : IDisposable
{
    private nint _handle;

    /// <summary>Copies rows.</summary>
    /// <param name="rows">Row by row; NaN where a number is missing.</param>
    /// <param name="columns">Numbers of a row.</param>
    /// <param name="labels">One a row; empty where the rows are only predicted.</param>
    /// <param name="weights">One a row, above zero; empty where all weigh the same.</param>
    /// <exception cref="XgBoostException">XGBoost is missing or refuses them.</exception>
    public XgBoostMatrix(ReadOnlySpan<float> rows, int columns, ReadOnlySpan<float> labels = default, ReadOnlySpan<float> weights = default)
    {
        XgBoostNative.RequirePresent();
        if (columns <= 0 || rows.Length % columns != 0) throw new ArgumentException($"{rows.Length} numbers are no rows of {columns}", nameof(rows));
        Count = rows.Length / columns;
        fixed (float* first = rows) XgBoostNative.Check(XgBoostNative.XGDMatrixCreateFromMat(first, (ulong)Count, (ulong)columns, float.NaN, out _handle));
        Set("label", labels);
        Set("weight", weights);
    }

    /// <summary>Frees what was not disposed of.</summary>
    ~XgBoostMatrix() => Free();

    /// <summary>Rows.</summary>
    public int Count { get; }

    /// <summary>XGBoost's own name of it.</summary>
    internal nint Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(nameof(XgBoostMatrix));

    /// <inheritdoc />
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Set(string field, ReadOnlySpan<float> values)
    {
        if (values.IsEmpty) return;
        if (values.Length != Count) throw new ArgumentException($"{values.Length} numbers as {field} of {Count} rows");
        fixed (float* first = values) XgBoostNative.Check(XgBoostNative.XGDMatrixSetFloatInfo(_handle, field, first, (ulong)values.Length));
    }

    private void Free()
    {
        if (_handle != 0) _ = XgBoostNative.XGDMatrixFree(_handle);
        _handle = 0;
    }
}
