using System.Threading.Channels;

namespace LatencyEngine.Host;

/// <summary>Tells people what happens, on a thread of the pool: a terminal that is stopped, a pipe that nobody reads and a full disk must hold up neither the engine's rings nor the end of a run.</summary>
/// <remarks>Post: any thread, returns at once. Of what nobody takes the oldest is dropped.</remarks>
internal sealed class Teller : IDisposable
{
    private const int WaitingMax = 1_000;
    private static readonly TimeSpan EndWithin = TimeSpan.FromSeconds(2);

    private readonly Channel<Action> _posts = Channel.CreateBounded<Action>(new BoundedChannelOptions(WaitingMax) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest });
    private readonly Task _work;

    public Teller() => _work = Task.Run(WorkAsync);

    /// <summary>Has something told.</summary>
    public void Post(Action tell) => _posts.Writer.TryWrite(tell);

    /// <summary>Waits until all is told, two seconds at most.</summary>
    public void Dispose()
    {
        _posts.Writer.TryComplete();
        _work.Wait(EndWithin);
    }

    private async Task WorkAsync()
    {
        await foreach (Action tell in _posts.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                tell();
            }
            catch (IOException)
            {
                // Nobody can be told of it; the run goes on, and its result says what happened.
            }
        }
    }
}
