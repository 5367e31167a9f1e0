using System;
using PressureD.Core.Cgroups;
using PressureD.Core.Policy;
using PressureD.Core.Sampling;
using PressureD.Core.Victims;

namespace PressureD.Core.Engine;

/// <content>What the rules watch: matches as cgroups come and go, and which of very many are kept whole.</content>
internal sealed partial class RuleEngine
{
    private void AddMatches(CgroupSlot slot)
    {
        if (_protection is { } protection && !protection.Add(slot))
            LeaveOut(null);
        _standing.Notice(slot);
        foreach (RuleRuntime rule in _rules)
        {
            if (rule.Rule.ForEach is { } pattern && pattern.IsMatch(slot.Path))
                AddCandidate(rule, slot);
            foreach (GroupRuntime group in rule.Groups)
            {
                if (IsMember(rule, group, slot))
                    AddMember(rule, group, slot);
            }
        }
    }

    private void AddCandidate(RuleRuntime rule, CgroupSlot slot)
    {
        if (rule.Rule.ForEachXattr is { } filter)
        {
            rule.Candidates.Add(slot);
            int row = rule.Asleep.IndexOf(slot);
            if (!_xattrs.Has(slot, filter, before: row >= 0 || rule.Before?.IndexOf(slot) >= 0))
            {
                if (row >= 0)
                    rule.Asleep.RemoveAt(row);
                return;
            }
        }

        AddMatch(rule, slot);
    }

    /// <summary>Attributes are set and removed while cgroups live: whoever sets one is watched from now on.</summary>
    private void RefreshXattrs(long nowUsec)
    {
        foreach (RuleRuntime rule in _rules)
        {
            if (rule.Rule.ForEachXattr is not { } filter)
                continue;
            foreach (CgroupSlot slot in rule.Candidates)
            {
                int index = rule.IndexOf(slot);
                bool isMatch = index >= 0 || rule.Asleep.IndexOf(slot) >= 0;
                bool has = _xattrs.Has(slot, filter, before: isMatch);
                if (has == isMatch)
                    continue;
                if (has)
                {
                    AddLateMatch(rule, slot);
                    continue;
                }

                if (index >= 0 && rule.Matches[index].Phase == MatchPhase.Active)
                    Deactivate(rule, rule.Matches[index], nowUsec);
                RemoveMatch(rule, slot);
            }
        }
    }

    /// <summary>What is below it came before it was a match.</summary>
    private void AddLateMatch(RuleRuntime rule, CgroupSlot slot)
    {
        AddMatch(rule, slot);
        foreach (GroupRuntime group in rule.Groups)
        {
            if (!group.Group.Pattern.BelowMatch)
                continue;
            foreach (CgroupSlot below in _cgroups.Slots)
            {
                if (GroupRuntime.IsBelow(group.Group.Pattern, below, slot) && !group.Has(below))
                    AddMember(rule, group, below);
            }
        }
    }

    private void AddMatch(RuleRuntime rule, CgroupSlot? slot)
    {
        int row = slot is null ? -1 : rule.Asleep.IndexOf(slot);
        if (!Samples(rule.Rule, slot, rule.Rule.MatchSlots, out CgroupSampler? sampler))
        {
            if (row >= 0)
                rule.Asleep.RemoveAt(row);
        }
        else if (row >= 0)
        {
            // It slept under the policy before.
            rule.Asleep.SetSampler(row, sampler);
        }
        else if (slot is null || IsBornAwake(rule, slot))
        {
            rule.Matches.Add(NewMatch(rule, slot, sampler));
            _awakeCount++;
        }
        else if (_asleepBytes + rule.Asleep.NextBytes <= MaxAsleepBytes)
        {
            _asleepBytes += rule.Asleep.NextBytes;
            rule.Asleep.Add(slot, sampler);
        }
        else
        {
            LeaveOut(rule.Rule);
        }
    }

    /// <summary>Those that were awake before, and those that have acted, are followed on.</summary>
    private bool IsBornAwake(RuleRuntime rule, CgroupSlot slot)
    {
        if (rule.Before?.IndexOf(slot) >= 0)
        {
            // There is room for it: nobody else is given it before all of them are there.
            _stillToCome--;
            return true;
        }

        // Who asks about a rule asks about its matches: there is always one to ask about.
        if (rule.Matches.Count == 0)
            return true;
        bool isWanted = rule.Matches.Count < _awakeAtFirst || _ledger.LastActUsec(rule.Hash, slot.Identity) != 0;
        return isWanted && _awakeCount + _stillToCome < MaxAwake;
    }

    private MatchState NewMatch(RuleRuntime rule, CgroupSlot? slot, CgroupSampler? sampler)
    {
        long lastActUsec = _ledger.LastActUsec(rule.Hash, slot?.Identity ?? 0);
        foreach (GroupRuntime group in rule.Groups)
            group.LastActUsec = Math.Max(group.LastActUsec, lastActUsec);
        return new MatchState(rule.Rule, slot, sampler)
        {
            Victim = rule.TellsOfVictims ? new Victim() : null,
            Groups = rule.Groups,
            Actions = rule.NewActionStates(),
            LastActUsec = lastActUsec,
        };
    }

    private static bool IsMember(RuleRuntime rule, GroupRuntime group, CgroupSlot slot)
    {
        CgroupPattern pattern = group.Group.Pattern;
        if (!pattern.BelowMatch)
            return pattern.IsMatch(slot.Path);
        foreach (MatchState match in rule.Matches)
        {
            if (GroupRuntime.IsBelow(pattern, slot, match.Cgroup!))
                return true;
        }

        for (int row = 0; row < rule.Asleep.Count; row++)
        {
            if (GroupRuntime.IsBelow(pattern, slot, rule.Asleep.Cgroup(row)))
                return true;
        }

        return false;
    }

    private void AddMember(RuleRuntime rule, GroupRuntime group, CgroupSlot slot)
    {
        if (_memberCount == MaxMembers)
        {
            LeaveOut(rule.Rule);
            return;
        }

        if (!Samples(rule.Rule, slot, group.Group.Slots, out CgroupSampler? sampler))
            return;
        group.Members.Add(new GroupMember(slot, sampler, group.Group.StateCount));
        _memberCount++;
    }

    /// <returns>False when there is no room to sample what a rule asks about a cgroup.</returns>
    private bool Samples(Rule rule, CgroupSlot? slot, int[] slots, out CgroupSampler? sampler)
    {
        sampler = null;
        if (slot is null || slots.Length == 0)
            return true;
        sampler = _samples.Require(slot, slots);
        if (sampler is null)
            LeaveOut(rule);
        return sampler is not null;
    }

    private void LeaveOut(Rule? rule)
    {
        DegradationChanged |= !LeavesOut;
        LeftOutFirst = LeavesOut ? LeftOutFirst : rule;
        LeavesOut = true;
    }

    private void RemoveMatches(CgroupSlot slot)
    {
        _samples.Drop(slot);
        foreach (RuleRuntime rule in _rules)
        {
            rule.Candidates.Remove(slot);
            foreach (GroupRuntime group in rule.Groups)
                _memberCount -= group.Remove(slot) ? 1 : 0;
            RemoveMatch(rule, slot);
        }
    }

    private void RemoveMatch(RuleRuntime rule, CgroupSlot slot)
    {
        int row = rule.Asleep.IndexOf(slot);
        if (row >= 0)
            rule.Asleep.RemoveAt(row);
        int index = rule.IndexOf(slot);
        if (index < 0)
            return;
        RemoveMatch(rule, index);
        if (rule.Asleep.Count > 0 && rule.Matches.Count < _awakeAtFirst)
            Rouse(rule, rule.Asleep.Count - 1);
    }

    /// <summary>Keeps a match whole that slept.</summary>
    private MatchState Rouse(RuleRuntime rule, int row)
    {
        MatchState match = NewMatch(rule, rule.Asleep.Cgroup(row), rule.Asleep.Sampler(row));
        match.TakeTimers(rule.Asleep.Timers(row));
        rule.Asleep.RemoveAt(row);
        rule.Matches.Add(match);
        _awakeCount++;
        return match;
    }

    private void RemoveMatch(RuleRuntime rule, int index)
    {
        MatchState match = rule.Matches[index];
        match.IsGone = true;
        rule.Matches.RemoveAt(index);
        _awakeCount--;
        rule.CancelActions(match);
        Disown(match);
    }

    private void Disown(MatchState match)
    {
        foreach (KillFlight flight in _flights.All)
        {
            if (ReferenceEquals(flight.Match, match))
                flight.Match = null;
        }
    }

    /// <summary>A match that slept fires: it is kept whole from now on, if there is room.</summary>
    private void Wake(RuleRuntime rule, int row, long nowUsec, HostSampler host)
    {
        RuleRuntime? giver = null;
        int idle = -1;
        if (_awakeCount >= MaxAwake)
        {
            giver = FindGiver(rule, nowUsec, out idle);
            rule.HoldsAsleep = giver is null;
            if (giver is null)
                return;
        }

        MatchState match = Rouse(rule, row);
        if (giver is not null)
            PutToSleep(giver, idle);

        // One that has acted before it went to sleep is judged by what has stalled since, from the next step on.
        if (match.LastActUsec != 0)
            return;
        match.When = Truth.True;
        match.WhenSinceUsec = nowUsec;
        Activate(match, new ConditionEvaluator(host.Values, match, nowUsec, recheck: true), nowUsec);
    }

    private void PutToSleep(RuleRuntime rule, int index)
    {
        MatchState match = rule.Matches[index];
        _asleepBytes += rule.Asleep.NextBytes;
        rule.Asleep.Add(match.Cgroup!, match.Sampler);
        match.LeaveTimers(rule.Asleep.Timers(rule.Asleep.Count - 1));
        RemoveMatch(rule, index);
    }

    /// <summary>
    /// A rule with a match that may sleep: the same one or, if it has none, one with more than its share.
    /// </summary>
    private RuleRuntime? FindGiver(RuleRuntime rule, long nowUsec, out int idle)
    {
        idle = FindIdle(rule, nowUsec);
        if (idle >= 0)
            return rule;
        foreach (RuleRuntime other in _rules)
        {
            bool mayGive = other.Rule.ForEach is not null && other.Matches.Count > _awakeAtFirst
                && _asleepBytes + other.Asleep.NextBytes <= MaxAsleepBytes;
            idle = mayGive ? FindIdle(other, nowUsec) : -1;
            if (idle >= 0)
                return other;
        }

        return null;
    }

    private int FindIdle(RuleRuntime rule, long nowUsec)
    {
        for (int i = 0; i < rule.Matches.Count; i++)
        {
            if (MaySleep(rule.Matches[i], nowUsec))
                return i;
        }

        return -1;
    }

    /// <summary>Whether nothing of a match matters but what its condition remembers.</summary>
    private bool MaySleep(MatchState match, long nowUsec)
    {
        if (match.Phase != MatchPhase.Idle || match.When == Truth.True || match.ChainIndex >= 0)
            return false;
        long restUsec = Math.Max(match.Rule.CooldownUsec, LongestAverageUsec);
        bool rests = match.LastActUsec == 0 || nowUsec - match.LastActUsec >= restUsec;
        return rests && !_flights.IsFlying(match, nowUsec);
    }
}
