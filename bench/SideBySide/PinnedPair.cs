namespace LatencyEngine.SideBySide;

/// <summary>A producer and a consumer, each on a thread bound to a core of its own.</summary>
internal sealed class PinnedPair
{
    /// <summary>Chooses the two cores, the first and the last that the process may use.</summary>
    public PinnedPair()
    {
        ulong[] allowed = HostThread.Allowed();
        (ProducerCore, ConsumerCore) = (HostThread.FirstCore(allowed), HostThread.LastCore(allowed));
    }

    /// <summary>Where producers run.</summary>
    public int ProducerCore { get; }

    /// <summary>Where consumers run.</summary>
    public int ConsumerCore { get; }

    /// <summary>Runs both to their ends; the producer begins once the consumer is on its core.</summary>
    public void Run(Action produce, Action consume)
    {
        bool isReady = false;
        var consumer = new Thread(() =>
        {
            HostThread.TryPin(ConsumerCore);
            Volatile.Write(ref isReady, true);
            consume();
        });
        var producer = new Thread(() =>
        {
            HostThread.TryPin(ProducerCore);
            while (!Volatile.Read(ref isReady)) Thread.Yield();
            produce();
        });
        consumer.Start();
        producer.Start();
        producer.Join();
        consumer.Join();
    }
}
