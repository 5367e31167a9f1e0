using PressureD.Core.Engine;
using PressureD.Core.Policy;
using PressureD.Core.Sampling;

namespace PressureD.Core.Actions;

/// <summary>One step of one action for one match.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Match">The match, active.</param>
/// <param name="State">What the action remembers of the match.</param>
/// <param name="NowUsec">The step's time.</param>
/// <param name="Host">The machine's values.</param>
/// <param name="Policy">The policy in force.</param>
internal readonly record struct ActionStep(
    RuleRuntime Rule, MatchState Match, ActionState State, long NowUsec, HostSampler Host, PolicySet Policy)
{
    /// <summary>Whether the condition holds at this step.</summary>
    public bool Holds => Match.When == Truth.True;
}
