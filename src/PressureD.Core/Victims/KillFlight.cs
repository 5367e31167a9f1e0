using System;
using PressureD.Core.Engine;
using PressureD.Core.Sampling;

namespace PressureD.Core.Victims;

/// <summary>One victim between the first signal and the settled account.</summary>
internal sealed class KillFlight
{
    public FlightStage Stage { get; set; }

    public Victim Victim { get; } = new();

    /// <summary>The rule's match that killed; null for a flight taken over from a previous process.</summary>
    public MatchState? Match { get; set; }

    public ulong RuleHash { get; private set; }

    /// <summary>The rule that killed, as the policy in force has it; null when it has none of that name.</summary>
    public RuleRuntime? Rule { get; set; }

    /// <summary>The action whose protections the victim is under; null when the policy has it no more.</summary>
    public CompiledKill? Kill { get; set; }

    /// <summary>Where in its rule's chain the action is that killed; −1 when that is not known.</summary>
    public int ActionIndex { get; private set; } = -1;

    /// <summary>Somebody asked for it: it goes on whether there is pressure or not.</summary>
    public bool IsAsked { get; set; }

    /// <summary>Whether the victim itself was named, so that no rule is behind it.</summary>
    public bool IsNamed => RuleHash == 0;

    /// <summary>The incident of a kill that was asked for; 0 when a rule's match has it, or none.</summary>
    public long Incident { get; set; }

    /// <summary>
    /// KILL was noted by a previous process, which may have died before it was sent: it must be sent again.
    /// </summary>
    public bool IsKillUnsure { get; set; }

    /// <summary>Whether somebody of a cgroup that was killed one by one may have been missed.</summary>
    public bool MayHaveEscaped { get; set; }

    /// <summary>Since when the examination before KILL has waited for what workers read; 0 when it does not.</summary>
    public long ExaminingSinceUsec { get; set; }

    /// <summary>The process handle, or the watched cgroup.events of a cgroup.</summary>
    public int Descriptor { get; set; } = -1;

    public long SignalUsec { get; set; }

    public long KillUsec { get; set; }

    public long DeadUsec { get; set; }

    public long GraceUsec { get; set; }

    /// <summary>The machine's memory at the last signal; unknown for a flight that was taken over.</summary>
    public HostMemory Before { get; set; }

    /// <summary>When that was.</summary>
    public long BeforeUsec { get; set; }

    /// <summary>Available memory when KILL was sent.</summary>
    public long AvailableAtKillBytes { get; set; }

    /// <summary>
    /// How fast others than the victim took headroom at the first signal, bytes a second, at least 0.
    /// </summary>
    public long ConsumptionBytesPerSecond { get; set; }

    /// <summary>Whose memory workers free or have freed, the first <see cref="ReleaseCount"/>.</summary>
    public MemberRelease[] Releases { get; } = new MemberRelease[MemoryReleases.MostOfOne];

    public int ReleaseCount { get; set; }

    /// <summary>systemd takes the death for its unit's.</summary>
    public bool CountsForUnit { get; set; }

    /// <summary>When workers are asked for what it still holds; unlimited when they have been.</summary>
    public long ReleaseUsec { get; set; }

    /// <summary>What it held at the last sign that it comes apart.</summary>
    public long RemainingBytes { get; set; }

    /// <summary>CPU time that the exit of its processes had taken at that sign, clock ticks.</summary>
    public long ExitTicks { get; set; }

    /// <summary>When that sign was seen; 0 before the first.</summary>
    public long ShrankUsec { get; set; }

    /// <summary>What its death freed, once settled.</summary>
    public long FreedBytes { get; set; }

    /// <summary>From here on its victim is that of a kill action.</summary>
    /// <param name="rule">The action's rule; null when the victim was named.</param>
    /// <param name="match">What the rule watches, whose chain waits for it.</param>
    /// <param name="kill">The action.</param>
    public void BelongTo(RuleRuntime? rule, MatchState? match, CompiledKill kill)
    {
        Match = match;
        RuleHash = rule?.Hash ?? 0;
        Rule = rule;
        Kill = kill;
        ActionIndex = rule is null ? -1 : Array.IndexOf(rule.Kills, kill);
    }

    /// <summary>It was left by a previous process, which knew its rule and action by number.</summary>
    public void BelongTo(ulong ruleHash, int actionIndex)
    {
        RuleHash = ruleHash;
        ActionIndex = actionIndex;
    }

    /// <summary>
    /// Ready for another victim. Whom this was about is left until then: what failed is said after it.
    /// </summary>
    public void Clear()
    {
        Stage = FlightStage.Free;
        Match = null;
        RuleHash = 0;
        Rule = null;
        Kill = null;
        ActionIndex = -1;
        IsAsked = false;
        Incident = 0;
        IsKillUnsure = false;
        MayHaveEscaped = false;
        ExaminingSinceUsec = 0;
        Descriptor = -1;
        SignalUsec = 0;
        KillUsec = 0;
        DeadUsec = 0;
        GraceUsec = 0;
        Before = default;
        BeforeUsec = 0;
        AvailableAtKillBytes = 0;
        ConsumptionBytesPerSecond = 0;
        ReleaseCount = 0;
        CountsForUnit = false;
        ReleaseUsec = 0;
        RemainingBytes = 0;
        ExitTicks = 0;
        ShrankUsec = 0;
        FreedBytes = 0;
    }
}
