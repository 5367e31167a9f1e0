using System;
using System.IO;
using PressureD.Core.Incidents;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Linux;
using PressureD.Linux.Incidents;

namespace PressureD;

/// <summary>Where incidents are kept: from the loop through a queue to the disk.</summary>
internal sealed class IncidentKeeper
{
    private readonly IncidentWriter _writer;

    /// <param name="kernel">Its clock.</param>
    /// <param name="dryRun">A dry run has a place of its own, so that it can run beside a daemon that acts.</param>
    /// <param name="wake">Wakes the thread that calls <see cref="Drain"/>.</param>
    public IncidentKeeper(LinuxKernel kernel, bool dryRun, IWake wake)
    {
        var directory = new IncidentDirectory(
            Path.Combine(RuntimePaths.State, dryRun ? "incidents-dry-run" : "incidents"));
        try
        {
            directory.Scan(mayChange: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Problem = $"incidents cannot be kept: {e.Message}";
        }

        FirstId = directory.LastId + 1;
        Queue = new IncidentQueue(wake);
        Log = new EventRing(4, wake);
        _writer = new IncidentWriter(Queue, directory, ProductVersion.Text, () => kernel.NowUsec, Log);
    }

    /// <summary>Where the loop puts them.</summary>
    public IncidentQueue Queue { get; }

    /// <summary>What is wrong with the disk, and that it is no longer.</summary>
    public EventRing Log { get; }

    /// <summary>The number of the next incident.</summary>
    public long FirstId { get; }

    /// <summary>Null, or why what is there cannot even be looked at.</summary>
    public string? Problem { get; }

    /// <summary>Writes what waits. One thread, which may wait for the disk.</summary>
    public void Drain() => _writer.Drain();

    /// <summary>From now on a policy's limit counts. Any thread.</summary>
    public void Limit(PolicySet policy) => _writer.LimitBytes = policy.IncidentBytes;
}
