using System.Text;

namespace LatencyEngine.Research;

/// <summary>How figures are written for people, the same in the terminal and in the report.</summary>
public static class Figures
{
    /// <summary>Four decimals and thousands separators; eight decimals for an amount that four would show as nothing.</summary>
    public static string Usdt(decimal amount) =>
        amount != 0m && Math.Abs(amount) < 0.0001m ? amount.ToString("0.00000000") : amount.ToString("#,##0.0000");

    /// <summary>As <see cref="Usdt"/>, with a plus sign when positive.</summary>
    public static string SignedUsdt(decimal amount) => amount > 0m ? "+" + Usdt(amount) : Usdt(amount);

    /// <summary>A signed amount of P&amp;L with its unit and, for a loss, the word.</summary>
    public static string Pnl(decimal amount) => $"{SignedUsdt(amount)} USDT{(amount < 0m ? " (loss)" : "")}";

    /// <summary>A quantity or price as exact as it is, without trailing zeros.</summary>
    public static string Exact(decimal value) => value.ToString("#,##0.############################");

    /// <summary>As <see cref="Exact"/>, with a plus sign when positive.</summary>
    public static string SignedExact(decimal value) => value > 0m ? "+" + Exact(value) : Exact(value);

    /// <summary>A count with thousands separators.</summary>
    public static string Count(long count) => count.ToString("#,##0");

    /// <summary>An average number of bytes, to the hundredth.</summary>
    public static string Bytes(double average) => average.ToString("#,##0.##");

    /// <summary>An average to the hundredth; a dash for none.</summary>
    public static string Mean(double? average) => average is { } value ? value.ToString("#,##0.00") : "-";

    /// <summary>A share as percent with two decimals; a dash for none.</summary>
    public static string Share(double? share) => share is { } value ? (value * 100).ToString("0.00") + " %" : "-";

    /// <summary>An estimate with its standard error in brackets, both to the thousandth.</summary>
    public static string Estimate(double value, double standardError) => $"{value:#,##0.000} ({standardError:0.000})";

    /// <summary>A number of ticks, to the hundredth.</summary>
    public static string Ticks(double ticks) => ticks.ToString("#,##0.00");

    /// <summary>As <see cref="Ticks"/>, with a plus sign when positive.</summary>
    public static string SignedTicks(double ticks) => ticks.ToString("+#,##0.00;-#,##0.00;0.00");

    /// <summary>A fraction as percent with four decimals, the precision of published fee rates.</summary>
    public static string Rate(decimal fraction) => (fraction * 100m).ToString("0.00##") + "%";

    /// <summary>A latency with three or four significant digits in the largest unit that keeps it at 1 or more.</summary>
    public static string Latency(long nanos) => nanos switch
    {
        < 1_000 => $"{nanos} ns",
        < 1_000_000 => $"{Digits(nanos / 1e3)} us",
        < 1_000_000_000 => $"{Digits(nanos / 1e6)} ms",
        _ => $"{Digits(nanos / 1e9)} s",
    };

    /// <summary>A span of seconds: 42.2 s, or 5 min 44 s.</summary>
    public static string Seconds(double seconds) =>
        seconds < 120 ? $"{seconds:0.0##} s" : $"{Math.Floor(seconds / 60):0} min {Math.Floor(seconds % 60):0} s";

    /// <summary>A moment, UTC, to the second.</summary>
    public static string Utc(DateTime moment) => $"{moment:yyyy-MM-dd HH:mm:ss} UTC";

    /// <summary>Text from outside made safe for one line of a terminal: control characters become <c>?</c>.</summary>
    public static string OneLine(string text)
    {
        var line = new StringBuilder(text);
        for (int i = 0; i < line.Length; i++)
        {
            if (char.IsControl(line[i])) line[i] = '?';
        }

        return line.ToString();
    }

    private static string Digits(double value) => value.ToString(value < 10 ? "0.00" : value < 100 ? "0.0" : "0");
}
