using System;
using PressureD.Core.Engine;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Core.Sampling;
using PressureD.Core.Victims;

namespace PressureD.Core.Commands;

/// <summary>Why a rule does not act: what is false, by how much and since when, and what holds it back.</summary>
internal sealed class WhyNotAnswer
{
    /// <summary>Matches that one answer describes at most; those that are nearest to acting come first.</summary>
    private const int MostMatches = 8;

    /// <summary>Under pressure it is looked seldom; what was found so long ago still counts.</summary>
    private const long StaleUsec = 3_000_000;

    private readonly KillFlights _flights;
    private readonly Brake _brake;
    private readonly KillRunner _kills;
    private readonly VictimPreview _preview;
    private readonly TextBuffer _text = new(1024);
    private readonly TextBuffer _terms = new(4096);

    public WhyNotAnswer(KillRunner kills, KillFlights flights, Brake brake, VictimPreview preview)
    {
        _kills = kills;
        _flights = flights;
        _brake = brake;
        _preview = preview;
    }

    /// <summary>
    /// ussta(ssst): whom it would end if it had to act now (pid, comm, cgroup, bytes; all empty or 0 when that is
    /// nobody, or was not looked for); then the reasons: what kind, the match's cgroup (empty: the machine, or all), a
    /// sentence, and until when (0: that is not known).
    /// </summary>
    /// <returns>False when it has to be asked again later.</returns>
    public bool Write(ReplyBuffer reply, RuleRuntime rule, RuleEngine engine, HostSampler host, long nowUsec)
    {
        reply.Clear();
        if (!Look(rule, engine, nowUsec))
            return false;
        // Whoever was found before the last signal may be the one who got it, whoever sent it.
        KillOutlook? outlook = rule.Outlook is { SeenUsec: not 0 } seen && nowUsec - seen.SeenUsec < StaleUsec
            && seen.SeenUsec > _flights.SignalledUsec
            ? seen
            : null;

        // Before the reasons, which may fill what is left.
        KillOutlook? victim = outlook is { IsSomebody: true } ? outlook : null;
        reply.Count(victim?.Pid ?? 0)
            .Text(victim is null ? default : victim.Comm.Span)
            .Text(victim is null ? default : victim.Path.Span)
            .Unsigned(victim?.SizeBytes ?? 0);
        reply.OpenArray("(ssst)"u8);
        AddGates(reply, rule, engine, nowUsec);
        int written = 0;
        for (MatchPhase phase = MatchPhase.Active; phase >= MatchPhase.Idle && written < MostMatches; phase--)
        {
            foreach (MatchState match in rule.Matches)
            {
                if (match.Phase == phase && written++ < MostMatches)
                    AddMatch(reply, match, host, nowUsec);
            }
        }

        if (outlook is { IsSomebody: false })
            AddNobody(reply, outlook);
        reply.CloseArray();
        return true;
    }

    private void AddGates(ReplyBuffer reply, RuleRuntime rule, RuleEngine engine, long nowUsec)
    {
        if (_kills.Pause.IsOn)
        {
            Begin("all actions are paused for "u8).AppendDuration(_kills.Pause.UntilUsec - nowUsec).Append(" more"u8);
            if (_kills.Pause.Reason.Length > 0)
                _text.Append(": "u8).Append(_kills.Pause.Reason);
            Add(reply, "paused"u8, default, _kills.Pause.UntilUsec);
        }

        if (_kills.DryRun)
            AddFixed(reply, "dry-run"u8, "the whole daemon is in a dry run: it only says what it would do"u8);
        else if (rule.IsDryRun)
            AddFixed(reply, "dry-run"u8, "the rule is in a dry run: it only says what it would do"u8);
        if (rule.Rule.ForEach is { } pattern && rule.Matches.Count == 0)
        {
            Begin("there is no cgroup "u8).Append(pattern.Text);
            Add(reply, "no-match"u8, default, 0);
        }

        if (!rule.HasKill)
            return;
        foreach (CompiledKill? kill in rule.Kills)
        {
            if (kill is not null && AddBrake(reply, rule, kill, engine.Policy, nowUsec))
                return;
        }
    }

    /// <returns>Whether the brake holds the kill back.</returns>
    private bool AddBrake(ReplyBuffer reply, RuleRuntime rule, CompiledKill kill, PolicySet policy, long nowUsec)
    {
        BrakeState state = _brake.Of(rule.Hash, kill.Action.KillsPerMinute, policy, nowUsec);
        switch (state.Reason)
        {
            case BrakeReason.None:
                return false;
            case BrakeReason.Futile:
                AddFixed(
                    reply, "brake"u8,
                    "the last kills freed less than a quarter of what they should have: no more of them until "u8,
                    "pressure or policy changes"u8);
                return true;
            case BrakeReason.Policy:
                Begin("the policy's kills within a minute are used up: "u8).Append(state.Limit);
                break;
            default:
                Begin("the rule's kills within a minute are used up: "u8).Append(state.Limit);
                break;
        }

        Add(reply, "brake"u8, default, state.UntilUsec);
        return true;
    }

    private void AddMatch(ReplyBuffer reply, MatchState match, HostSampler host, long nowUsec)
    {
        ReadOnlySpan<byte> cgroup = match.Cgroup is { } slot ? slot.Path : default;
        var evaluator = new ConditionEvaluator(host.Values, match, nowUsec, recheck: true);
        if (match.Phase == MatchPhase.Pending)
            AddHolds(reply, match, evaluator, nowUsec);
        else if (match.When != Truth.True)
            AddCondition(reply, match, host, nowUsec);

        if (match.CooldownEndUsec(nowUsec) is > 0 and long endUsec)
        {
            match.AppendCooldown(Begin(default), nowUsec);
            Add(reply, "cooldown"u8, cgroup, endUsec);
        }

        if (match.WaitUntilUsec > nowUsec)
        {
            Begin("its chain waits for "u8).AppendDuration(match.WaitUntilUsec - nowUsec).Append(" more"u8);
            Add(reply, "wait"u8, cgroup, match.WaitUntilUsec);
        }

        if (_flights.IsFlying(match, nowUsec))
        {
            Begin("a victim that it has signalled has not died yet"u8);
            Add(reply, "in-flight"u8, cgroup, 0);
        }

        foreach (RuleAction action in match.Rule.Actions)
        {
            if (action is not KillAction kill || _flights.HasPlaceFor(kill.Signal))
                continue;
            Begin(KillRunner.NoPlace);
            Add(reply, "no-place"u8, cgroup, 0);
            break;
        }
    }

    private void AddHolds(ReplyBuffer reply, MatchState match, ConditionEvaluator evaluator, long nowUsec)
    {
        foreach (ref readonly ConditionNode node in match.Rule.When.Nodes.AsSpan())
        {
            if (node.Op != ConditionOp.For)
                continue;
            long sinceUsec = evaluator.SinceUsec(node);
            long heldUsec = nowUsec - sinceUsec;
            if (sinceUsec == 0 || heldUsec >= node.Amount)
                continue;
            Begin("the condition holds, but for "u8).AppendDuration(heldUsec).Append(" only, and it has to for "u8)
                .AppendDuration(node.Amount);
            Add(reply, "for"u8, match.Cgroup is { } slot ? slot.Path : default, sinceUsec + node.Amount);
        }
    }

    private void AddCondition(ReplyBuffer reply, MatchState match, HostSampler host, long nowUsec)
    {
        ReadOnlySpan<byte> cgroup = match.Cgroup is { } slot ? slot.Path : default;
        Begin(match.When == Truth.False ? "the condition is false"u8 : "the condition cannot be decided"u8);
        _text.Append(", for "u8).AppendDuration(nowUsec - match.WhenSinceUsec).Append(" now"u8);
        if (match.Phase == MatchPhase.Active)
            _text.Append("; what ends it has not come true either"u8);
        Add(reply, match.When == Truth.False ? "condition"u8 : "unknown"u8, cgroup, 0);

        _terms.Clear();
        ConditionReport.Append(_terms, match, host.Values, nowUsec);
        ReadOnlySpan<byte> rest = _terms.Span;
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)'\n');
            Begin(end < 0 ? rest : rest[..end]);
            Add(reply, "term"u8, cgroup, 0);
            rest = end < 0 ? default : rest[(end + 1)..];
        }
    }

    /// <summary>Looks whom the rule would end; what is found is in its outlook.</summary>
    /// <returns>False when it has to be asked again later.</returns>
    private bool Look(RuleRuntime rule, RuleEngine engine, long nowUsec)
    {
        if (rule.Outlook is not { } outlook || rule.Matches.Count == 0)
            return true;

        // Under pressure a rule that chooses itself is not held up for curiosity, and the others are not by much.
        if (engine.IsTense && (_kills.IsChoosing || !_preview.MayLookTense(nowUsec)))
            return true;
        CompiledKill kill = Array.Find(rule.Kills, static kill => kill is not null)!;
        Selection selection = _preview.Look(kill, rule.Matches[0].Cgroup, nowUsec);
        if (selection == Selection.Found)
            outlook.NoteVictim(_preview.Victim, nowUsec);
        else if (selection == Selection.Nobody)
            outlook.NoteNobody(_preview.PassedOver, rule.Matches[0].Cgroup, nowUsec);
        return selection != Selection.Waiting;
    }

    private void AddNobody(ReplyBuffer reply, KillOutlook outlook)
    {
        Begin("nobody qualifies"u8);
        if (outlook.PassedOver.Length > 0)
            _text.Append(": "u8).Append(outlook.PassedOver.Span);
        Add(reply, "no-candidate"u8, outlook.Path.Span, 0);
    }

    private TextBuffer Begin(ReadOnlySpan<byte> text) => _text.Clear().Append(text);

    private void AddFixed(
        ReplyBuffer reply, ReadOnlySpan<byte> kind, ReadOnlySpan<byte> text, ReadOnlySpan<byte> more = default)
    {
        Begin(text).Append(more);
        Add(reply, kind, default, 0);
    }

    private void Add(ReplyBuffer reply, ReadOnlySpan<byte> kind, ReadOnlySpan<byte> cgroup, long untilUsec)
    {
        reply.OpenStruct("ssst"u8).Text(kind).Text(cgroup).Text(_text.Span).Unsigned(untilUsec);
        reply.CloseStruct();
    }
}
