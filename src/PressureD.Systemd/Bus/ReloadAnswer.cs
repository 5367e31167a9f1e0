using System.Collections.Generic;
using PressureD.Core.Policy;

namespace PressureD.Systemd.Bus;

/// <summary>What came of a reload that was asked for over the bus.</summary>
/// <param name="IsInForce">Whether the policy on disk is the one in force now.</param>
/// <param name="Rules">How many rules the policy in force has.</param>
/// <param name="Diagnostics">Errors and warnings, by file and place.</param>
public sealed record ReloadAnswer(bool IsInForce, uint Rules, IReadOnlyList<Diagnostic> Diagnostics);
