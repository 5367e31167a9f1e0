using System;
using PressureD.Core.Policy;
using PressureD.Core.Sampling;

namespace PressureD.Core.Engine;

/// <summary>
/// The look before an act: levels and totals are read again, timers and windows keep what the step found.
/// </summary>
internal sealed class ConditionRecheck(CgroupSamples samples)
{
    /// <summary>What the rule's condition says now.</summary>
    /// <param name="match">Whose.</param>
    /// <param name="host">The machine's values, read again.</param>
    /// <param name="nowUsec">When they were.</param>
    public Truth Evaluate(MatchState match, ReadOnlySpan<long> host, long nowUsec)
    {
        if (!Resample(match, host, nowUsec))
            return Truth.Unknown;
        foreach (GroupRuntime group in match.Groups)
        {
            foreach (GroupMember member in group.Members)
            {
                if (group.Holds(member, match.Cgroup))
                    Resample(member, host, nowUsec);
            }

            group.Evaluate(host, nowUsec, recheck: true);
        }

        return new ConditionEvaluator(host, match, nowUsec, recheck: true).Evaluate(match.Rule.When);
    }

    /// <returns>False when the cgroup is gone.</returns>
    private bool Resample(SubjectState subject, ReadOnlySpan<long> host, long nowUsec)
    {
        if (subject.Sampler is not { } sampler)
            return true;
        samples.Resample(sampler, host, nowUsec);
        return !sampler.IsGone;
    }
}
