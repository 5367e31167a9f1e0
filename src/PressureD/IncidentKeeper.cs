using System;
using System.IO;
using PressureD.Core.Incidents;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Linux;
using PressureD.Linux.Incidents;
using PressureD.Systemd;

namespace PressureD;

/// <summary>
/// Where incidents are kept: from the loop through a queue to the disk, and from there to whoever asks over the bus.
/// </summary>
internal sealed class IncidentKeeper
{
    private readonly LinuxKernel _kernel;
    private readonly IncidentDirectory _directory;
    private readonly IncidentWriter _writer;
    private IncidentAnswers? _answers;

    /// <param name="kernel">Its clock.</param>
    /// <param name="dryRun">A dry run has a place of its own, so that it can run beside a daemon that acts.</param>
    /// <param name="wake">Wakes the thread that calls <see cref="Drain"/>.</param>
    /// <param name="kept">
    /// Hears of every incident that is complete and can be read from now on; that thread alone produces there.
    /// </param>
    public IncidentKeeper(LinuxKernel kernel, bool dryRun, IWake wake, IEventSink kept)
    {
        _kernel = kernel;
        _directory = new IncidentDirectory(
            Path.Combine(RuntimePaths.State, dryRun ? "incidents-dry-run" : "incidents"));
        try
        {
            _directory.Scan(mayChange: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Problem = $"incidents cannot be kept: {e.Message}";
        }

        FirstId = _directory.LastId + 1;
        Queue = new IncidentQueue(wake);
        Log = new EventRing(4, wake);
        _writer = new IncidentWriter(Queue, _directory, ProductVersion.Text, () => kernel.NowUsec, Log, kept);
    }

    /// <summary>Where the loop puts them.</summary>
    public IncidentQueue Queue { get; }

    /// <summary>What is wrong with the disk, and that it is no longer.</summary>
    public EventRing Log { get; }

    /// <summary>One more than the greatest number on disk.</summary>
    public long FirstId { get; }

    /// <summary>Null, or why what is there cannot even be looked at.</summary>
    public string? Problem { get; }

    /// <summary>Writes what waits. One thread, which may wait for the disk.</summary>
    public void Drain() => _writer.Drain();

    /// <summary>To be signalled when the loop has told of those that go on.</summary>
    public EventDescriptor LoopAnswered { get; } = new();

    /// <summary>From now on questions come from a desk; the loop is asked for those that go on.</summary>
    public void ReadFor(IncidentDesk desk, OpenIncidents open) => _answers = new IncidentAnswers(
        desk, _directory, new OpenIncidentReader(open, LoopAnswered.Wait, ProductVersion.Text, () => _kernel.NowUsec));

    /// <summary>Answers what is asked. One thread, which may wait for the disk.</summary>
    public void Serve() => _answers?.Serve();

    /// <summary>From now on a policy's limit counts. Any thread.</summary>
    public void Limit(PolicySet policy) => _writer.LimitBytes = policy.IncidentBytes;
}
