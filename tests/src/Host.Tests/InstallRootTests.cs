using LatencyEngine.TestData;

namespace LatencyEngine.Host.Tests;

public sealed class InstallRootTests
{
    [Fact]
    public void The_root_is_found_from_any_folder_below_it()
    {
        Assert.Equal(ReferenceFiles.RepositoryRoot, InstallRoot.Find(ReferenceFiles.InRepository("tests/golden")));
        Assert.Equal(ReferenceFiles.RepositoryRoot, InstallRoot.Find("/", ReferenceFiles.RepositoryRoot));
    }

    [Fact]
    public void Without_a_root_the_message_says_what_was_looked_for()
    {
        string fault = Assert.Single(Assert.Throws<ConfigurationException>(() => InstallRoot.Find("/")).Faults);

        Assert.Equal("no folder with configs/market-making.schema.json at or above /; run from inside the repository", fault);
    }
}
