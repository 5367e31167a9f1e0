using PressureD.Core.Cgroups;

namespace PressureD.Core.Policy;

/// <summary>
/// A compiled rule: a condition and what follows from it, watched for the host or for each cgroup of a pattern.
/// </summary>
public sealed class Rule
{
    public required string Name { get; init; }

    /// <summary>The cgroups it is watched for; null for the host.</summary>
    public CgroupPattern? ForEach { get; init; }

    /// <summary>What those cgroups must carry as well; null when nothing.</summary>
    public XattrFilter? ForEachXattr { get; init; }

    public required Condition When { get; init; }

    /// <summary>What ends it; null means: when <see cref="When"/> is false.</summary>
    public Condition? Until { get; init; }

    /// <summary>After an effective act, how long until the chain may start again. Microseconds.</summary>
    public long CooldownUsec { get; init; }

    /// <summary>The chain, in order.</summary>
    public required RuleAction[] Actions { get; init; }

    /// <summary>
    /// The match's metrics that the rule asks about, in the order of the first question. Empty without
    /// <see cref="ForEach"/>.
    /// </summary>
    public required Metric[] MatchMetrics { get; init; }

    /// <summary>Their slots, indices into <see cref="PolicySet.CgroupMetrics"/>.</summary>
    public int[] MatchSlots { get; init; } = [];

    /// <summary>The groups of cgroups that the conditions ask about, by <see cref="ConditionNode.Group"/>.</summary>
    public ConditionGroup[] Groups { get; init; } = [];

    /// <summary>How many numbers a match remembers: hold times, PSI baselines, since when comparisons hold.</summary>
    public int StateCount { get; init; }

    /// <summary>How many of them are hold times, or when something was true last.</summary>
    public int TimerCount { get; init; }

    /// <summary>Whether a hold time is among them.</summary>
    public bool HasHold { get; init; }

    /// <summary>Whether the rule only says what it would do.</summary>
    public bool DryRun { get; init; }

    /// <summary>Where it stands.</summary>
    public SourcePosition Position { get; init; }

    /// <summary>The same in short, "file:line".</summary>
    public required string Source { get; init; }

    /// <summary>Whether two rules watch the same cgroups.</summary>
    internal bool HasSameScope(Rule other) =>
        ForEach?.Text == other.ForEach?.Text && ForEachXattr?.Name == other.ForEachXattr?.Name
        && ForEachXattr?.Value == other.ForEachXattr?.Value;

    /// <summary>
    /// Whether each action of two rules is said in the same words, and takes and spares the same: where a chain stands
    /// means the same then.
    /// </summary>
    internal bool HasSameActions(Rule other)
    {
        if (Actions.Length != other.Actions.Length)
            return false;
        for (int i = 0; i < Actions.Length; i++)
        {
            if (PolicyText.Describe(Actions[i]) != PolicyText.Describe(other.Actions[i]))
                return false;
            if (!Actions[i].HasSameMatchers(other.Actions[i]))
                return false;
        }

        return true;
    }
}
