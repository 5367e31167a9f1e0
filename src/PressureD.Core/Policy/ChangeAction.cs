using System.Collections.Immutable;
using System.Linq;
using PressureD.Core.Cgroups;

namespace PressureD.Core.Policy;

/// <summary>
/// <c>throttle</c>, <c>freeze</c>, <c>swap</c>, <c>weight</c> and <c>set</c>: writes control files of cgroups, and puts
/// back what they held when the rule is over or a time limit is reached, whichever comes first.
/// </summary>
public sealed record ChangeAction : RuleAction
{
    public required ChangeKind Kind { get; init; }

    /// <summary>
    /// Which cgroups: the outermost that match and hold nobody protected. A pattern that begins with <c>./</c> is below
    /// the match; null is the match itself.
    /// </summary>
    public CgroupPattern? Of { get; init; }

    /// <summary>How many of them, the largest by memory.current; 0 means all.</summary>
    public int AtMost { get; init; }

    public required ImmutableArray<ControlChange> Changes { get; init; }

    /// <summary>
    /// After this it is put back, and the same cgroups are left alone for as long again. 0: for as long as the rule is
    /// active. Microseconds.
    /// </summary>
    public long LimitUsec { get; init; }

    /// <summary>Cgroups in which a process matches any of these are left alone.</summary>
    public ImmutableArray<Matcher> Protect { get; init; } = [];

    internal override bool HasSameMatchers(RuleAction other) =>
        other is ChangeAction change && Protect.SequenceEqual(change.Protect);

    public override bool StartsCooldown => true;

    public override bool NeedsMatch => Of is null ? !IsOfMachine : Of.BelowMatch;

    /// <summary>Whether it is about the machine alone, so that no cgroup is looked for.</summary>
    public bool IsOfMachine
    {
        get
        {
            foreach (ControlChange change in Changes)
            {
                if (!change.OfMachine)
                    return false;
            }

            return true;
        }
    }

    /// <summary>
    /// Whether another one would leave the machine in the same state: an effect of it may be taken over as this one's.
    /// </summary>
    public bool HasEffectOf(ChangeAction other)
    {
        if (Kind != other.Kind || LimitUsec != other.LimitUsec || AtMost != other.AtMost
            || Of?.Text != other.Of?.Text || Changes.Length != other.Changes.Length || DryRun != other.DryRun)
        {
            return false;
        }

        for (int i = 0; i < Changes.Length; i++)
        {
            if (Changes[i] != other.Changes[i])
                return false;
        }

        return true;
    }
}
