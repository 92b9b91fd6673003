using System.Runtime.CompilerServices;
using LatencyEngine.Model;

namespace LatencyEngine.Orders;

/// <summary>How well the resting quotes of one instrument follow the wanted ones, by time: the price of requoting less.</summary>
/// <remarks>
/// Counted while quotes are wanted: the distance of what rests, by the order stream, from what is wanted, and the time in which nothing rests there. With several levels all of them count alike.
/// Read by nothing that decides. Thread: hot; readers look when it is idle. Allocates: only when constructed. Throws: never.
/// </remarks>
public sealed class QuoteTracking
{
    private readonly Tally[] _sides = new Tally[2];
    private EpochNanos _since;

    /// <summary>Time in which a wanted quote of the side rested, ns; of several levels the sum.</summary>
    public long RestingNanos(Side side) => Of(side).RestingNanos;

    /// <summary>Time in which a wanted quote of the side did not rest, ns; of several levels the sum.</summary>
    public long MissingNanos(Side side) => Of(side).MissingNanos;

    /// <summary>Mean distance of the resting quotes of a side from the wanted ones over <see cref="RestingNanos"/>, in ticks without sign; NaN when none rested.</summary>
    public double MeanErrorTicks(Side side) => Of(side).ErrorTickNanos / Of(side).RestingNanos;

    /// <summary>Share of the time in which a quote of the side was wanted and did not rest; NaN when none was wanted.</summary>
    public double MissingShare(Side side) => (double)MissingNanos(side) / (RestingNanos(side) + MissingNanos(side));

    /// <summary>What is wanted and what rests from now on.</summary>
    /// <param name="wanted">As the quoter writes them; quantity 0 is not wanted.</param>
    /// <param name="orders">What rests.</param>
    /// <param name="instrument">Of the quotes.</param>
    /// <param name="now">Logic time.</param>
    public void Observe(ReadOnlySpan<QuoteTarget> wanted, OrderTable orders, InstrumentId instrument, EpochNanos now)
    {
        Pause(now);
        foreach (ref readonly QuoteTarget target in wanted)
        {
            if (target.Qty.Lots <= 0) continue;
            ref Tally tally = ref Of(target.Side);
            PriceTicks resting = orders.RestingPrice(instrument, target.Side, target.Level);
            if (resting.Ticks == 0)
            {
                tally.Missing++;
                continue;
            }

            tally.Resting++;
            tally.ErrorTicks += (resting - target.Price).AbsTicks;
        }
    }

    /// <summary>Nothing is wanted from now on: quotes are held back, or wait for a book.</summary>
    public void Pause(EpochNanos now)
    {
        long elapsedNanos = now - _since;
        _since = now;
        foreach (ref Tally tally in _sides.AsSpan()) tally.Pass(elapsedNanos);
    }

    private ref Tally Of(Side side) => ref _sides[side == Side.Buy ? 0 : 1];

    private struct Tally
    {
        public long RestingNanos;
        public long MissingNanos;
        public double ErrorTickNanos;

        // Now.
        public long Resting;
        public long Missing;
        public long ErrorTicks;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Pass(long elapsedNanos)
        {
            RestingNanos += Resting * elapsedNanos;
            MissingNanos += Missing * elapsedNanos;
            ErrorTickNanos += (double)ErrorTicks * elapsedNanos;
            Resting = Missing = ErrorTicks = 0;
        }
    }
}
