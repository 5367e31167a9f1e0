using System.Collections.Generic;
using PressureD.Core.Policy;

namespace PressureD.Yaml;

/// <summary>What reading a policy gave.</summary>
/// <param name="Policy">Null when there was any error.</param>
/// <param name="Diagnostics">Errors and warnings, by file and place.</param>
public sealed record PolicyResult(PolicySet? Policy, IReadOnlyList<Diagnostic> Diagnostics);
