using System.Text;
using LatencyEngine.TestData;

namespace LatencyEngine.Forecast.Tests;

public sealed class ForecastFileTests : IDisposable
{
    private static readonly DailyForecast Forecast = DailyForecaster.Forecast(Goldens.Series("forecast_mult_series.csv"), 5, new ForecastSettings());

    private readonly string _folder = Directory.CreateTempSubdirectory("forecast-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_was_saved_is_loaded_to_the_bit()
    {
        string path = Path.Combine(_folder, "forecast.json");
        ForecastFile.Save(path, Forecast);
        DailyForecast loaded = ForecastFile.Load(path);
        Assert.Equal(File.ReadAllBytes(path), ForecastFile.Serialize(loaded));
        DateOnly day = Forecast.LastDay.AddDays(40);
        Assert.Equal(Forecast.Model.LogPrice(day), loaded.Model.LogPrice(day));
        Assert.Equal(Forecast.Model.LogStandardDeviation(day), loaded.Model.LogStandardDeviation(day));
    }

    [Fact]
    public void A_file_of_version_1_is_read_by_every_later_program()
    {
        // Written by the first version and kept: a reader that no longer takes it breaks installations.
        string path = ReferenceFiles.InRepository("tests/src/Forecast.Tests/forecast-v1.json");
        DailyForecast loaded = ForecastFile.Load(path);
        Assert.Equal((new DateOnly(2020, 2, 7), 5), (loaded.LastDay, loaded.Days.Count));
        Assert.Equal(CyclePhase.Accumulation, loaded.Days[0].Phase);
        Assert.InRange(loaded.Days[4].Price, 700, 900);
    }

    [Fact]
    public void A_new_file_replaces_the_old_one_and_leaves_nothing_beside_it()
    {
        string path = Path.Combine(_folder, "forecast.json");
        File.WriteAllText(path, "old");
        ForecastFile.Save(path, Forecast);
        Assert.Equal(["forecast.json"], Directory.EnumerateFileSystemEntries(_folder).Select(Path.GetFileName));
        Assert.Equal(Forecast.LastDay, ForecastFile.Load(path).LastDay);
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_named_and_left_as_it_is()
    {
        string path = Path.Combine(_folder, "taken");
        Directory.CreateDirectory(path);
        Assert.Contains($"the forecast cannot be written to '{path}'", Assert.Throws<ForecastException>(() => ForecastFile.Save(path, Forecast)).Message);
        Assert.Contains("cannot be written", Assert.Throws<ForecastException>(() => ForecastFile.Save(Path.Combine(_folder, "missing", "f.json"), Forecast)).Message);
        Assert.Equal(["taken"], Directory.EnumerateFileSystemEntries(_folder).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("\"version\":1", "\"version\":2", "is a forecast of version 2, and this program reads up to 1")]
    [InlineData("\"version\":1", "\"version\":0", "the version is 0")]
    [InlineData("latency-engine-forecast", "somebody-elses-forecast", "is JSON, but no forecast of this program")]
    [InlineData("\"rows\":1100", "\"rows\":1101", "does not match its checksum")]
    [InlineData("\"sha256\"", "\"sha257\"", "is damaged")]
    public void A_file_that_was_changed_is_refused_with_the_reason(string was, string becomes, string reason)
    {
        string text = Encoding.UTF8.GetString(ForecastFile.Serialize(Forecast));
        Assert.Contains(was, text);
        Assert.Contains(reason, Refusal(Encoding.UTF8.GetBytes(text.Replace(was, becomes))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("not JSON at all")]
    [InlineData("{\"format\":7}")]
    [InlineData("{\"format\":\"latency-engine-forecast\"}")]
    [InlineData("{\"format\":\"latency-engine-forecast\",\"version\":1,\"sha256\":\"44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\",\"forecast\":{}}")]
    public void Something_else_is_refused_in_one_line(string text)
    {
        string message = Refusal(Encoding.UTF8.GetBytes(text));
        Assert.StartsWith("'it'", message);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void A_cut_or_a_flipped_bit_anywhere_is_noticed()
    {
        byte[] whole = ForecastFile.Serialize(Forecast);
        for (int at = 0; at < whole.Length - 2; at += 97)
        {
            Refusal(whole[..at]);
            byte[] flipped = [.. whole];
            flipped[at] ^= 1;
            Refusal(flipped);
        }
    }

    [Fact]
    public void A_missing_file_says_how_to_make_one() =>
        Assert.Contains("make a new one with ./run.sh forecast", Assert.Throws<ForecastException>(() => ForecastFile.Load(Path.Combine(_folder, "none.json"))).Message);

    private static string Refusal(byte[] bytes) => Assert.Throws<ForecastException>(() => ForecastFile.Parse(bytes, "it")).Message;
}
