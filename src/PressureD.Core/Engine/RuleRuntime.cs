using System;
using System.Collections.Generic;
using System.Text;
using PressureD.Core.Actions;
using PressureD.Core.Cgroups;
using PressureD.Core.Durable;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Core.Sampling;
using PressureD.Core.Victims;

namespace PressureD.Core.Engine;

/// <summary>A rule with what it needs to run: its kills ready, its groups of cgroups, its matches.</summary>
internal sealed class RuleRuntime
{
    /// <summary>
    /// A rule that asks about something unknown for this many samples is degraded: rates need two, the trend three.
    /// </summary>
    private const int UnknownsThatDegrade = 5;

    /// <summary>And for so long, for samples can follow fast.</summary>
    private const long UnknownThatDegradesUsec = 2_000_000;

    private readonly byte[] _name;
    private int _unknowns;
    private long _unknownSinceUsec;

    public RuleRuntime(Rule rule, ActionServices services)
    {
        Rule = rule;
        _name = Encoding.UTF8.GetBytes(rule.Name);
        Hash = RunLedger.HashOf(rule.Name);
        Asleep = new SleepingMatches(rule.TimerCount);
        Groups = new GroupRuntime[rule.Groups.Length];
        for (int i = 0; i < Groups.Length; i++)
            Groups[i] = new GroupRuntime(rule.Groups[i]);
        WatchesCgroups = rule.Groups.Length > 0
            || Array.Exists(rule.MatchMetrics, static metric => metric.Unit == MetricUnit.Bytes);
        Kills = new CompiledKill?[rule.Actions.Length];
        Runners = new ActionRunner?[rule.Actions.Length];
        for (int i = 0; i < Kills.Length; i++)
        {
            Runners[i] = services.MakeRunner(rule.Actions[i]);
            if (rule.Actions[i] is KillAction kill)
            {
                Kills[i] = new CompiledKill(kill);
                HasKill = true;
            }

            TellsOfVictims |= rule.Actions[i] is RunAction;
        }

        TellsOfVictims &= HasKill;
        Outlook = HasKill ? new KillOutlook() : null;
    }

    public Rule Rule { get; }

    /// <summary>Whether its condition asks about sizes of cgroups, so that its matches differ.</summary>
    public bool WatchesCgroups { get; }

    /// <summary>Whom it would kill, as was found last; null for a rule that kills nobody.</summary>
    public KillOutlook? Outlook { get; }

    /// <summary>The name as a number, by which the run store knows the rule.</summary>
    public ulong Hash { get; }

    /// <summary>The groups of cgroups that its conditions ask about.</summary>
    public GroupRuntime[] Groups { get; }

    /// <summary>By action; null for actions that do not kill.</summary>
    public CompiledKill?[] Kills { get; }

    /// <summary>By action; null for those that the engine itself carries out.</summary>
    public ActionRunner?[] Runners { get; }

    public bool HasKill { get; }

    /// <summary>Whether it kills, and runs programs that are told whom.</summary>
    public bool TellsOfVictims { get; }

    /// <summary>For a rule that asks for an extended attribute: the cgroups of its pattern, with it or not.</summary>
    public List<CgroupSlot> Candidates { get; } = new();

    /// <summary>Those that are kept whole: one at least when there is any.</summary>
    public List<MatchState> Matches { get; } = new();

    /// <summary>The matches beyond those, of a rule that has very many.</summary>
    public SleepingMatches Asleep { get; private set; }

    /// <summary>While a policy takes over: the same rule of the one before.</summary>
    public RuleRuntime? Before { get; set; }

    public int MatchCount => Matches.Count + Asleep.Count;

    /// <summary>How near to acting the nearest of those that sleep is; null when none does.</summary>
    public MatchPhase? AsleepPhase =>
        Asleep.Count == 0 ? null : IsAnyAsleepPending ? MatchPhase.Pending : MatchPhase.Idle;

    /// <summary>Whether the condition was true, or would have been but for a <c>for</c>, of one of those.</summary>
    public bool IsAnyAsleepPending { get; set; }

    /// <summary>
    /// Whether there was no room to wake one of them up at the last step: as many others are active or cool down.
    /// </summary>
    public bool HoldsAsleep { get; set; }

    /// <summary>What somebody said of the dry run while the daemon runs; null: what the policy says.</summary>
    public bool? DryRunOverride { get; set; }

    /// <summary>Whether the rule only says what it would do.</summary>
    public bool IsDryRun => DryRunOverride ?? Rule.DryRun;

    /// <summary>Whether part of the condition cannot be decided on this machine, for none of the matches.</summary>
    public bool IsDegraded { get; private set; }

    /// <summary>
    /// Goes on where the rule of that name stood in the policy before, if it asks for the same of the same.
    /// </summary>
    public void Continue(RuleRuntime before)
    {
        if (!AsksTheSame(Rule, before.Rule))
            return;
        _unknowns = before._unknowns;
        _unknownSinceUsec = before._unknownSinceUsec;
        IsDegraded = before.IsDegraded;
        bool sameChain = Rule.HasSameActions(before.Rule);
        for (int i = 0; i < Groups.Length; i++)
            Groups[i].Continue(before.Groups[i]);
        for (int i = 0; i < Matches.Count; i++)
        {
            // Mostly nothing has come or gone between, so that the places are the same.
            CgroupSlot? cgroup = Matches[i].Cgroup;
            int at = i < before.Matches.Count && ReferenceEquals(before.Matches[i].Cgroup, cgroup)
                ? i
                : before.IndexOf(cgroup);
            if (at >= 0)
                Matches[i].Continue(before.Matches[at], sameChain);
        }
    }

    /// <summary>
    /// Passes the matches that sleep on to the rule of that name in the next policy, if it asks for the same of the
    /// same. Here they are no more in any case, so that there are never twice as many.
    /// </summary>
    public void PassAsleep(RuleRuntime? next)
    {
        if (next is not null && AsksTheSame(next.Rule, Rule))
        {
            next.Asleep = Asleep;
            next.Before = this;
        }

        Asleep = new SleepingMatches(0);
    }

    /// <summary>The place of a cgroup's match, or of the machine's; −1 when it is none.</summary>
    public int IndexOf(CgroupSlot? cgroup)
    {
        for (int i = 0; i < Matches.Count; i++)
        {
            if (ReferenceEquals(Matches[i].Cgroup, cgroup))
                return i;
        }

        return -1;
    }

    /// <summary>What the actions remember of one match.</summary>
    public ActionState?[] NewActionStates()
    {
        var states = new ActionState?[Runners.Length];
        for (int i = 0; i < states.Length; i++)
            states[i] = Runners[i]?.NewState();
        return states;
    }

    /// <summary>Runs what changes nothing of its actions, for one match.</summary>
    public void RehearseActions()
    {
        for (int i = 0; i < Runners.Length && Matches.Count > 0; i++)
            Runners[i]?.Rehearse(Matches[0], Matches[0].Actions[i]!);
    }

    /// <summary>The match is over: what its actions have under way comes to its end.</summary>
    public void EndActions(MatchState match, long nowUsec, HostSampler host, PolicySet policy)
    {
        for (int i = 0; i < Runners.Length; i++)
            Runners[i]?.End(new ActionStep(this, match, match.Actions[i]!, nowUsec, host, policy));
    }

    /// <summary>The match is over or no more: gives back what its actions have under way.</summary>
    public void CancelActions(MatchState match)
    {
        for (int i = 0; i < Runners.Length; i++)
            Runners[i]?.Cancel(match.Actions[i]!);
    }

    /// <summary>Nobody asks again what its matches and members read: the memory may be another policy's.</summary>
    public void ForgetSamplers()
    {
        Asleep.ForgetSamplers();
        foreach (MatchState match in Matches)
            match.ForgetSampler();
        foreach (GroupRuntime group in Groups)
        {
            foreach (GroupMember member in group.Members)
                member.ForgetSampler();
        }
    }

    /// <summary>Whether it has this name, in UTF-8.</summary>
    public bool IsNamed(ReadOnlySpan<byte> name) => name.SequenceEqual(_name);

    /// <summary>Whether two rules watch the same of the same cgroups.</summary>
    public static bool AsksTheSame(Rule rule, Rule before) =>
        rule.HasSameScope(before)
        && rule.When.Text == before.When.Text
        && rule.Until?.Text == before.Until?.Text
        && rule.StateCount == before.StateCount
        && rule.Groups.Length == before.Groups.Length;

    /// <summary>The action that has a victim in flight; null when none kills victims of its kind.</summary>
    /// <param name="kind">The victim's.</param>
    /// <param name="index">
    /// Where it was in the chain, −1 when that is not known. Where none of the kind is by now, the first one of it is
    /// meant.
    /// </param>
    public CompiledKill? KillOf(VictimKind kind, int index)
    {
        if (index >= 0 && index < Kills.Length && Kills[index] is { } same && CanTake(same.Action, kind))
            return same;
        foreach (CompiledKill? kill in Kills)
        {
            if (kill is not null && CanTake(kill.Action, kind))
                return kill;
        }

        return null;
    }

    /// <summary>A unit is its cgroup, and the smallest useful part of a cgroup can be one process.</summary>
    private static bool CanTake(KillAction kill, VictimKind kind) => kill.Victim == kind
        || (kind == VictimKind.Cgroup && kill.Victim == VictimKind.Unit)
        || (kind == VictimKind.Process && kill.SmallestUseful);

    /// <summary>Takes a sample.</summary>
    /// <param name="unknown">Whether something that the condition compares was unknown for every match.</param>
    /// <param name="nowUsec">When it was taken.</param>
    /// <returns>True when <see cref="IsDegraded"/> changed.</returns>
    public bool NoteSample(bool unknown, long nowUsec)
    {
        bool was = IsDegraded;
        _unknowns = unknown ? Math.Min(_unknowns + 1, UnknownsThatDegrade) : 0;
        if (_unknowns == 1)
            _unknownSinceUsec = nowUsec;
        IsDegraded = _unknowns >= UnknownsThatDegrade
            && nowUsec - _unknownSinceUsec >= UnknownThatDegradesUsec;
        return IsDegraded != was;
    }
}
