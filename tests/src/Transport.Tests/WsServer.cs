using System.Diagnostics;
using System.Text.Json;
using LatencyEngine.TestData;

namespace LatencyEngine.Transport.Tests;

/// <summary>The npm server of tests/foreign/ws-server.mjs, one for all tests of a class; started by the first that asks for its port, so that it may be absent where the tests are skipped.</summary>
public sealed class WsServer : IDisposable
{
    private Process? _process;
    private int _port;

    public int Port
    {
        get
        {
            if (_process is null)
            {
                _process = NodeScripts.Start("foreign/ws-server.mjs");
                _port = ReadLine(_process).GetProperty("port").GetInt32();
            }

            return _port;
        }
    }

    /// <summary>The code of the close frame that the server got on a path.</summary>
    public int ReadCloseCode(string path)
    {
        while (true)
        {
            JsonElement seen = ReadLine(_process!);
            if (seen.GetProperty("path").GetString() == path && seen.TryGetProperty("close", out JsonElement code)) return code.GetInt32();
        }
    }

    public void Dispose()
    {
        if (_process is null) return;
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(10))) _process.Kill();
        _process.Dispose();
    }

    private static JsonElement ReadLine(Process process)
    {
        string? line = process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(90)).GetAwaiter().GetResult();
        return JsonDocument.Parse(line ?? throw new InvalidOperationException($"ws-server.mjs ended: {process.StandardError.ReadToEnd()}")).RootElement;
    }
}
