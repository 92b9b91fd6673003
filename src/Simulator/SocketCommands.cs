using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace LatencyEngine.Simulator;

/// <summary>What clients say on the three sockets, and what the gateway answers by itself (Bybit V5, 4, 5, 7, 8).</summary>
/// <remarks>
/// For the receive loop of the connection. Where V5's text or rule is not known, these are assumed: a private topic before the login is refused with the text
/// of the older API, an order before the login with 10003; a failed login leaves the socket open, and a second one on the private socket changes nothing;
/// unsubscribing what was not subscribed succeeds; too long a list of topics is refused in the words of the spot socket; one session may send 4,000
/// order-entry requests in a second, more than the highest tier's limits allow together; a request id must differ from the last 10,000 of its session, and of
/// that session only, since clients count them from 1 in every session.
/// </remarks>
internal sealed class SocketCommands(VenueServerSettings settings, ApiCredentials credentials, HashSet<string> publicTopics, AddressLimits? addressLimits)
{
    private const long NanosPerMilli = 1_000_000;
    private const int TopicCharactersMax = 21_000;   // Bybit V5, 3

    private static readonly string[] Categorised = ["order", "execution", "execution.fast", "position"];
    private static readonly HashSet<string> PrivateTopics = [.. Categorised, .. Categorised.Select(topic => topic + ".linear"), "wallet", DisconnectGuard.Topic];

    private readonly Dictionary<DeliveryChannel, int> _loginsToRefuse = [];
    private readonly Dictionary<DeliveryChannel, (int Left, bool AreCarriedOut)> _subscriptionsToRefuse = [];

    /// <summary>Called with a subscription or its end and the answer to it; it sends the answer.</summary>
    public required Action<VenueConnection, SocketCommand, byte[]> OnTopics { get; init; }

    /// <summary>Called with a request of a logged-in order-entry socket; the bytes are valid until it returns.</summary>
    public required Action<VenueConnection, ReadOnlyMemory<byte>> OnOrder { get; init; }

    /// <summary>Called with each order-entry request that is refused here and never reaches the venue.</summary>
    public required Action<Refusal> OnRefused { get; init; }

    /// <summary>Refuses the next logins of a channel, whatever they say; as many as were still to be refused before are not added. Any thread.</summary>
    public void RefuseLogins(DeliveryChannel channel, int count)
    {
        lock (_loginsToRefuse) _loginsToRefuse[channel] = count;
    }

    /// <summary>Refuses the next subscriptions of a stream that are good; as many as were still to be refused before are not added. Any thread.</summary>
    /// <param name="channel">Which stream.</param>
    /// <param name="count">How many.</param>
    /// <param name="areCarriedOut">They are carried out, and refused as if they had been before.</param>
    public void RefuseSubscriptions(DeliveryChannel channel, int count, bool areCarriedOut)
    {
        lock (_subscriptionsToRefuse) _subscriptionsToRefuse[channel] = (count, areCarriedOut);
    }

    /// <summary>Takes one message.</summary>
    /// <param name="connection">Where it came in.</param>
    /// <param name="message">The text; valid until this returns.</param>
    public void Take(VenueConnection connection, ReadOnlyMemory<byte> message)
    {
        if (settings.NeverAnswers) return;
        if (connection.Channel != DeliveryChannel.Trade && !connection.CommandLimit.TryTake(Stopwatch.GetElapsedTime(0).Ticks * TimeSpan.NanosecondsPerTick))
        {
            connection.Abort();
            return;
        }

        switch (connection.Channel)
        {
            case DeliveryChannel.Public:
                TakePublic(connection, message);
                break;
            case DeliveryChannel.Private:
                TakePrivate(connection, message);
                break;
            default:
                TakeTrade(connection, message);
                break;
        }
    }

    private void TakePublic(VenueConnection connection, ReadOnlyMemory<byte> message)
    {
        if (SocketCommand.TryParse(message, "req_id") is not { } command)
        {
            connection.Reply(SocketReplies.Public(SocketCommand.None, UndecodedText(message.Span), connection.Name));
            return;
        }

        switch (command.Op)
        {
            case "ping":
                connection.Reply(SocketReplies.PublicPong(command, connection.Name));
                break;
            case "subscribe" or "unsubscribe":
                string? fault = TopicFault(connection, command, publicTopics);
                AnswerTopics(connection, command, fault, told => SocketReplies.Public(command, told, connection.Name));
                break;
            default:
                connection.Reply(SocketReplies.Public(command, "error:invalid op", connection.Name));
                break;
        }
    }

    private void TakePrivate(VenueConnection connection, ReadOnlyMemory<byte> message)
    {
        if (SocketCommand.TryParse(message, "req_id") is not { } command)
        {
            connection.Reply(SocketReplies.Private(SocketCommand.None, UndecodedText(message.Span), connection.Name));
            return;
        }

        long nowMillis = settings.Clock() / NanosPerMilli;
        switch (command.Op)
        {
            case "ping":
                connection.Reply(SocketReplies.PrivatePong(command, connection.Name, nowMillis));
                break;
            case "auth":
                Refusal? refusal = CheckLogin(connection.Channel, command, nowMillis, out ApiKey? key);
                connection.Key ??= key;
                connection.Reply(SocketReplies.Private(command, refusal?.Text, connection.Name));
                break;
            case "subscribe" or "unsubscribe":
                string? fault = connection.Key is null
                    ? $"error:topic:{command.Args.FirstOrDefault("")} needs auth first"
                    : TopicFault(connection, command, PrivateTopics);
                AnswerTopics(connection, command, fault, told => SocketReplies.Private(command, told, connection.Name));
                break;
            default:
                connection.Reply(SocketReplies.Private(command, "error:invalid op", connection.Name));
                break;
        }
    }

    private void TakeTrade(VenueConnection connection, ReadOnlyMemory<byte> message)
    {
        SocketCommand command = SocketCommand.TryParse(message, "reqId") ?? SocketCommand.None;
        long nowNanos = settings.Clock();
        if (command.Op == "ping")
        {
            connection.Reply(SocketReplies.TradePong(connection.Name, nowNanos / NanosPerMilli));
            return;
        }

        if (command.Op == "auth")
        {
            ApiKey? key = null;
            Refusal? refusal = connection.Key is not null ? new Refusal(20001, "Repeated auth") : CheckLogin(connection.Channel, command, nowNanos / NanosPerMilli, out key);
            connection.Key ??= key;
            connection.Reply(SocketReplies.Trade(command, refusal, connection.Name));
            return;
        }

        if (OrderRefusal(connection, command, nowNanos) is { } refused)
        {
            OnRefused(refused);
            connection.Reply(SocketReplies.Trade(command, refused, connection.Name));
            return;
        }

        OnOrder(connection, message);
    }

    private Refusal? CheckLogin(DeliveryChannel channel, SocketCommand command, long nowMillis, out ApiKey? key)
    {
        key = null;
        lock (_loginsToRefuse)
        {
            if (_loginsToRefuse.GetValueOrDefault(channel) > 0)
            {
                _loginsToRefuse[channel]--;
                return ApiCredentials.BadLogin;
            }
        }

        return credentials.CheckLogin(command.Args, nowMillis, out key);
    }

    private Refusal? OrderRefusal(VenueConnection connection, SocketCommand command, long nowNanos) =>
        connection.Key is not { } key ? new Refusal(10003, "auth is required before order entry")
        : !key.May(ApiPermissions.Order) ? ApiCredentials.PermissionDenied
        : !connection.OrderLimit.TryTake(nowNanos) ? new Refusal(20003, "Too many requests in this session.")
        : addressLimits?.TakeOrderEntry(connection.Address, nowNanos) == false ? new Refusal(10403, "Exceeded the IP rate limit.")
        : command.Id is { Length: > 0 } requestId && !connection.TryUseRequestId(requestId) ? new Refusal(20006, "reqId is duplicate")
        : null;

    /// <summary>All or nothing: the first bad topic refuses the whole command (Bybit V5, 5.2, 5.3, 7).</summary>
    private static string? TopicFault(VenueConnection connection, SocketCommand command, HashSet<string> offered)
    {
        if (command.Args.Count == 0) return "Params Error";
        if (command.Op == "unsubscribe") return null;
        var asked = new HashSet<string>(StringComparer.Ordinal);
        foreach (string topic in command.Args)
        {
            if (!offered.Contains(topic)) return NotFound(topic);
            if (connection.Topics.Contains(topic) || !asked.Add(topic)) return AlreadySubscribed(topic);
        }

        if (connection.Topics.Concat(asked).Sum(topic => topic.Length) > TopicCharactersMax)
        {
            return string.Create(CultureInfo.InvariantCulture, $"args size >{TopicCharactersMax}");
        }

        return asked.Any(topic => asked.Contains(topic + ".linear")) ? "Params Error" : null;
    }

    private void AnswerTopics(VenueConnection connection, SocketCommand command, string? fault, Func<string?, byte[]> reply)
    {
        bool isCarriedOut = fault is null;
        if (isCarriedOut && command.Op == "subscribe") (fault, isCarriedOut) = TakeRefusal(connection.Channel, command.Args[0]);
        if (isCarriedOut) OnTopics(connection, command, reply(fault));
        else connection.Reply(reply(fault));
    }

    /// <summary>What a fault says to a subscription that is good, and whether it is carried out.</summary>
    private (string? Fault, bool IsCarriedOut) TakeRefusal(DeliveryChannel channel, string topic)
    {
        lock (_subscriptionsToRefuse)
        {
            (int left, bool areCarriedOut) = _subscriptionsToRefuse.GetValueOrDefault(channel);
            if (left == 0) return (null, true);
            _subscriptionsToRefuse[channel] = (left - 1, areCarriedOut);
            return (areCarriedOut ? AlreadySubscribed(topic) : NotFound(topic), areCarriedOut);
        }
    }

    private static string NotFound(string topic) => $"error:handler not found,topic:{topic}";

    private static string AlreadySubscribed(string topic) => $"error:already subscribed,topic:{topic}";

    /// <summary>The first character as the live venue names it; of bytes that are no text, the replacement character.</summary>
    private static string UndecodedText(ReadOnlySpan<byte> message)
    {
        Rune.DecodeFromUtf8(message, out Rune first, out _);
        return $"Failed to decode incoming data:readObjectStart: expect {{ or n, but found {(message.IsEmpty ? "" : first.ToString())}";
    }
}
