namespace PressureD.Core.Policy;

/// <summary>One entry of prefer, avoid or protect: all the fields that are set must match.</summary>
public sealed record Matcher
{
    /// <summary>On the kernel's 15-byte name. Forgeable: a process can set its own.</summary>
    public TextPattern? Comm { get; init; }

    /// <summary>On the resolved executable path. Read through a worker.</summary>
    public TextPattern? Exe { get; init; }

    /// <summary>On the cgroup, which it matches when the candidate is in it or below it.</summary>
    public Cgroups.CgroupPattern? Cgroup { get; init; }

    /// <summary>
    /// A systemd unit, by name, glob allowed (<c>user@*.service</c>): the candidate is in it or below it.
    /// </summary>
    public string? Unit { get; init; }

    /// <summary>On the effective user.</summary>
    public uint? Uid { get; init; }

    /// <summary>The process that logind counts as the leader of a session.</summary>
    public bool SessionLeader { get; init; }

    /// <summary>The source text, for explanations: <c>comm: "^ld$"</c>.</summary>
    public required string Text { get; init; }
}
