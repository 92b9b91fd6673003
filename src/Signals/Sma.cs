namespace LatencyEngine.Signals;

/// <summary>Mean of the last values.</summary>
/// <param name="length">How many.</param>
internal sealed class Sma(int length)
{
    private readonly Window _window = new(length);

    /// <summary>With one value more; NaN until there are enough.</summary>
    public double Next(double value)
    {
        _window.Add(value);
        return _window.IsFull ? _window.Mean() : double.NaN;
    }
}
