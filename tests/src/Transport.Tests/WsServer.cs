using System.Diagnostics;
using System.Text.Json;
using LatencyEngine.TestData;

namespace LatencyEngine.Transport.Tests;

/// <summary>The npm server of tests/foreign/ws-server.mjs, running.</summary>
internal sealed class WsServer : IDisposable
{
    private readonly Process _process = NodeScripts.Start("ws-server.mjs");

    public WsServer() => Port = ReadLine().GetProperty("port").GetInt32();

    public int Port { get; }

    /// <summary>The next thing that the server saw.</summary>
    public JsonElement ReadLine()
    {
        string? line = _process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20)).GetAwaiter().GetResult();
        return JsonDocument.Parse(line ?? throw new InvalidOperationException($"ws-server.mjs ended: {_process.StandardError.ReadToEnd()}")).RootElement;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(10))) _process.Kill();
        _process.Dispose();
    }
}
