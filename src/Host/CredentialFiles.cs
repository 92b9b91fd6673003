namespace LatencyEngine.Host;

/// <summary>Secrets that a service manager hands over as files: systemd's <c>LoadCredential</c> and <c>LoadCredentialEncrypted</c>, in the folder that <c>CREDENTIALS_DIRECTORY</c> names.</summary>
public static class CredentialFiles
{
    /// <summary>The variable that names the folder.</summary>
    public const string FolderVariable = "CREDENTIALS_DIRECTORY";

    private const int BytesMax = 4_096;

    /// <summary>The environment with the secrets of that folder: each file that is named like a secret of the environment, for example <c>BYBIT_API_KEY</c>, stands for that variable where it is not set. White space at its ends does not count.</summary>
    /// <param name="environment">By variable.</param>
    /// <returns>The same where no folder is named.</returns>
    /// <exception cref="ConfigurationException">A file cannot be read, or is no secret; its content is not told.</exception>
    public static IReadOnlyDictionary<string, string> Join(IReadOnlyDictionary<string, string> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        if (!environment.TryGetValue(FolderVariable, out string? folder) || folder.Length == 0) return environment;
        var faults = new List<string>();
        var joined = new Dictionary<string, string>(environment, StringComparer.Ordinal);
        foreach (string variable in KnownEnvironment.Secrets)
        {
            string path = Path.Combine(folder, variable);
            if (joined.TryGetValue(variable, out string? value) && value.Length > 0 || !File.Exists(path)) continue;
            try
            {
                if (new FileInfo(path).Length > BytesMax) faults.Add($"{path} must be a secret, and has more than {BytesMax} bytes");
                else joined[variable] = File.ReadAllText(path).Trim();
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                faults.Add($"{path} cannot be read: {fault.Message.ReplaceLineEndings(" ")}");
            }
        }

        return faults.Count == 0 ? joined : throw new ConfigurationException(faults);
    }
}
