using System.Collections.Immutable;

namespace PressureD.Core.Policy;

/// <summary>A whole compiled policy, immutable: what one or more YAML files say.</summary>
public sealed class PolicySet
{
    public required Rule[] Rules { get; init; }

    /// <summary>Rules that a file names and that a file switches off.</summary>
    public ImmutableArray<SwitchedOffRule> SwitchedOff { get; init; } = [];

    /// <summary>
    /// The host's metrics that some rule asks about, by slot. Those in <see cref="BaseHostMetrics"/> always come first.
    /// </summary>
    public required Metric[] HostMetrics { get; init; }

    /// <summary>
    /// The metrics of cgroups that some rule asks about, by slot: one numbering for all rules, so that what several ask
    /// about the same cgroup is sampled once.
    /// </summary>
    public Metric[] CgroupMetrics { get; init; } = [];

    /// <summary>Kills in all rules together within a minute before the brake holds further ones back.</summary>
    public int KillsPerMinute { get; init; } = DefaultKillsPerMinute;

    /// <summary>Whom no rule takes, and nobody who asks for it by name either.</summary>
    public ImmutableArray<Matcher> Protect { get; init; } = [];

    /// <summary>Limits that stand for as long as the daemon runs.</summary>
    public SwapRules Swap { get; init; } = SwapRules.None;

    /// <summary>What incidents may take on disk. Bytes; 0 keeps none.</summary>
    public long IncidentBytes { get; init; } = DefaultIncidentBytes;

    /// <summary>Deaths in a row that free less than a quarter of what they should before kills are held back.</summary>
    public int FutileKills { get; init; } = DefaultFutileKills;

    /// <summary>The files it was read from, in the order they were applied.</summary>
    public required string[] Files { get; init; }

    /// <summary>
    /// Enough to clear a burst of small hogs one by one, and few enough that a policy that has lost its mind is stopped
    /// while most of the machine still runs.
    /// </summary>
    public const int DefaultKillsPerMinute = 10;

    /// <summary>Some two thousand incidents.</summary>
    public const long DefaultIncidentBytes = 16L << 20;

    /// <summary>
    /// One may have met with others who took what it freed; two in a row say that killing is no help.
    /// </summary>
    public const int DefaultFutileKills = 2;

    /// <summary>The most a policy can allow: so many kill times survive a restart.</summary>
    public const int MaxKillsPerMinute = 48;

    /// <summary>
    /// What the daemon shows and steers by whatever the policy asks; each has the slot of its place here. The slots are
    /// named in <see cref="BaseHostSlot"/>.
    /// </summary>
    public static Metric[] BaseHostMetrics { get; } =
    [
        MetricCatalog.Get("mem.total"),
        MetricCatalog.Get("mem.available"),
        MetricCatalog.Get("mem.anon"),
        MetricCatalog.Get("mem.available_user"),
        MetricCatalog.Get("swap.total"),
        MetricCatalog.Get("swap.free"),
        MetricCatalog.Get("swap.effective"),
        MetricCatalog.Get("time_to_exhaustion"),
        MetricCatalog.Get("psi.memory.some.avg10"),
        MetricCatalog.Get("psi.memory.full.avg10"),
        MetricCatalog.Get("psi.memory.full.total"),
        MetricCatalog.Get("psi.io.full.avg10"),
    ];
}
