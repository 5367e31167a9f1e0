using System;
using PressureD.Core.Cgroups;
using PressureD.Core.Policy;
using PressureD.Core.Sampling;

namespace PressureD.Core.Engine;

/// <summary>All that a rule remembers of one match: the host, or one cgroup.</summary>
internal sealed class MatchState
{
    public MatchState(Rule rule, CgroupSlot? cgroup, CgroupSampler? sampler)
    {
        Rule = rule;
        Cgroup = cgroup;
        Sampler = sampler;
        TimerSinceUsec = new long[rule.TimerCount];
        TimerUnknowns = new byte[rule.TimerCount];
        BaselineTotalUsec = new long[rule.BaselineCount];
    }

    public Rule Rule { get; }

    public CgroupSlot? Cgroup { get; }

    public CgroupSampler? Sampler { get; }

    public MatchPhase Phase { get; set; }

    /// <summary>The condition's value at this step.</summary>
    public Truth When { get; set; }

    /// <summary>Since when each <c>for</c>'s child has been true; 0 when it is not.</summary>
    public long[] TimerSinceUsec { get; }

    /// <summary>Consecutive unknown samples of each <c>for</c>'s child.</summary>
    public byte[] TimerUnknowns { get; }

    /// <summary>Each PSI line's total at <see cref="BaselineUsec"/>.</summary>
    public long[] BaselineTotalUsec { get; }

    /// <summary>
    /// When the totals were noted: at the last act, or at the first sample of a process that knows of the act only from
    /// the run store; 0 when not yet.
    /// </summary>
    public long BaselineUsec { get; set; }

    /// <summary>When an act of this rule last had an effect; 0 when never.</summary>
    public long LastActUsec { get; set; }

    public long ActiveSinceUsec { get; set; }

    /// <summary>The next action of the running chain; −1 when none runs.</summary>
    public int ChainIndex { get; set; } = -1;

    /// <summary>Until when a <c>wait</c> lasts; 0 when none does.</summary>
    public long WaitUntilUsec { get; set; }

    /// <summary>A victim of the running chain has died, and its kill action may end.</summary>
    public bool DeathSeen { get; set; }

    /// <summary>Its cgroup is gone, and the slot may be another cgroup's by now.</summary>
    public bool IsGone { get; set; }

    public PressureLevel NotifiedLevel { get; set; }

    public long LastLogUsec { get; set; }

    /// <summary>Before this, a kill action that found nobody does not choose again.</summary>
    public long ChooseAgainUsec { get; set; }

    /// <summary>Since when a choice waits for what workers read; 0 when none does.</summary>
    public long ChoosingSinceUsec { get; set; }

    /// <summary>The step in which that choice was last tried.</summary>
    public long ChoosingStep { get; set; }

    /// <summary>When it was last said that this rule was held back or found nobody.</summary>
    public long LastRefusalUsec { get; set; }

    /// <summary>Why it last held back while active, as a number; 0 when it has not.</summary>
    public ulong HeldBackFor { get; set; }

    public ReadOnlySpan<long> Values => Sampler is null ? default : Sampler.Values;
}
