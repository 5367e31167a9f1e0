using System.Collections.Generic;
using PressureD.Core.Cgroups;
using PressureD.Core.Policy;

namespace PressureD.Simulation.Scenarios;

/// <summary>What must come of a scenario. Without any, nobody is signalled and the kernel kills nobody.</summary>
public sealed record Expectations
{
    /// <summary>Whom the daemon signals, in this order and nobody else; null: whom it likes.</summary>
    public IReadOnlyList<ExpectedVictim>? Victims { get; init; } = [];

    /// <summary>Who is neither signalled nor killed by the kernel: names of processes.</summary>
    public IReadOnlyList<string> Never { get; init; } = [];

    /// <summary>Who has ended by itself by the end, with success.</summary>
    public IReadOnlyList<ExpectedEnd> Finished { get; init; } = [];

    /// <summary>Rules that fire: their condition becomes true.</summary>
    public IReadOnlyList<ExpectedFiring> Fired { get; init; } = [];

    /// <summary>Rules that do not.</summary>
    public IReadOnlyList<string> NotFired { get; init; } = [];

    /// <summary>The highest level that is told, exactly; null: any.</summary>
    public PressureLevel? HighestLevel { get; init; }

    /// <summary>The level at moments.</summary>
    public IReadOnlyList<(long AtUsec, PressureLevel Level)> Levels { get; init; } = [];

    /// <summary>How long named processes may be stalled.</summary>
    public IReadOnlyList<ExpectedStall> Stalls { get; init; } = [];

    /// <summary>Cgroups in which nothing is written and nobody signalled.</summary>
    public IReadOnlyList<CgroupPattern> Untouched { get; init; } = [];

    /// <summary>Control files and what they contain.</summary>
    public IReadOnlyList<ExpectedContent> Contents { get; init; } = [];

    /// <summary>Whether the kernel's own killer acts: it must not, it must, or (null) either.</summary>
    public bool? KernelOom { get; init; } = false;

    /// <summary>Parts of lines that the daemon writes.</summary>
    public IReadOnlyList<string> Said { get; init; } = [];

    /// <summary>Parts of lines that it does not write.</summary>
    public IReadOnlyList<string> NotSaid { get; init; } = [];
}
