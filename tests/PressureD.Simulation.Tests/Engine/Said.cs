using PressureD.Core.Publishing;

namespace PressureD.Simulation.Tests.Engine;

/// <summary>An event that the loop published.</summary>
/// <param name="Usec">Since the simulation began.</param>
internal sealed record Said(long Usec, DaemonEventKind Kind, string? Rule, int Pid, bool DryRun, string Text, long Incident);
