namespace PressureD.Simulation.Scenarios;

/// <summary>One victim, or all of a cgroup. Times are since the beginning.</summary>
public sealed record ExpectedVictim
{
    /// <summary>A process's name, or empty: a cgroup.</summary>
    public string Process { get; init; } = "";

    /// <summary>A cgroup's path with a leading slash: everybody in it, or empty: a process.</summary>
    public string Cgroup { get; init; } = "";

    /// <summary>At least so many in a row are meant.</summary>
    public int AtLeast { get; init; } = 1;

    /// <summary>At most so many.</summary>
    public int AtMost { get; init; } = 1;

    /// <summary>The first signal does not come earlier.</summary>
    public long AfterUsec { get; init; }

    /// <summary>The first signal does not come later.</summary>
    public long BeforeUsec { get; init; } = long.MaxValue;

    /// <summary>It is dead by then.</summary>
    public long DeadByUsec { get; init; } = long.MaxValue;

    /// <summary>The first signal, or 0: any.</summary>
    public int Signal { get; init; }

    /// <summary>The last signal, or 0: any.</summary>
    public int LastSignal { get; init; }

    /// <summary>The rule that takes it, or null: any.</summary>
    public string? Rule { get; init; }

    public override string ToString() => Cgroup.Length > 0 ? Cgroup : Process;
}
