using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace LatencyEngine.Simulator;

/// <summary>The HTTP side of REST: who may call and how often, then the way to the venue and back (Bybit V5, 9, 17).</summary>
/// <remarks>
/// Any thread. Orders, amendments, cancellations and their batches are counted by the venue, since they share their limits with order entry by socket; every
/// other signed call is counted here, a user and a path at a time. A refused call answers 200 with its code in the envelope, or 401 when the key is unknown;
/// a path or method that is not offered 404, a method not in upper case 400, a GET with a body 403 (Bybit V5, 9.2).
/// </remarks>
internal sealed class RestGateway(VenueServerSettings settings, ApiCredentials credentials, DisconnectGuard guard, Action<IncomingRequest> submit)
{
    private const long NanosPerMilli = 1_000_000;

    private readonly ConcurrentDictionary<long, TaskCompletionSource<ReadOnlyMemory<byte>>> _waiting = new();
    private readonly ConcurrentDictionary<(long Uid, string Path), RequestLimit> _limits = new();
    private long _lastOrigin;

    /// <summary>Called with each signed call that is refused here and never reaches the venue.</summary>
    public required Action<Refusal> OnRefused { get; init; }

    /// <summary>Serves one HTTP request.</summary>
    public async Task ServeAsync(HttpContext context)
    {
        HttpRequest http = context.Request;
        if (http.Method.Any(char.IsAsciiLetterLower))
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        if (RestRoutes.Find(http.Method, http.Path.Value ?? "") is not { } route)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (!route.Changes && context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true })
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        using var body = new MemoryStream();
        if (route.Changes) await http.Body.CopyToAsync(body, context.RequestAborted);
        string query = http.QueryString.HasValue ? http.QueryString.Value![1..] : "";
        if (route.Access == RestAccess.Public) await AnswerAsync(context, new RestCall(route, uid: 0, key: null, query, default));
        else await ServeSignedAsync(context, route, query, body.ToArray());
    }

    /// <summary>The answer of the venue to a call has arrived.</summary>
    public void Answer(long origin, ReadOnlyMemory<byte> body)
    {
        if (_waiting.TryGetValue(origin, out TaskCompletionSource<ReadOnlyMemory<byte>>? call)) call.TrySetResult(body);
    }

    /// <summary>Nobody will answer what still waits.</summary>
    public void Stop()
    {
        foreach (TaskCompletionSource<ReadOnlyMemory<byte>> call in _waiting.Values) call.TrySetCanceled();
    }

    private async Task ServeSignedAsync(HttpContext context, RestRoute route, string query, byte[] body)
    {
        long nowNanos = settings.Clock();
        Refusal? refusal = credentials.CheckCall(
            Header("X-BAPI-API-KEY"),
            Header("X-BAPI-TIMESTAMP"),
            Header("X-BAPI-RECV-WINDOW"),
            Header("X-BAPI-SIGN"),
            route.Changes ? body : Encoding.UTF8.GetBytes(query),
            nowNanos / NanosPerMilli,
            out ApiKey? key);
        var call = new RestCall(route, key?.Uid ?? 0, key, query, body);
        if (key is not null)
        {
            refusal = key.May(route.Needs) ? Count(call, key, nowNanos) : ApiCredentials.PermissionDenied;
        }

        if (refusal is null)
        {
            await AnswerAsync(context, call);
            return;
        }

        OnRefused(refusal);
        if (refusal.Code == 10003) context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        await WriteAsync(context, call, VenueRest.Refused(call, refusal, nowNanos), NextOrigin());

        string Header(string name) => context.Request.Headers[name].ToString();
    }

    /// <summary>Counts a call against its limit; null when it is within it.</summary>
    private Refusal? Count(RestCall call, ApiKey key, long nowNanos)
    {
        if (call.Route.PerSecond == 0) return null;
        RequestLimit limit = _limits.GetOrAdd((key.Uid, call.Route.Path), _ => new RequestLimit(call.Route.PerSecond, call.Route.WindowSeconds));
        lock (limit)
        {
            bool isFree = limit.TryTake(nowNanos);
            call.Limit = LimitState.Of(limit, nowNanos);
            return isFree ? null : Refusal.TooManyRequests;
        }
    }

    private async Task AnswerAsync(HttpContext context, RestCall call)
    {
        long origin = NextOrigin();
        if (call.Route.Handle is null)
        {
            await WriteAsync(context, call, AnswerHere(call), origin);
            return;
        }

        var answer = new TaskCompletionSource<ReadOnlyMemory<byte>>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[origin] = answer;
        try
        {
            submit(new IncomingRequest(IncomingKind.Call, origin, Uid: call.Uid) { Call = call });
            await WriteAsync(context, call, await answer.Task.WaitAsync(context.RequestAborted), origin);
        }
        finally
        {
            _waiting.TryRemove(origin, out _);
        }
    }

    /// <summary>What concerns the clock and the connections only needs no venue.</summary>
    private byte[] AnswerHere(RestCall call)
    {
        long nowNanos = settings.Clock();
        switch (call.Route.Path)
        {
            case VenueRest.TimePath:
                return VenueRest.Time(nowNanos);
            case DisconnectGuard.InfoPath:
                return VenueRest.Answered("success", nowNanos, json => guard.WriteInfo(call.Uid, json));
            default:
                Refusal? refusal = guard.SetWindow(call.Uid, call.Body.Span);
                return refusal is null ? VenueRest.Answered("success", nowNanos, _ => { }) : VenueRest.Refused(call, refusal, nowNanos);
        }
    }

    private async Task WriteAsync(HttpContext context, RestCall call, ReadOnlyMemory<byte> body, long origin)
    {
        HttpResponse response = context.Response;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.Length;
        if (call.Limit is { } limit)
        {
            response.Headers["X-Bapi-Limit"] = Text(limit.Requests);
            response.Headers["X-Bapi-Limit-Status"] = Text(limit.Remaining);
            response.Headers["X-Bapi-Limit-Reset-Timestamp"] = Text(limit.ResetMillis);
        }

        response.Headers["Ret_code"] = Text(call.Code);
        response.Headers["Traceid"] = origin.ToString("x32", CultureInfo.InvariantCulture);
        response.Headers["Timenow"] = Text(settings.Clock() / NanosPerMilli);
        await response.Body.WriteAsync(body, context.RequestAborted);
    }

    private long NextOrigin() => Interlocked.Increment(ref _lastOrigin);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
