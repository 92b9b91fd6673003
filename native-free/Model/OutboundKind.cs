namespace LatencyEngine.Model;

/// <summary>What a frame of the outbound ring is.</summary>
public enum OutboundKind : byte
{
    /// <summary>Not set.</summary>
    Unset = 0,

    /// <summary>A finished order-entry request: JSON, sent as it is. <c>outboundSha256</c> covers these.</summary>
    Request = 1,

    /// <summary>The book of one instrument is unusable; resubscribe for a snapshot. Four bytes: the instrument's index, little-endian.</summary>
    SnapshotRequest = 2,

    /// <summary>A booked execution and the ledger after it: one <see cref="ExecutionFact"/>.</summary>
    ExecutionFact = 3,

    /// <summary>The engine's books and the venue disagree: one <see cref="DisagreementFact"/>.</summary>
    DisagreementFact = 4,

    /// <summary>Ask the venue what became of orders and which executions were missed: one <see cref="LookUpRequest"/>, then the names of the orders, as <see cref="ClientOrderId"/>.</summary>
    LookUpRequest = 5,

    /// <summary>The state of one instrument at a tick: one <see cref="LaneFact"/>.</summary>
    LaneFact = 6,

    /// <summary>The state of the engine at a tick, after the lanes: one <see cref="EngineFact"/>.</summary>
    EngineFact = 7,

    /// <summary>Cancel every order of the account at once, by another way than the order-entry connection, which is lost; no payload.</summary>
    CancelAllRequest = 8,

    /// <summary>Make the order-entry connection anew: its node restarts and refuses every new request (Bybit V5, 3), or it is to be made anew by plan and no order may be alive; no payload. The frame's generation is that connection's.</summary>
    ReconnectTrade = 9,

    /// <summary>Solve the exact quotes of an instrument: one <see cref="QuoteTableRequest"/>.</summary>
    QuoteTableRequest = 10,

    /// <summary>The venue has refused a request: one <see cref="RefusalFact"/>.</summary>
    RefusalFact = 11,

    /// <summary>What an instrument and the account use of their limits, once a second: one <see cref="Model.RiskFact"/>.</summary>
    RiskFact = 12,

    /// <summary>What the loss ladder is to remember across restarts has changed: the whole content of a <c>LossState</c>.</summary>
    LossState = 13,

    /// <summary>What the gate has last refused for one reason: one <see cref="Model.GateRefusalFact"/>.</summary>
    GateRefusalFact = 14,

    /// <summary>What was made of a bias: one <see cref="Model.BiasFact"/>.</summary>
    BiasFact = 15,

    /// <summary>What has become of a directional request: one <see cref="Model.DirectionalFact"/>.</summary>
    DirectionalFact = 16,
}
