using System.Collections.Generic;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Scenarios;

/// <summary>How a demonstration ended.</summary>
/// <param name="Rows">The timeline.</param>
/// <param name="KernelKills">Victims of the kernel's own killer.</param>
/// <param name="Deaths">Everybody who ended, in order.</param>
/// <param name="ProbeLongestStallUsec">The innocent process's longest stall.</param>
/// <param name="ProbeTotalStallUsec">All its stall.</param>
/// <param name="WebReadsPermille">What the innocent service got done of what it wanted to, in thousandths.</param>
/// <param name="IoStallUsec">How long some task waited for the disk.</param>
/// <param name="LeastAvailableMiB">The least MemAvailable of any tick.</param>
public sealed record DemoOutcome(
    IReadOnlyList<DemoRow> Rows,
    IReadOnlyList<OomKillRecord> KernelKills,
    IReadOnlyList<SimulatedProcess> Deaths,
    long ProbeLongestStallUsec,
    long ProbeTotalStallUsec,
    long WebReadsPermille,
    long IoStallUsec,
    long LeastAvailableMiB);
