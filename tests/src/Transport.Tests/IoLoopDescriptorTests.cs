using System.Runtime.InteropServices;
using LatencyEngine.Model;

namespace LatencyEngine.Transport.Tests;

/// <summary>Takes every descriptor from the process, so it runs alone.</summary>
[CollectionDefinition(nameof(IoLoopDescriptorTests), DisableParallelization = true)]
[Collection(nameof(IoLoopDescriptorTests))]
public sealed class IoLoopDescriptorTests
{
    private const int OpenFiles = 7;   // RLIMIT_NOFILE

    [Fact]
    public void A_process_without_a_descriptor_left_tries_again_until_there_is_one()
    {
        using var venue = new ScriptedVenue();
        using var io = new IoHarness(venue);
        io.StartAndAwaitReady();   // nothing needs to be loaded any more

        Assert.Equal(0, GetLimit(OpenFiles, out Limit before));
        bool isTold;
        try
        {
            Limit none = before with { Soft = 8 };   // poll(2) takes no more entries than this, and has four
            Assert.Equal(0, SetLimit(OpenFiles, in none));
            venue.Session("private").Cut();
            isTold = IoHarness.Within(() => io.Status(VenueChannel.Private).LastFault == "no socket: TooManyOpenSockets");
        }
        finally
        {
            _ = SetLimit(OpenFiles, in before);
        }

        Assert.True(isTold, io.Loop.Describe());
        io.Until(() => io.Status(VenueChannel.Private).TimesReady == 2);
    }

    [DllImport("libc", EntryPoint = "getrlimit")]
    private static extern int GetLimit(int resource, out Limit limit);

    [DllImport("libc", EntryPoint = "setrlimit")]
    private static extern int SetLimit(int resource, in Limit limit);

    private record struct Limit(ulong Soft, ulong Hard);
}
