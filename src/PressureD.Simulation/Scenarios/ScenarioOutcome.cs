using System.Collections.Generic;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Workloads;

namespace PressureD.Simulation.Scenarios;

/// <summary>What came of a run.</summary>
public sealed record ScenarioOutcome
{
    /// <summary>The machine at the end.</summary>
    public required ScenarioStage Stage { get; init; }

    /// <summary>The timeline.</summary>
    public required IReadOnlyList<ScenarioRow> Rows { get; init; }

    /// <summary>What happened, in order.</summary>
    public required IReadOnlyList<ScenarioEvent> Events { get; init; }

    /// <summary>Whom the daemon signalled, in order.</summary>
    public required IReadOnlyList<ScenarioVictim> Victims { get; init; }

    /// <summary>The scenario's processes that ended, in order.</summary>
    public required IReadOnlyList<SimulatedProcess> Deaths { get; init; }

    /// <summary>Victims of the kernel's own killer.</summary>
    public required IReadOnlyList<OomKillRecord> KernelKills { get; init; }

    /// <summary>The cgroups in which the daemon wrote or signalled, in order.</summary>
    public required IReadOnlyList<ScenarioTouch> Touched { get; init; }

    /// <summary>
    /// When the total of each expected stall was first seen to be too much, since the beginning; −1: never.
    /// </summary>
    public required IReadOnlyList<long> StalledTooLongUsec { get; init; }

    /// <summary>What the script does and the machine did not take.</summary>
    public required IReadOnlyList<ScenarioFailure> Refused { get; init; }

    /// <summary>When the daemon first wrote or signalled, since the beginning; null: never.</summary>
    public required long? FirstActUsec { get; init; }

    /// <summary>What control files contained that are expected to contain something; null: none.</summary>
    public required IReadOnlyList<string?> Contents { get; init; }

    /// <summary>The least MemAvailable of any tick.</summary>
    public required long LeastAvailableBytes { get; init; }

    /// <summary>Steps of the daemon.</summary>
    public required long Steps { get; init; }

    /// <summary>The longest lateness of any probe; null without one: others do not tell one wait from the next.
    /// </summary>
    public long? LongestStallUsec
    {
        get
        {
            long? longest = null;
            foreach (var process in Stage.Processes)
            {
                if (process.Workload is not ProbeWorkload probe) continue;
                longest = long.Max(longest ?? 0, probe.LongestStallUsec);
                longest = long.Max(longest.Value, probe.CurrentStallUsec(EndOf(process)));
            }

            return longest;
        }
    }

    /// <summary>
    /// All lateness of all probes; without one what the scenario's processes waited for memory, all together. Null of a
    /// recording, which has neither.
    /// </summary>
    public long? TotalStallUsec
    {
        get
        {
            long? late = null;
            long waitedNsec = 0;
            foreach (var process in Stage.Processes)
            {
                waitedNsec += process.MemoryStallNsec;
                if (process.Workload is not ProbeWorkload probe) continue;
                late = (late ?? 0) + probe.TotalStallUsec + probe.CurrentStallUsec(EndOf(process));
            }

            return late ?? (Stage.Replayed is null ? waitedNsec / 1000 : null);
        }
    }

    /// <summary>What the victims held when they were signalled: the work that was lost.</summary>
    public long LostBytes
    {
        get
        {
            long bytes = 0;
            foreach (var victim in Victims) bytes += victim.HeldBytes;
            foreach (var kill in KernelKills) bytes += (kill.AnonKiB + kill.FileKiB + kill.ShmemKiB) << 10;
            return bytes;
        }
    }

    /// <summary>A probe: all its lateness; another: all its waiting for memory.</summary>
    internal static long StallUsec(SimulatedProcess process, long nowUsec)
    {
        if (process.Workload is not ProbeWorkload probe) return process.MemoryStallNsec / 1000;
        return probe.TotalStallUsec + (process.IsAlive ? probe.CurrentStallUsec(nowUsec) : 0);
    }

    // Who is dead waits no more.
    private long EndOf(SimulatedProcess process) =>
        process.EndedUsec != 0 ? process.EndedUsec : Stage.Machine.NowUsec;
}
