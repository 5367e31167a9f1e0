using System.Collections.Generic;
using PressureD.Core.Policy;

namespace PressureD;

/// <summary>A policy to run, and what was wrong on the way to it.</summary>
/// <param name="Policy">Null when there is none at all.</param>
/// <param name="Problems">Errors and warnings, for the log.</param>
/// <param name="Degradation">Why it is not the policy on disk; null when it is.</param>
internal sealed record LoadedPolicy(PolicySet? Policy, IReadOnlyList<Diagnostic> Problems, string? Degradation);
