using LatencyEngine.Model;

namespace LatencyEngine.Orders;

/// <summary>How many order requests the venue still accepts: one budget per operation, shared by all instruments of the account (Bybit V5, 17.1 and 17.4).</summary>
/// <remarks>
/// The venue counts a second per operation from the arrival of a request, which lies between its sending and its answer. So a request counts until more than one second has passed since its answer:
/// whatever the ways there and back take, and whether the venue's second rolls or begins on the clock, it never sees more than N in one. Where its total is twice what is configured or more, counting from the sending is enough.
/// A bucket that refills at N per second would let 2N - 1 requests through around a boundary.
/// What the answers' headers say (Bybit V5, 8.2) only ever makes the budget smaller than configured.
/// Time: event time, from the arguments; a step back counts as no time passed. Thread: hot. Allocates: only when constructed. Throws: only when constructed.
/// </remarks>
public sealed class OrderBudget
{
    /// <summary>Length of the venue's window.</summary>
    public const long WindowNanos = 1_000_000_000;

    /// <summary>Longest way to the venue that is reckoned with for a request that has no answer.</summary>
    public const long ArrivalNanosMax = 1_000_000_000;

    /// <summary>Longest wait for a reset that the venue names; what is further away is no reset of a window of one second.</summary>
    public const long HoldNanosMax = 10_000_000_000;

    /// <summary>Largest budget of one operation: the venue's highest level is 1,200 a second (Bybit V5, 17.3).</summary>
    public const int PerSecondMax = 1_200;

    private readonly SendWindow _creates;
    private readonly SendWindow _amends;
    private readonly SendWindow _cancels;
    private readonly int _cancelReserve;

    /// <summary>Creates full budgets.</summary>
    /// <param name="createsPerSecond">1 to <see cref="PerSecondMax"/>; 10 by default on the venue.</param>
    /// <param name="amendsPerSecond">1 to <see cref="PerSecondMax"/>.</param>
    /// <param name="cancelsPerSecond">1 to <see cref="PerSecondMax"/>.</param>
    /// <param name="cancelReserve">Cancels that requoting leaves for pulling quotes; 0 to <paramref name="cancelsPerSecond"/> - 1.</param>
    /// <exception cref="ArgumentException">A value is out of range; the message says which.</exception>
    public OrderBudget(int createsPerSecond, int amendsPerSecond, int cancelsPerSecond, int cancelReserve)
    {
        RequirePerSecond("creates", createsPerSecond);
        RequirePerSecond("amends", amendsPerSecond);
        RequirePerSecond("cancels", cancelsPerSecond);
        if (cancelReserve < 0 || cancelReserve >= cancelsPerSecond) throw new ArgumentException($"order budget: cancel reserve must be 0 to {cancelsPerSecond - 1}, was {cancelReserve}");
        _creates = new SendWindow(createsPerSecond);
        _amends = new SendWindow(amendsPerSecond);
        _cancels = new SendWindow(cancelsPerSecond);
        _cancelReserve = cancelReserve;
    }

    /// <summary>Requests of this kind that fit into one second; 0 for an action that is not set.</summary>
    public int PerSecond(OrderAction action) => Window(action)?.PerSecond ?? 0;

    /// <summary>Requests of this kind that may be sent now; 0 for an action that is not set.</summary>
    public int Left(OrderAction action, EpochNanos now) => Window(action)?.Left(now) ?? 0;

    /// <summary>Requests of this kind that ordinary requoting may send now: for a cancel <see cref="Left"/> without the reserve, otherwise the same.</summary>
    public int LeftForRequote(OrderAction action, EpochNanos now)
    {
        int left = Left(action, now);
        return action == OrderAction.Cancel ? Math.Max(0, left - Math.Min(_cancelReserve, _cancels.PerSecond - 1)) : left;
    }

    /// <summary>Counts one request as sent now. A request that is sent although nothing was left counts too, in the place of the oldest.</summary>
    public void Take(OrderAction action, EpochNanos now) => Window(action)?.Take(now);

    /// <summary>A request of this kind was answered: it has arrived. The header's total counts where it is below the configured one; when it says that nothing is left, nothing is until the reset that it names.</summary>
    /// <param name="ack">The answer. Reset and present are both read from it, so the two clocks need not agree.</param>
    /// <param name="now">When it came.</param>
    public void OnAnswer(in Ack ack, EpochNanos now)
    {
        SendWindow? window = Window(ack.Action);
        if (window is null) return;
        window.OnAnswer(now);
        if (ack.RequestsPerSecond > 0) window.OnVenueTotal(ack.RequestsPerSecond);
        if (ack.RequestsLeft != 0 || ack.VenueMillis <= 0 || ack.LimitResetMillis <= ack.VenueMillis) return;
        window.HoldUntil(now.Nanos + Math.Min((ack.LimitResetMillis - ack.VenueMillis) * EpochNanos.PerMillisecond, HoldNanosMax));
    }

    /// <summary>The connection is gone, and answers with it: what was on its way arrives now or not at all.</summary>
    public void OnRequestsLost(EpochNanos now)
    {
        _creates.OnRequestsLost(now);
        _amends.OnRequestsLost(now);
        _cancels.OnRequestsLost(now);
    }

    /// <summary>The venue refused a request of this kind for its rate (10006 and its kin, Bybit V5, 18.2): nothing is left until a whole second has passed.</summary>
    public void Exhaust(OrderAction action, EpochNanos now) => Window(action)?.Exhaust(now);

    private SendWindow? Window(OrderAction action) => action switch
    {
        OrderAction.Place => _creates,
        OrderAction.Amend => _amends,
        OrderAction.Cancel => _cancels,
        _ => null,
    };

    private static void RequirePerSecond(string name, int value)
    {
        if (value is < 1 or > PerSecondMax) throw new ArgumentException($"order budget: {name} per second must be 1 to {PerSecondMax}, was {value}");
    }

    /// <summary>The last requests of one operation in the order of sending from <c>_oldest</c>, around the end of the arrays. Those that are answered come first.</summary>
    private sealed class SendWindow(int perSecondMax)
    {
        private readonly long[] _sentNanos = new long[perSecondMax];
        private readonly long[] _arrivedNanos = new long[perSecondMax];   // at the latest
        private int _oldest;
        private int _count;
        private int _unanswered;
        private long _latestNanos = long.MinValue;
        private long _heldUntilNanos = long.MinValue;
        private int _venuePerSecond;

        public int PerSecond => _venuePerSecond == 0 ? perSecondMax : Math.Min(_venuePerSecond, perSecondMax);

        /// <summary>Whether the venue takes so much more than is sent that no difference of ways, below a second, can bring too many into one of its seconds: two seconds' worth together.</summary>
        private bool HasHeadroom => _venuePerSecond >= 2 * perSecondMax;

        public int Left(EpochNanos now)
        {
            _latestNanos = Math.Max(_latestNanos, now.Nanos);
            long[] countedFromNanos = HasHeadroom ? _sentNanos : _arrivedNanos;
            while (_count > 0 && _latestNanos - countedFromNanos[_oldest] > WindowNanos) DropOldest();
            return _latestNanos < _heldUntilNanos ? 0 : Math.Max(PerSecond - _count, 0);
        }

        public void Take(EpochNanos now)
        {
            _latestNanos = Math.Max(_latestNanos, now.Nanos);
            if (_count == perSecondMax) DropOldest();
            int next = At(_count);
            _sentNanos[next] = _latestNanos;
            _arrivedNanos[next] = _latestNanos + ArrivalNanosMax;
            _count++;
            _unanswered++;
        }

        public void OnAnswer(EpochNanos now)
        {
            _latestNanos = Math.Max(_latestNanos, now.Nanos);
            if (_unanswered == 0) return;
            _arrivedNanos[At(_count - _unanswered)] = _latestNanos;
            _unanswered--;
        }

        public void OnRequestsLost(EpochNanos now)
        {
            while (_unanswered > 0) OnAnswer(now);
        }

        public void OnVenueTotal(int perSecond) => _venuePerSecond = perSecond;

        public void HoldUntil(long nanos) => _heldUntilNanos = Math.Max(_heldUntilNanos, nanos);

        public void Exhaust(EpochNanos now)
        {
            _latestNanos = Math.Max(_latestNanos, now.Nanos);
            HoldUntil(_latestNanos + WindowNanos + 1);
        }

        private int At(int index) => _oldest + index < perSecondMax ? _oldest + index : _oldest + index - perSecondMax;

        private void DropOldest()
        {
            _oldest = At(1);
            _count--;
            _unanswered = Math.Min(_unanswered, _count);
        }
    }
}
