namespace LatencyEngine.Forecast.Tests;

public sealed class DailyClosesTests
{
    [Fact]
    public void Columns_are_found_by_name_and_comments_are_passed_over()
    {
        DailyCloses closes = DailyCloses.Parse(["# about", "open,Date,volume,Close", "1,2020-01-01,5,7.5", "", "1,2020-01-03,5,8"], "f");
        Assert.Equal([7.5, 8], closes.Prices);
        Assert.Equal((1, (int?)null), (closes.RowOf(new DateOnly(2020, 1, 3).DayNumber), closes.RowOf(new DateOnly(2020, 1, 2).DayNumber)));
    }

    [Theory]
    [InlineData("f: the file is empty")]
    [InlineData("f:1: the header must name a column date", "day,value")]
    [InlineData("f:2: the date must be yyyy-mm-dd", "date,close", "01/02/2020,5")]
    [InlineData("f:2: the row has 1 cells", "date,close", "2020-01-01")]
    [InlineData("f: daily closes must rise by day, and 2020-01-01 comes after 2020-01-02", "date,close", "2020-01-02,5", "2020-01-01,5")]
    public void A_file_that_cannot_be_read_says_where(string reason, params string[] lines) =>
        Assert.StartsWith(reason, Assert.Throws<ForecastException>(() => DailyCloses.Parse(lines, "f")).Message);

    [Fact]
    public void A_close_that_is_no_number_is_dropped_with_a_warning()
    {
        DailyCloses closes = DailyCloses.Parse(["date,close", "2020-01-01,", "2020-01-02,nan", "2020-01-03,4"], "f");
        Assert.Equal([4], closes.Prices);
        Assert.Contains("2 closing prices were dropped", Assert.Single(closes.Warnings));
    }
}
