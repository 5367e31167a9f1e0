using System.Collections.Generic;
using PressureD.Core.Policy;

namespace PressureD.Yaml;

/// <summary>What reading a policy gave.</summary>
/// <param name="Policy">Null when there was any error.</param>
/// <param name="Diagnostics">Errors and warnings, by file and place.</param>
public sealed record PolicyResult(PolicySet? Policy, IReadOnlyList<Diagnostic> Diagnostics)
{
    /// <summary>What was read.</summary>
    public required PolicySources Sources { get; init; }

    /// <summary>
    /// <c>auto-reload</c>: how long files that changed must lie untouched until they are read; 0 when they are read on
    /// demand only. Microseconds.
    /// </summary>
    public long AutoReloadUsec { get; init; }
}
