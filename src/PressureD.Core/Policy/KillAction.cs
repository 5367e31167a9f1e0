using System.Collections.Immutable;
using System.Linq;
using PressureD.Core.Cgroups;

namespace PressureD.Core.Policy;

/// <summary><c>kill: {…}</c>: chooses a victim and ends it.</summary>
public sealed record KillAction : RuleAction
{
    /// <summary>
    /// Between TERM and KILL where a policy says nothing of it: enough for a program to save its work, short enough
    /// that the machine lives on.
    /// </summary>
    public const long DefaultGraceUsec = 5_000_000;

    /// <summary>Where candidates come from. A pattern that begins with <c>./</c> is below the match.</summary>
    public required CgroupPattern From { get; init; }

    /// <summary>What dies.</summary>
    public required VictimKind Victim { get; init; }

    /// <summary>Keys in order; each compares in bands, the next decides among equals.</summary>
    public required ImmutableArray<RankKey> Rank { get; init; }

    /// <summary>
    /// For process victims: keys by which the cgroups that candidates are in are compared first, summed over their
    /// processes. The victim then comes from the worst one: never from a lesser culprit because each process of the
    /// worst is small. Empty when processes are compared directly.
    /// </summary>
    public ImmutableArray<RankKey> Culprit { get; init; } = [];

    /// <summary>Candidates that match any of these come before all others.</summary>
    public ImmutableArray<Matcher> Prefer { get; init; } = [];

    /// <summary>Candidates that match any of these come after all others.</summary>
    public ImmutableArray<Matcher> Avoid { get; init; } = [];

    /// <summary>Candidates that match any of these, or hold a process that does, are never taken.</summary>
    public ImmutableArray<Matcher> Protect { get; init; } = [];

    /// <summary>A program that runs before the victim is signalled; null for none.</summary>
    public RunAction? Prekill { get; init; }

    /// <summary>Which cgroups' own attributes about being a victim count.</summary>
    public OomdXattrs OomdXattrs { get; init; }

    /// <summary>The first signal: TERM or KILL.</summary>
    public required int Signal { get; init; }

    /// <summary>After TERM, how long until KILL. Microseconds.</summary>
    public long GraceUsec { get; init; }

    /// <summary>
    /// The rule's kills within a minute before the brake holds further ones back; 0: no limit of its own.
    /// </summary>
    public int KillsPerMinute { get; init; }

    /// <summary>
    /// For cgroups and units: the smallest part of the chosen one that holds <see cref="MinSizeBytes"/> dies, a process
    /// before a leaf below it before a cgroup that holds leaves before the whole. Who is to blame does not change by
    /// it.
    /// </summary>
    public bool SmallestUseful { get; init; }

    /// <summary>
    /// The chain goes on at once, whether somebody was found or not, and no cooldown starts by it.
    /// </summary>
    public bool AlwaysContinue { get; init; }

    /// <summary>
    /// Candidates that hold less than this are not worth a kill. With <see cref="Culprit"/> it is the culprit that must
    /// hold as much, and smaller processes within it come last. Bytes.
    /// </summary>
    public long MinSizeBytes { get; init; }

    /// <summary>
    /// <c>stalls-others: R</c>: a candidate qualifies only while a cgroup that neither holds it nor lies within it has
    /// a full memory stall of more than this share over the last 10 s. Millionths; 0 when not asked for.
    /// </summary>
    public long StallsOthersRatio { get; init; }

    internal override bool HasSameMatchers(RuleAction other) => other is KillAction kill
        && OomdXattrs == kill.OomdXattrs && Prefer.SequenceEqual(kill.Prefer) && Avoid.SequenceEqual(kill.Avoid)
        && Protect.SequenceEqual(kill.Protect);

    public override bool StartsCooldown => !AlwaysContinue;

    public override bool NeedsMatch => From.BelowMatch;
}
