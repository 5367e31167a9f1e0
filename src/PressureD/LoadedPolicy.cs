using System.Collections.Generic;
using PressureD.Core.Policy;
using PressureD.Yaml;

namespace PressureD;

/// <summary>A policy to run, and what was wrong on the way to it.</summary>
/// <param name="Policy">Null when there is none at all.</param>
/// <param name="Problems">Errors and warnings, for the log.</param>
/// <param name="Degradation">Why it is not the policy on disk; null when it is.</param>
internal sealed record LoadedPolicy(PolicySet? Policy, IReadOnlyList<Diagnostic> Problems, string? Degradation)
{
    /// <summary>What it was read from; null when not even that could be told.</summary>
    public PolicySources? Sources { get; init; }

    /// <summary>What tells the files on disk from others, whether this is the policy in them or not.</summary>
    public ulong OnDisk { get; init; }

    /// <summary>How long changed files must lie untouched until they are read; 0 for never. Microseconds.</summary>
    public long AutoReloadUsec { get; init; }
}
