namespace LatencyEngine.Host.Tests;

public sealed class CredentialFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("credential-files-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_secret_of_the_service_stands_for_its_variable_and_nothing_else_is_read()
    {
        Write("BYBIT_API_KEY", "the-key\n");
        Write("BYBIT_API_SECRET", " the-secret ");
        Write("BYBIT_TESTNET", "1");   // no secret

        IReadOnlyDictionary<string, string> joined = CredentialFiles.Join(Environment(("HOME", "/root")));

        Assert.Equal(("the-key", "the-secret", "/root"), (joined["BYBIT_API_KEY"], joined["BYBIT_API_SECRET"], joined["HOME"]));
        Assert.False(joined.ContainsKey("BYBIT_TESTNET"));
    }

    [Fact]
    public void A_variable_that_is_set_goes_before_the_file_and_one_set_to_nothing_does_not()
    {
        Write("BYBIT_API_KEY", "of-the-file");
        Assert.Equal("of-the-shell", CredentialFiles.Join(Environment(("BYBIT_API_KEY", "of-the-shell")))["BYBIT_API_KEY"]);
        Assert.Equal("of-the-file", CredentialFiles.Join(Environment(("BYBIT_API_KEY", "")))["BYBIT_API_KEY"]);
    }

    [Fact]
    public void Without_a_folder_the_environment_is_as_it_is()
    {
        var environment = new Dictionary<string, string> { ["HOME"] = "/root" };
        Assert.Same(environment, CredentialFiles.Join(environment));
        Assert.Empty(CredentialFiles.Join(new Dictionary<string, string> { [CredentialFiles.FolderVariable] = "/no/such/folder" }).Keys.Except([CredentialFiles.FolderVariable]));
    }

    [Fact]
    public void A_file_that_is_no_secret_is_a_fault_with_its_name_and_without_its_content()
    {
        Write("BYBIT_API_SECRET", new string('s', 5_000));
        string fault = Assert.Single(Assert.Throws<ConfigurationException>(() => CredentialFiles.Join(Environment())).Faults);
        Assert.Equal($"{_folder}/BYBIT_API_SECRET must be a secret, and has more than 4096 bytes", fault);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);

    private Dictionary<string, string> Environment(params (string Name, string Value)[] further)
    {
        var environment = new Dictionary<string, string> { [CredentialFiles.FolderVariable] = _folder };
        foreach ((string name, string value) in further) environment[name] = value;
        return environment;
    }
}
