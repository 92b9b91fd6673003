namespace LatencyEngine.Model;

/// <summary>What a request does to an order.</summary>
public enum OrderAction : byte
{
    /// <summary>Not set; never sent.</summary>
    Unset = 0,

    /// <summary><c>order.create</c>.</summary>
    Place = 1,

    /// <summary><c>order.amend</c>.</summary>
    Amend = 2,

    /// <summary><c>order.cancel</c>.</summary>
    Cancel = 3,
}
