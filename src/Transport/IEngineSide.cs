namespace LatencyEngine.Transport;

/// <summary>The reader of the inbound ring, as the io thread sees it: called in place, or woken on its own thread.</summary>
public interface IEngineSide
{
    /// <summary>Frames have been published. Thread: io. Called after every burst, and while the ring is full.</summary>
    void OnPublished();
}
