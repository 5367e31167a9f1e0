using System;
using PressureD.Core.Cgroups;
using PressureD.Core.Policy;
using PressureD.Core.Sampling;

namespace PressureD.Core.Engine;

/// <summary>For whom a condition is evaluated, and what it remembers of them: the machine, or one cgroup.</summary>
/// <remarks>Every step looks at this for thousands of them: it fits into one line of the cache.</remarks>
internal abstract class SubjectState
{
    protected SubjectState(CgroupSlot? cgroup, CgroupSampler? sampler, int stateCount)
    {
        Cgroup = cgroup;
        Sampler = sampler;
        Memory = stateCount == 0 ? [] : new long[stateCount];
    }

    /// <summary>Null for the machine.</summary>
    public CgroupSlot? Cgroup { get; protected set; }

    public CgroupSampler? Sampler { get; private set; }

    /// <summary>
    /// By the nodes' indices: since when a <c>for</c> runs and since when a comparison has its truth (both with two
    /// bits of state below), when a <c>recently</c> was last true, totals at the last act.
    /// </summary>
    public long[] Memory { get; }

    /// <summary>
    /// When the totals were noted: at the last act, or at the first sample of a process that knows of the act only from
    /// the run store; 0 when not yet.
    /// </summary>
    public long BaselineUsec { get; set; }

    /// <summary>When the rule last acted with effect, on this match; 0 when never.</summary>
    public long LastActUsec { get; set; }

    /// <summary>The condition's value at this step.</summary>
    public Truth When { get; set; }

    public ReadOnlySpan<long> Values => Sampler is null ? default : Sampler.Values;

    /// <summary>Its values are not asked for again.</summary>
    public void ForgetSampler() => Sampler = null;

    /// <summary>Takes over what was remembered of the same subject for the same conditions.</summary>
    protected void ContinueMemory(SubjectState before)
    {
        before.Memory.CopyTo(Memory, 0);
        BaselineUsec = before.BaselineUsec;
    }
}
