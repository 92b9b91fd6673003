using LatencyEngine.Model;

namespace LatencyEngine.Orders;

/// <summary>What a return code says about the order (Bybit V5, 18.2).</summary>
internal enum AckClass : byte
{
    Unset = 0,
    Accepted = 1,
    Refused = 2,
    Unchanged = 3,
    RateLimited = 4,
    OutcomeUnknown = 5,
    HardStop = 6,
}

/// <summary>The table of return codes.</summary>
internal static class AckClasses
{
    /// <summary>The class of a code. One outside the ranges of V5's list says nothing about the order: its outcome is unknown, and it is looked up.</summary>
    public static AckClass Of(OrderAction action, int returnCode) => returnCode switch
    {
        0 => AckClass.Accepted,
        10006 or 10018 or 10403 or 10429 or 20003 => AckClass.RateLimited,

        // Server timeout, server error, node restarting, trading service under high load: the request may have been carried out.
        10000 or 10016 or Ack.NodeRestartsCode or 429 => AckClass.OutcomeUnknown,

        // The order is gone or busy, and may have filled: only the order stream knows. A create cannot be gone.
        110001 or 110008 or 110010 or 110079 or 40004 => action == OrderAction.Place ? AckClass.Refused : AckClass.OutcomeUnknown,

        // There is one like it already: that may be this one, heard before.
        20006 or 10014 => AckClass.OutcomeUnknown,
        110072 => action == OrderAction.Place ? AckClass.OutcomeUnknown : AckClass.Refused,

        // "Remains unchanged" has no code of its own; other parameter errors share it.
        10001 => action == OrderAction.Amend ? AckClass.Unchanged : AckClass.Refused,

        // The key, its rights, its session, the account or its region are not what the venue accepts: every further request would fail too.
        10003 or 10004 or 10005 or 10007 or 10008 or 10009 or 10010 or 10024 or 10027 or 10028 or 33004 => AckClass.HardStop,

        // Refused before the matching engine (-1, 10xxx, 20xxx), by its rules for an order (110xxx), for its price (30xxx), for a risk limit (3400xxx).
        -1 or 10002 or 10017 or 10029 or 10404 or 20001 => AckClass.Refused,
        (>= 30_000 and < 40_000) or (>= 110_000 and < 120_000) or (>= 3_400_000 and < 3_500_000) => AckClass.Refused,
        _ => AckClass.OutcomeUnknown,
    };
}
