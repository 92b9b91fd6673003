namespace LatencyEngine.Platform.Tests;

public sealed class HostTreeTests
{
    [Theory]
    [InlineData("0-3,8", new[] { 0, 1, 2, 3, 8 })]
    [InlineData("5\n", new[] { 5 })]
    [InlineData("", new int[0])]
    [InlineData(null, new int[0])]
    [InlineData("(null)", new int[0])]
    [InlineData("3-1", new int[0])]
    [InlineData("0-99999999", new int[0])]
    public void A_list_of_cores_is_read_and_a_damaged_one_is_none(string? list, int[] cores) => Assert.Equal(cores, HostTree.Cores(list));

    [Fact]
    public void A_file_that_is_not_there_has_no_text_and_folders_go_by_number()
    {
        using var host = new MadeUpHost();
        Assert.Null(host.Tree.Text("/proc/none"));
        Assert.Equal("madvise", host.Tree.Selected("/sys/kernel/mm/transparent_hugepage/enabled"));
        host.Lay("/sys/devices/system/cpu/cpu10/x", "");
        Assert.Equal(["/sys/devices/system/cpu/cpu1", "/sys/devices/system/cpu/cpu10"], host.Tree.Numbered("/sys/devices/system/cpu", "cpu").TakeLast(2));
    }
}
