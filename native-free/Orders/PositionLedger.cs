using LatencyEngine.Model;

namespace LatencyEngine.Orders;

/// <summary>Positions, realised profit, fees, funding and the one wallet that all instruments share, built from executions. The venue's positions and wallet are compared with it; but for rounding only a reconciliation puts them in its place (docs/decisions/0020-venue-wins.md).</summary>
/// <remarks>
/// One-way mode, linear contracts (docs/models.md, 3.1). A position is (signed quantity, entry cost); the average entry is derived.
/// The cost is held in 1e-24 USDT: price 1e-8 times quantity 1e-8 is exact in 1e-16, and eight more digits hold what a partial close cannot divide evenly.
/// A close rounds the cost by at most half of 1e-24, so a hundred million partial closes move the average entry of 0.001 BTC by less than 1e-12.
/// Each posting to the wallet is rounded half-even to 1e-8 once.
/// Range: one execution up to <see cref="ExecutionValueMaxE16"/>, one position up to 1.7e14 USDT of cost, the wallet and its parts up to 92 billion USDT.
/// Starts flat. Thread: hot. Allocates: only when constructed. Throws: only when constructed.
/// </remarks>
public sealed class PositionLedger
{
    /// <summary>Executions whose ids are remembered; a repeat comes within the overlap of a reconnect, which is far less.</summary>
    public const int RememberedExecutions = 4_096;

    private const long E16PerE8 = 100_000_000;
    private const long E24PerE16 = 100_000_000;

    /// <summary>Largest value of one execution: 90 billion USDT in 1e-16, within the range of <see cref="MoneyE8"/>.</summary>
    public static readonly Int128 ExecutionValueMaxE16 = (Int128)90_000_000_000 * PriceE8.One * PriceE8.One;

    // A realised profit and up to two fees, each rounded by itself, here half-even and at the venue in its own way (Bybit V5, 16.2: a captured one is truncated), and one to spare.
    private const long PostingSlackUnits = 4;

    private static readonly Int128 E24PerE8 = (Int128)E24PerE16 * E16PerE8;

    private readonly InstrumentTable _instruments;
    private readonly Account[] _accounts;
    private readonly IdMemory _executions = new(RememberedExecutions);
    private MoneyE8 _broughtIn;
    private MoneyE8 _walletSlack;

    /// <summary>Creates a flat ledger.</summary>
    /// <param name="instruments">The engine's instruments.</param>
    /// <param name="startBalance">Wallet balance before the first execution.</param>
    public PositionLedger(InstrumentTable instruments, MoneyE8 startBalance)
    {
        ArgumentNullException.ThrowIfNull(instruments);
        _instruments = instruments;
        _accounts = new Account[instruments.Count];
        _broughtIn = startBalance;
    }

    /// <summary>Start balance and what was adopted, + realised - fees + funding, over all instruments.</summary>
    public MoneyE8 Wallet => _broughtIn + RealisedGrossTotal - FeesTotal + FundingTotal;

    /// <summary>Realised profit of all instruments, before fees and funding.</summary>
    public MoneyE8 RealisedGrossTotal { get; private set; }

    /// <summary>Fees paid on all instruments; a rebate lowers it.</summary>
    public MoneyE8 FeesTotal { get; private set; }

    /// <summary>Funding received on all instruments; negative when more was paid.</summary>
    public MoneyE8 FundingTotal { get; private set; }

    /// <summary>Executions booked.</summary>
    public long ExecutionCount { get; private set; }

    /// <summary>Executions that were booked before and came again.</summary>
    public long DuplicateCount { get; private set; }

    /// <summary>Executions that were not booked: see <see cref="LedgerOutcome.NotBooked"/>.</summary>
    public long NotBookedCount { get; private set; }

    /// <summary>Books one execution, once. Trade, BustTrade and AdlTrade fill; Funding pays <see cref="ExecutionEvent.Fee"/>.</summary>
    /// <returns>Whether it was booked. After <see cref="LedgerOutcome.NotBooked"/> the ledger is the same as before.</returns>
    public LedgerOutcome OnExecution(in ExecutionEvent e)
    {
        if (!CanBook(in e))
        {
            NotBookedCount++;
            return LedgerOutcome.NotBooked;
        }

        if (!_executions.TryAdd(e.ExecutionId))
        {
            DuplicateCount++;
            return LedgerOutcome.Duplicate;
        }

        ExecutionCount++;
        _walletSlack += new MoneyE8(PostingSlackUnits);
        ref Account account = ref _accounts[e.Instrument.Index];
        if (e.Type == ExecutionType.Funding)
        {
            account.Funding -= e.Fee;
            FundingTotal -= e.Fee;
        }
        else
        {
            BookFill(ref account, in e);
        }

        return LedgerOutcome.Booked;
    }

    /// <summary>True for an execution that would be booked and has not been.</summary>
    public bool Lacks(in ExecutionEvent e) => CanBook(in e) && !_executions.Contains(e.ExecutionId);

    /// <summary>Whether a position of the venue is the ledger's. The venue's averages have 8 decimals; how they are rounded, and whether it reckons on with them, is not known: it may be a unit farther than when the two were last compared, and one more for each fill that has added to the position.</summary>
    /// <param name="instrument">The instrument.</param>
    /// <param name="position">The venue's signed size.</param>
    /// <param name="averageEntry">The venue's average entry; 0 when flat.</param>
    public bool Agrees(InstrumentId instrument, QtyLots position, PriceE8 averageEntry)
    {
        ref readonly Account account = ref _accounts[instrument.Index];
        long distance = averageEntry.Units - AverageEntry(instrument).Units;
        return position == Position(instrument) && Math.Abs(distance) <= AverageSlackUnits(in account);
    }

    /// <summary>Whether a wallet balance of the venue is the ledger's, but for what the venue may have rounded otherwise since the two were last compared: four units for each execution, and for each base unit closed as many as the averages may differ by.</summary>
    public bool AgreesOnWallet(MoneyE8 wallet) => wallet - Wallet <= _walletSlack && wallet - Wallet >= -_walletSlack;

    /// <summary>A position of the venue agrees: how far its average is from the ledger's is known, and what may be rounded counts from here.</summary>
    /// <inheritdoc cref="Agrees" />
    public void OnAgreed(InstrumentId instrument, PriceE8 averageEntry)
    {
        ref Account account = ref _accounts[instrument.Index];
        account.AverageDistance = account.Lots == 0 ? 0 : averageEntry.Units - AverageEntry(instrument).Units;
        account.Additions = 0;
    }

    /// <summary>A wallet balance of the venue agrees: the ledger takes its rounding over, so that it does not add up.</summary>
    public void OnWalletAgreed(MoneyE8 wallet)
    {
        _broughtIn += wallet - Wallet;
        _walletSlack = default;
    }

    /// <summary>Takes the venue's position in place of the ledger's. What was realised, fees and funding stay.</summary>
    /// <param name="instrument">The instrument.</param>
    /// <param name="position">Signed size.</param>
    /// <param name="averageEntry">Average entry; 0 when flat.</param>
    public void AdoptPosition(InstrumentId instrument, QtyLots position, PriceE8 averageEntry)
    {
        ref Account account = ref _accounts[instrument.Index];
        account.Lots = position.Lots;
        account.CostE24 = ValueE24(averageEntry, Math.Abs(position.Lots), _instruments[instrument].LotE8);
        (account.AverageDistance, account.Additions) = (0, 0);
    }

    /// <summary>Takes the venue's average entry where an older fill was booked after a newer one: that changes what closes have realised and what is held has cost, by the same amount. So the wallet must then be the venue's too, or it was something else.</summary>
    /// <param name="instrument">The instrument.</param>
    /// <param name="position">The venue's signed size.</param>
    /// <param name="averageEntry">The venue's average entry.</param>
    /// <returns>False, and nothing has changed, when all fills since <see cref="AdoptWallet"/> were booked in their order, or the size differs, which no order explains.</returns>
    public bool TryReorder(InstrumentId instrument, QtyLots position, PriceE8 averageEntry)
    {
        ref Account account = ref _accounts[instrument.Index];
        if (!account.IsReordered || position.Lots != account.Lots) return false;
        Int128 costBeforeE24 = account.CostE24;
        _walletSlack += AverageSlack(in account, Math.Abs(account.Lots), _instruments[instrument].LotE8);
        AdoptPosition(instrument, position, averageEntry);
        Int128 addedCostE24 = account.CostE24 - costBeforeE24;
        MoneyE8 realised = PostingOf(position.Lots > 0 ? addedCostE24 : -addedCostE24);
        account.RealisedGross += realised;
        RealisedGrossTotal += realised;
        return true;
    }

    /// <summary>Takes the venue's wallet balance, after its positions: the difference counts as brought in or taken out.</summary>
    public void AdoptWallet(MoneyE8 wallet)
    {
        _broughtIn += wallet - Wallet;
        foreach (ref Account account in _accounts.AsSpan()) account.IsReordered = false;
        _walletSlack = default;
    }

    /// <summary>Signed position: long above zero.</summary>
    public QtyLots Position(InstrumentId instrument) => new(_accounts[instrument.Index].Lots);

    /// <summary>Sum of entry price times quantity of the open position, never negative, in 1e-16 USDT, rounded half-even to it.</summary>
    public Int128 CostE16(InstrumentId instrument) => MoneyE8.DivideHalfEven(_accounts[instrument.Index].CostE24, E24PerE16);

    /// <summary>Quantity-weighted entry price, rounded half-even to 1e-8; 0 when flat.</summary>
    public PriceE8 AverageEntry(InstrumentId instrument)
    {
        ref readonly Account account = ref _accounts[instrument.Index];
        if (account.Lots == 0) return default;

        // 1e-24 USDT over 1e-8 base units is 1e-16 quote units a base unit: eight digits more than a PriceE8.
        Int128 qtyE8 = (Int128)Math.Abs(account.Lots) * _instruments[instrument].LotE8;
        return new PriceE8((long)MoneyE8.DivideHalfEven(account.CostE24, qtyE8 * E16PerE8));
    }

    /// <summary>Realised profit, before fees and funding.</summary>
    public MoneyE8 RealisedGross(InstrumentId instrument) => _accounts[instrument.Index].RealisedGross;

    /// <summary>Fees paid; a rebate lowers it.</summary>
    public MoneyE8 Fees(InstrumentId instrument) => _accounts[instrument.Index].Fees;

    /// <summary>Funding received; negative when more was paid.</summary>
    public MoneyE8 Funding(InstrumentId instrument) => _accounts[instrument.Index].Funding;

    /// <summary>Profit if the position closed at <paramref name="mark"/>, before fees, rounded half-even to 1e-8.</summary>
    public MoneyE8 Unrealised(InstrumentId instrument, PriceE8 mark)
    {
        ref readonly Account account = ref _accounts[instrument.Index];
        Int128 valueE24 = ValueE24(mark, Math.Abs(account.Lots), _instruments[instrument].LotE8);
        return PostingOf(account.Lots > 0 ? valueE24 - account.CostE24 : account.CostE24 - valueE24);
    }

    private bool CanBook(in ExecutionEvent e)
    {
        if ((uint)e.Instrument.Index >= (uint)_accounts.Length) return false;
        bool isFill = e.Type is ExecutionType.Trade or ExecutionType.BustTrade or ExecutionType.AdlTrade;
        return isFill ? IsPossible(in e) : e.Type == ExecutionType.Funding;
    }

    private bool IsPossible(in ExecutionEvent e) =>
        e.Side.Sign != 0
        && e.Qty.Lots > 0
        && e.Price.Units > 0
        && (Int128)e.Price.Units * e.Qty.Lots <= ExecutionValueMaxE16 / _instruments[e.Instrument].LotE8;

    private void BookFill(ref Account account, in ExecutionEvent e)
    {
        bool isLate = e.ExecutedMillis < account.NewestMillis || (e.ExecutedMillis == account.NewestMillis && e.Sequence < account.NewestSequence);
        account.IsReordered |= isLate;
        if (!isLate) (account.NewestMillis, account.NewestSequence) = (e.ExecutedMillis, e.Sequence);
        account.Fees += e.Fee;
        FeesTotal += e.Fee;

        long lotE8 = _instruments[e.Instrument].LotE8;
        if (isLate) _walletSlack += AverageSlack(in account, Math.Abs(account.Lots), lotE8);   // an average that agrees for all that hides so much
        long openLots = e.Qty.Lots;
        bool reduces = account.Lots != 0 && (account.Lots > 0) != (e.Side == Side.Buy);
        if (reduces)
        {
            long heldLots = Math.Abs(account.Lots);
            long closeLots = Math.Min(openLots, heldLots);
            Int128 closedCostE24 = ShareOf(account.CostE24, closeLots, heldLots);
            Int128 closedValueE24 = ValueE24(e.Price, closeLots, lotE8);
            MoneyE8 realised = PostingOf(account.Lots > 0 ? closedValueE24 - closedCostE24 : closedCostE24 - closedValueE24);
            account.RealisedGross += realised;
            RealisedGrossTotal += realised;
            account.CostE24 -= closedCostE24;
            account.Lots += e.Side.Sign * closeLots;
            openLots -= closeLots;
            _walletSlack += AverageSlack(in account, closeLots, lotE8);
            if (account.Lots == 0) (account.AverageDistance, account.Additions) = (0, 0);
        }

        account.CostE24 += ValueE24(e.Price, openLots, lotE8);
        account.Lots += e.Side.Sign * openLots;
        if (openLots > 0) account.Additions++;
    }

    /// <summary>What lots are worth by the distance that the averages may have.</summary>
    private static MoneyE8 AverageSlack(in Account account, long lots, long lotE8) => new((long)(((Int128)lots * lotE8 * AverageSlackUnits(in account) / PriceE8.One) + 1));

    private static long AverageSlackUnits(in Account account) => 1 + Math.Abs(account.AverageDistance) + account.Additions;

    // cost x part / whole without a 256-bit product: with cost = a x whole + r it is a x part + r x part / whole,
    // where a x part <= cost, and r x part < whole^2 < 2^106 since quantities stay below 2^53 lots.
    private static Int128 ShareOf(Int128 costE24, long partLots, long wholeLots)
    {
        Int128 perLot = costE24 / wholeLots;
        Int128 rest = costE24 - (perLot * wholeLots);
        return (perLot * partLots) + MoneyE8.DivideHalfEven(rest * partLots, wholeLots);
    }

    private static Int128 ValueE24(PriceE8 price, long lots, long lotE8) => (Int128)price.Units * lots * lotE8 * E24PerE16;

    private static MoneyE8 PostingOf(Int128 amountE24) => new((long)MoneyE8.DivideHalfEven(amountE24, E24PerE8));

    private struct Account
    {
        public Int128 CostE24;
        public long Lots;
        public MoneyE8 RealisedGross;
        public MoneyE8 Fees;
        public MoneyE8 Funding;

        /// <summary>The venue's average less the ledger's when the two were last compared, in units of 1e-8.</summary>
        public long AverageDistance;

        /// <summary>Fills that have added to the position since then, or since it was flat.</summary>
        public long Additions;

        /// <summary><c>execTime</c> of the newest fill booked, ms since 1970.</summary>
        public long NewestMillis;

        /// <summary><c>seq</c> of that fill.</summary>
        public long NewestSequence;

        /// <summary>A fill older than that one was booked after it, and the venue's wallet has not been taken since.</summary>
        public bool IsReordered;
    }
}
