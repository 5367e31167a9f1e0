using System;
using PressureD.Core.Policy;
using PressureD.Simulation.Scenarios;

namespace PressureD.Validation;

/// <summary>The first signal of a policy in a run.</summary>
/// <param name="Victim">The victim's cgroup, or null: nobody was signalled.</param>
/// <param name="Usec">When, since the culprit's start.</param>
/// <param name="Rule">By which rule.</param>
internal sealed record Decision(string? Victim, long Usec, string? Rule)
{
    /// <summary>Times that differ by no more than this, or by no more than a quarter, are alike.</summary>
    internal const long BandUsec = 2_000_000;

    /// <summary>Has a policy decide.</summary>
    /// <param name="scenario">The machine, modelled or recorded.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="startUsec">When the culprit starts there.</param>
    internal static Decision Of(Scenario scenario, PolicySet policy, long startUsec)
    {
        ScenarioOutcome outcome = new ScenarioRun(scenario, policy).Run();
        return outcome.Victims.Count == 0
            ? new Decision(null, 0, null)
            : new Decision(
                outcome.Victims[0].Cgroup, outcome.Victims[0].SignalUsec - startUsec, outcome.Victims[0].Rule);
    }

    /// <summary>As it looks to who sees only so much of the run.</summary>
    internal Decision Within(long seenUsec) => Usec > seenUsec ? new Decision(null, 0, null) : this;

    /// <summary>Whether two are alike: the same victim, or nobody, and about when.</summary>
    internal bool IsLike(Decision other) =>
        Victim == other.Victim
        && Math.Abs(Usec - other.Usec) <= Math.Max(BandUsec, Math.Max(Usec, other.Usec) / 4);
}
