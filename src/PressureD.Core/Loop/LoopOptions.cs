using PressureD.Core.Commands;
using PressureD.Core.Incidents;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;

namespace PressureD.Core.Loop;

/// <summary>What a <see cref="DaemonLoop"/> is made of.</summary>
public sealed record LoopOptions
{
    public required IKernel Kernel { get; init; }

    public required IRunStore Store { get; init; }

    public required IEventSink Sink { get; init; }

    public required SnapshotBoard Board { get; init; }

    public required PolicySet Policy { get; init; }

    /// <summary>Whether actions are only said.</summary>
    public bool DryRun { get; init; }

    /// <summary>The service manager; null where there is none to ask.</summary>
    public IServiceJobs? Services { get; init; }

    /// <summary>Where incidents go; null when nobody keeps them.</summary>
    public IIncidentShelf? Incidents { get; init; }

    /// <summary>Where those that go on are asked for; null: nowhere.</summary>
    public OpenIncidents? OpenIncidents { get; init; }

    /// <summary>
    /// The least number of the first incident: one more than the last on disk. What the store knows of was given out
    /// too, and comes before it.
    /// </summary>
    public long FirstIncident { get; init; } = 1;

    /// <summary>Where requests to the loop come from; null: from nowhere.</summary>
    public CommandQueue? Commands { get; init; }

    /// <summary>What was found missing before the loop: one sentence each.</summary>
    public string[] DegradedReasons { get; init; } = [];

    /// <summary>How the policy stands to the one on disk.</summary>
    public PolicyStanding PolicyStanding { get; init; } = new(null, false);
}
