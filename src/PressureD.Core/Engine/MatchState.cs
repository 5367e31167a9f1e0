using System;
using PressureD.Core.Actions;
using PressureD.Core.Cgroups;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Core.Sampling;
using PressureD.Core.Victims;

namespace PressureD.Core.Engine;

/// <summary>All that a rule remembers of one match: the host, or one cgroup.</summary>
internal sealed class MatchState : SubjectState
{
    public MatchState(Rule rule, CgroupSlot? cgroup, CgroupSampler? sampler)
        : base(cgroup, sampler, rule.StateCount)
    {
        Rule = rule;
    }

    public Rule Rule { get; }

    /// <summary>The rule's groups of cgroups, shared by all its matches.</summary>
    public GroupRuntime[] Groups { get; init; } = [];

    /// <summary>By action; null for those that remember nothing of their own.</summary>
    public ActionState?[] Actions { get; set; } = [];

    /// <summary>The same match of the policy that has replaced this one's; null when it does not go on there.</summary>
    public MatchState? Successor { get; private set; }

    /// <summary>
    /// The last victim of the running chain, for the programs that it runs later; null where nobody is told of it.
    /// </summary>
    public Victim? Victim { get; init; }

    public MatchPhase Phase { get; set; }

    /// <summary>Since when the condition has had its value; 0 before the first sample.</summary>
    public long WhenSinceUsec { get; set; }

    public long ActiveSinceUsec { get; set; }

    /// <summary>The next action of the running chain; −1 when none runs.</summary>
    public int ChainIndex { get; set; } = -1;

    /// <summary>Until when a <c>wait</c> lasts; 0 when none does.</summary>
    public long WaitUntilUsec { get; set; }

    /// <summary>An action of the running chain has changed something.</summary>
    public bool ChainActed { get; set; }

    /// <summary>A victim of the running chain has died or is another rule's, and its kill action may end.</summary>
    public bool DeathSeen { get; set; }

    /// <summary>Its cgroup is gone, so that the slot may be another cgroup's by now; or it went to sleep.</summary>
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

    /// <summary>Goes on where the match of the policy before stood, whose rule asked for the same.</summary>
    /// <param name="before">Not used again, but to find this one.</param>
    /// <param name="sameChain">Whether the actions are the same, so that a chain goes on where it is.</param>
    public void Continue(MatchState before, bool sameChain)
    {
        before.Successor = this;
        ContinueMemory(before);
        Phase = before.Phase;
        When = before.When;
        LastActUsec = Math.Max(LastActUsec, before.LastActUsec);
        Cools = before.Cools;
        WasAsked = before.WasAsked;
        ActiveSinceUsec = before.ActiveSinceUsec;
        NotifiedLevel = before.NotifiedLevel;
        LastLogUsec = before.LastLogUsec;
        LastRefusalUsec = before.LastRefusalUsec;
        HeldBackFor = before.HeldBackFor;
        if (!sameChain)
            return;
        ChainIndex = before.ChainIndex;
        ChainActed = before.ChainActed;
        WaitUntilUsec = before.WaitUntilUsec;
        PrekillDeadlineUsec = before.PrekillDeadlineUsec;
        DeathSeen = before.DeathSeen;
        ChooseAgainUsec = before.ChooseAgainUsec;
        if (before.Victim is { IsChosen: true } victim)
            Victim?.CopyFrom(victim);

        // What is under way is not begun once more, and what rests goes on resting.
        (Actions, before.Actions) = (before.Actions, Actions);
    }

    /// <summary>Begins the chain of actions.</summary>
    public void BeginChain()
    {
        // A death that came after an earlier chain had ended is not this one's, and neither are its victims.
        ChainIndex = 0;
        DeathSeen = false;
        ChainActed = false;
        PrekillDeadlineUsec = 0;
        Victim?.Clear();
    }

    /// <summary>Goes on with the times that were remembered while it slept.</summary>
    public void TakeTimers(Span<long> timers)
    {
        MoveTimers(Rule.When, timers, takes: true);
        MoveTimers(Rule.Until, timers, takes: true);
    }

    /// <summary>Leaves them for its sleep.</summary>
    public void LeaveTimers(Span<long> timers)
    {
        MoveTimers(Rule.When, timers, takes: false);
        MoveTimers(Rule.Until, timers, takes: false);
    }

    /// <summary>Whether the last act started the cooldown; one that always continues does not.</summary>
    public bool Cools { get; set; } = true;

    /// <summary>Whether the last act was none of its chain's: somebody asked for a kill by this rule.</summary>
    public bool WasAsked { get; set; }

    /// <summary>Whether the chain of this very firing acted last, so that it is its own cooldown that runs.</summary>
    public bool HasActedSinceFiring => !WasAsked && LastActUsec >= ActiveSinceUsec;

    /// <summary>When a cooldown that runs ends; 0 when none runs.</summary>
    public long CooldownEndUsec(long nowUsec)
    {
        long endUsec = LastActUsec + Rule.CooldownUsec;
        return LastActUsec != 0 && Cools && endUsec > nowUsec ? endUsec : 0;
    }

    /// <summary>Says what began the cooldown that runs, when, and until when it does.</summary>
    public TextBuffer AppendCooldown(TextBuffer text, long nowUsec) => text
        .Append(WasAsked ? "somebody had it kill "u8 : "it acted "u8).AppendDuration(nowUsec - LastActUsec)
        .Append(" ago, and its cooldown of "u8).AppendDuration(Rule.CooldownUsec).Append(" goes on for "u8)
        .AppendDuration(CooldownEndUsec(nowUsec) - nowUsec);

    /// <summary>
    /// Until when the running chain's victims may wait for a program that runs before their kill; 0 when none did.
    /// </summary>
    public long PrekillDeadlineUsec { get; set; }

    /// <summary>
    /// The rule has acted on this match, with effect: cooldowns begin, and averages are judged by what stalls from here
    /// on.
    /// </summary>
    public void NoteAct(ReadOnlySpan<long> host, long nowUsec)
    {
        LastActUsec = nowUsec;
        new ConditionEvaluator(host, this, nowUsec, recheck: true).TakeBaselines(Rule);
        foreach (GroupRuntime group in Groups)
            group.NoteAct(host, nowUsec);
    }

    private void MoveTimers(Condition? condition, Span<long> timers, bool takes)
    {
        foreach (ref readonly ConditionNode node in (condition?.Nodes).AsSpan())
        {
            if (node.TimerIndex < 0)
                continue;
            ref long timer = ref timers[node.TimerIndex];
            ref long own = ref Memory[node.StateIndex];
            (timer, own) = takes ? (timer, timer) : (own, own);
        }
    }
}
