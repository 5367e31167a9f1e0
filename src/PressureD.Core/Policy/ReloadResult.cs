using System.Collections.Generic;

namespace PressureD.Core.Policy;

/// <summary>What came of reading the policy again while the daemon runs.</summary>
/// <param name="IsInForce">
/// Whether what was read is the policy now; otherwise it has errors, and the one before goes on unchanged.
/// </param>
/// <param name="Rules">How many rules the policy in force has.</param>
/// <param name="Diagnostics">Errors and warnings, by file and place.</param>
public sealed record ReloadResult(bool IsInForce, int Rules, IReadOnlyList<Diagnostic> Diagnostics);
