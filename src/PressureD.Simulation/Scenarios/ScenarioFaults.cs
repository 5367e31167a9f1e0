using System;
using System.Collections.Generic;
using PressureD.Simulation.Faults;

namespace PressureD.Simulation.Scenarios;

/// <summary>What goes wrong in a scenario. Times are since its beginning.</summary>
public sealed record ScenarioFaults
{
    /// <summary>Calls that fail.</summary>
    public IReadOnlyList<CallFault> Calls { get; init; } = [];

    /// <summary>Wake-ups that come late.</summary>
    public IReadOnlyList<(long FromUsec, long LateUsec)> LateWakes { get; init; } = [];

    /// <summary>Jumps of the clock.</summary>
    public IReadOnlyList<(long FromUsec, long GapUsec)> ClockGaps { get; init; } = [];

    /// <summary>Processes, by name, that hang when they are killed.</summary>
    public IReadOnlyList<(string Process, long Usec)> Stuck { get; init; } = [];

    /// <summary>Moments at which the daemon is killed and started again.</summary>
    public IReadOnlyList<long> RestartsUsec { get; init; } = [];

    /// <summary>Faults of all kinds drawn from a seed instead; 0: none.</summary>
    public ulong Seed { get; init; }

    /// <summary>Until when faults are drawn from the seed.</summary>
    public long SeedUntilUsec { get; init; } = long.MaxValue;

    /// <summary>Makes another plan of the one that follows from all this; null: it is that.</summary>
    internal Func<IFaultPlan, IFaultPlan>? Around { get; init; }

    /// <summary>Makes the plan of one run.</summary>
    /// <param name="startUsec">The monotonic clock at its beginning.</param>
    public IFaultPlan Plan(long startUsec) =>
        Around is { } around ? around(PlanAlone(startUsec)) : PlanAlone(startUsec);

    private IFaultPlan PlanAlone(long startUsec)
    {
        if (Seed != 0) return new SeededFaults(Seed)
        {
            UntilUsec = SeedUntilUsec == long.MaxValue ? long.MaxValue : startUsec + SeedUntilUsec,
        };
        if (Calls.Count + LateWakes.Count + ClockGaps.Count == 0) return NoFaults.Instance;
        var plan = new ScriptedFaults();
        foreach (var call in Calls)
            plan.Fail(call.Kind, call.PathEnd, call.Errno, call.Times, startUsec + call.FromUsec);
        foreach (var (fromUsec, lateUsec) in LateWakes) plan.WakeLate(startUsec + fromUsec, lateUsec);
        foreach (var (fromUsec, gapUsec) in ClockGaps) plan.ClockGap(startUsec + fromUsec, gapUsec);
        return plan;
    }
}
