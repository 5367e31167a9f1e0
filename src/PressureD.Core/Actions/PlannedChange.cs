using System;

namespace PressureD.Core.Actions;

/// <summary>One control file about to be changed.</summary>
internal readonly ref struct PlannedChange
{
    /// <summary>The held cgroup, or <see cref="Kernel.KernelDirectory.None"/> for a file of the machine.</summary>
    public required int Directory { get; init; }

    /// <summary>
    /// Whether it stands for as long as the daemon runs, and is the service manager's to write if the cgroup is its.
    /// </summary>
    public bool IsStanding { get; init; }

    /// <inheritdoc cref="Effect.IsOverStanding"/>
    public bool IsOverStanding { get; init; }

    public required long Identity { get; init; }

    public required ReadOnlySpan<byte> Path { get; init; }

    public required ReadOnlySpan<byte> Name { get; init; }

    public required ReadOnlySpan<byte> Old { get; init; }

    /// <summary>What is to be there, as it reads back.</summary>
    public required ReadOnlySpan<byte> Ours { get; init; }
}
