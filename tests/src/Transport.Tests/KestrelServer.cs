using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LatencyEngine.Transport.Tests;

/// <summary>ASP.NET Core's WebSocket server with one behaviour.</summary>
internal sealed class KestrelServer : IDisposable
{
    private readonly WebApplication _application;

    /// <summary>Starts it; every request that is a WebSocket upgrade is accepted and handed to the behaviour.</summary>
    public KestrelServer(Func<WebSocket, HttpContext, Task> behave)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        _application = builder.Build();
        _application.UseWebSockets();
        _application.Run(async context =>
        {
            if (!context.WebSockets.IsWebSocketRequest)
            {
                context.Response.StatusCode = StatusCodes.Status418ImATeapot;
                return;
            }

            using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
            await behave(socket, context);
        });
        _application.StartAsync().GetAwaiter().GetResult();
        Port = new Uri(_application.Urls.Single()).Port;
    }

    public int Port { get; }

    public void Dispose() => _application.DisposeAsync().AsTask().GetAwaiter().GetResult();
}
