using System;
using System.Collections.Generic;
using PressureD.Core.Cgroups;
using PressureD.Core.Policy;
using PressureD.Core.Readers;

namespace PressureD.Core.Engine;

/// <summary>The cgroups of one <c>any</c>, <c>count</c> and the like, each evaluated once in a step.</summary>
internal sealed class GroupRuntime(ConditionGroup group)
{
    public ConditionGroup Group { get; } = group;

    public List<GroupMember> Members { get; } = [];

    /// <summary>Whether the body asks about something that is unknown for every one of them.</summary>
    public bool IsUnknown { get; private set; }

    /// <summary>When the rule last acted, on whichever match; 0 when never.</summary>
    public long LastActUsec { get; set; }

    /// <summary>Evaluates the body for each.</summary>
    /// <param name="host">The machine's values.</param>
    /// <param name="nowUsec">The time of the values.</param>
    /// <param name="recheck">See <see cref="ConditionEvaluator"/>.</param>
    public void Evaluate(ReadOnlySpan<long> host, long nowUsec, bool recheck)
    {
        if (Group.Body is not { } body)
            return;
        bool unknown = Members.Count > 0;
        foreach (GroupMember member in Members)
        {
            var evaluator = new ConditionEvaluator(host, member, LastActUsec, [], nowUsec, recheck);
            if (!recheck && LastActUsec != 0 && member.BaselineUsec == 0)
                evaluator.TakeBaselines(body);
            if (Group.IsValue)
                member.Value = evaluator.ValueOf(body);
            else
                member.When = evaluator.Evaluate(body);
            unknown &= evaluator.SawUnknown;
        }

        if (!recheck)
            IsUnknown = unknown;
    }

    /// <summary>Whether a member is one for this match: it always is, unless the pattern is below the match.</summary>
    public bool Holds(GroupMember member, CgroupSlot? match) =>
        !Group.Pattern.BelowMatch || (match is not null && IsBelow(Group.Pattern, member.Cgroup!, match));

    /// <summary>Whether a cgroup lies below a match as a pattern that begins with <c>./</c> says.</summary>
    public static bool IsBelow(CgroupPattern pattern, CgroupSlot cgroup, CgroupSlot match)
    {
        if (ReferenceEquals(cgroup, match) || !cgroup.IsWithin(match))
            return false;
        int prefix = match.Path.IsEmpty ? 0 : match.Path.Length + 1;
        return pattern.IsMatch(cgroup.Path[prefix..]);
    }

    public bool Has(CgroupSlot cgroup) => IndexOf(cgroup) >= 0;

    /// <returns>Whether it was a member.</returns>
    public bool Remove(CgroupSlot cgroup)
    {
        int index = IndexOf(cgroup);
        if (index >= 0)
            Members.RemoveAt(index);
        return index >= 0;
    }

    /// <summary>Goes on where the same group of the policy before stood.</summary>
    public void Continue(GroupRuntime before)
    {
        LastActUsec = Math.Max(LastActUsec, before.LastActUsec);
        for (int i = 0; i < Members.Count; i++)
        {
            // Mostly nothing has come or gone between, so that the places are the same.
            CgroupSlot cgroup = Members[i].Cgroup!;
            int at = i < before.Members.Count && ReferenceEquals(before.Members[i].Cgroup, cgroup)
                ? i
                : before.IndexOf(cgroup);
            if (at >= 0)
                Members[i].Continue(before.Members[at]);
        }
    }

    /// <summary>The rule has acted: averages are judged anew from here on.</summary>
    public void NoteAct(ReadOnlySpan<long> host, long nowUsec)
    {
        LastActUsec = nowUsec;
        if (Group.Body is not { } body)
            return;
        foreach (GroupMember member in Members)
            new ConditionEvaluator(host, member, nowUsec, [], nowUsec, recheck: true).TakeBaselines(body);
    }

    /// <summary>How many cgroups of this match there are for which the body is true.</summary>
    /// <param name="match">The rule's match; null for the machine.</param>
    /// <param name="atOnce">Whether every <c>for</c> in the body counts as over.</param>
    /// <param name="host">The machine's values.</param>
    /// <param name="nowUsec">The time of the values.</param>
    /// <param name="unknown">For how many it is unknown.</param>
    /// <param name="all">How many there are.</param>
    public int Count(
        CgroupSlot? match, bool atOnce, ReadOnlySpan<long> host, long nowUsec, out int unknown, out int all)
    {
        int count = 0;
        unknown = 0;
        all = 0;
        foreach (GroupMember member in Members)
        {
            if (!Holds(member, match))
                continue;
            all++;
            Truth truth = Group.Body is null ? Truth.True : atOnce ? AtOnce(member, host, nowUsec) : member.When;
            count += truth == Truth.True ? 1 : 0;
            unknown += truth == Truth.Unknown ? 1 : 0;
        }

        return count;
    }

    /// <summary>The greatest, least or summed value of those that are known; unknown when none is.</summary>
    public long Combine(ConditionOp op, CgroupSlot? match)
    {
        long all = Quantity.Unknown;
        foreach (GroupMember member in Members)
        {
            long value = member.Value;
            if (value == Quantity.Unknown || !Holds(member, match))
                continue;
            if (all == Quantity.Unknown)
                all = value;
            else if (op == ConditionOp.MaxOf)
                all = Math.Max(all, value);
            else if (op == ConditionOp.MinOf)
                all = Math.Min(all, value);
            else
                all = value >= Quantity.Unlimited - Math.Max(all, 0) ? Quantity.Unlimited : all + value;
        }

        return all;
    }

    private Truth AtOnce(GroupMember member, ReadOnlySpan<long> host, long nowUsec) =>
        new ConditionEvaluator(host, member, LastActUsec, [], nowUsec, recheck: true).EvaluateAtOnce(Group.Body!);

    private int IndexOf(CgroupSlot cgroup)
    {
        for (int i = 0; i < Members.Count; i++)
        {
            if (ReferenceEquals(Members[i].Cgroup, cgroup))
                return i;
        }

        return -1;
    }
}
