namespace PressureD.Core.Policy;

/// <summary>One entry of prefer, avoid or protect: all the fields that are set must match.</summary>
public sealed record Matcher
{
    /// <summary>On the kernel's 15-byte name. Forgeable: a process can set its own.</summary>
    public TextPattern? Comm { get; init; }

    /// <summary>On the resolved executable path. Read through a worker.</summary>
    public TextPattern? Exe { get; init; }

    /// <summary>On the arguments, a space between two of them. Forgeable. Read through a worker.</summary>
    public TextPattern? Cmdline { get; init; }

    /// <summary>
    /// On each NAME=value of the first 4 KiB of the environment at its start. Forgeable. Read through a worker.
    /// </summary>
    public TextPattern? Environ { get; init; }

    /// <summary>On the cgroup, which it matches when the candidate is in it or below it.</summary>
    public Cgroups.CgroupPattern? Cgroup { get; init; }

    /// <summary>
    /// A systemd unit, by name, glob allowed (<c>user@*.service</c>): the candidate is in it or below it.
    /// </summary>
    public string? Unit { get; init; }

    /// <summary>The unit that <see cref="Unit"/> is another name of; null when it is none.</summary>
    public string? AliasOf { get; init; }

    /// <summary>On the effective user.</summary>
    public uint? Uid { get; init; }

    /// <summary>On oom_score_adj.</summary>
    public AdjustmentTest? OomScoreAdj { get; init; }

    /// <summary>
    /// An extended attribute that the candidate's cgroup, or one above it within its unit, has: a trusted one, or one
    /// of root's cgroups. <c>user.</c> or <c>trusted.</c> and a name.
    /// </summary>
    public string? Xattr { get; init; }

    /// <summary>The process that logind counts as the leader of a session.</summary>
    public bool SessionLeader { get; init; }

    /// <summary>The source text, for explanations: <c>comm: "^ld$"</c>.</summary>
    public required string Text { get; init; }
}
