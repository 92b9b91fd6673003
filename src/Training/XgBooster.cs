namespace LatencyEngine.Training;

/// <summary>A model of XGBoost while it is trained.</summary>
public sealed unsafe class XgBooster : IDisposable
{
    private const int MarginOption = 1;

    private nint _handle;
    private int _rounds;

    /// <summary>Begins a model without a tree.</summary>
    /// <param name="parameters">XGBoost's own names and values.</param>
    /// <param name="training">What it will be trained on, and whatever else it predicts meanwhile, so that XGBoost keeps their predictions.</param>
    /// <exception cref="XgBoostException">XGBoost is missing or refuses a parameter.</exception>
    public XgBooster(IEnumerable<KeyValuePair<string, string>> parameters, params ReadOnlySpan<XgBoostMatrix> training)
    {
        XgBoostNative.RequirePresent();
        Span<nint> handles = stackalloc nint[training.Length];
        for (int i = 0; i < training.Length; i++) handles[i] = training[i].Handle;
        fixed (nint* first = handles) XgBoostNative.Check(XgBoostNative.XGBoosterCreate(first, (ulong)handles.Length, out _handle));
        foreach ((string name, string value) in parameters) XgBoostNative.Check(XgBoostNative.XGBoosterSetParam(_handle, name, value));
    }

    /// <summary>Frees what was not disposed of.</summary>
    ~XgBooster() => Free();

    private nint Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(nameof(XgBooster));

    /// <summary>Takes a saved model.</summary>
    /// <param name="json">As <see cref="Save"/> gives it.</param>
    /// <exception cref="XgBoostException">XGBoost is missing or cannot read it.</exception>
    public static XgBooster Load(ReadOnlySpan<byte> json)
    {
        var booster = new XgBooster([new("nthread", "1")]);
        fixed (byte* first = json) XgBoostNative.Check(XgBoostNative.XGBoosterLoadModelFromBuffer(booster.Handle, first, (ulong)json.Length));
        return booster;
    }

    /// <summary>Adds one tree.</summary>
    /// <param name="matrix">Rows with labels.</param>
    public void Update(XgBoostMatrix matrix) => XgBoostNative.Check(XgBoostNative.XGBoosterUpdateOneIter(Handle, _rounds++, matrix.Handle));

    /// <summary>The log-odds of every row.</summary>
    /// <param name="matrix">Rows.</param>
    public float[] Margins(XgBoostMatrix matrix) => Predict(matrix, MarginOption);

    /// <summary>The probability of every row, not calibrated.</summary>
    /// <param name="matrix">Rows.</param>
    public float[] Probabilities(XgBoostMatrix matrix) => Predict(matrix, 0);

    /// <summary>The model as JSON, as XGBoost's own programs read it.</summary>
    public byte[] Save()
    {
        XgBoostNative.Check(XgBoostNative.XGBoosterSaveModelToBuffer(Handle, """{"format": "json"}""", out ulong length, out byte* bytes));
        return new ReadOnlySpan<byte>(bytes, checked((int)length)).ToArray();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private float[] Predict(XgBoostMatrix matrix, int options)
    {
        XgBoostNative.Check(XgBoostNative.XGBoosterPredict(Handle, matrix.Handle, options, 0, 0, out ulong count, out float* values));
        return new ReadOnlySpan<float>(values, checked((int)count)).ToArray();
    }

    private void Free()
    {
        if (_handle != 0) _ = XgBoostNative.XGBoosterFree(_handle);
        _handle = 0;
    }
}
