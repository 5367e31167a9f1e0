using PressureD.Simulation.Machine;
using PressureD.Simulation.Pressure;
using PressureD.Simulation.Workloads;

namespace PressureD.Validation;

/// <summary>What the model holds and has counted at the end of a tick.</summary>
/// <param name="Usec">Since the simulation began.</param>
/// <param name="MemorySomeNsec">Stall of the machine so far, as in the two parameters after it.</param>
internal readonly record struct Tick(
    long Usec,
    long MemorySomeNsec,
    long MemoryFullNsec,
    long IoSomeNsec,
    long FreePages,
    long AvailablePages,
    long CachePages,
    long SwapFreePages,
    long SwappedOut,
    long SwappedIn,
    long RefaultedFile,
    long RestoredFile,
    long RefaultedAnon,
    long RestoredAnon,
    int KernelKills,
    long Reads,
    long Touches)
{
    internal static Tick Of(SimulatedMachine machine)
    {
        PsiGroup pressure = machine.Root.Pressure;
        VmCounters counters = machine.Counters;
        long reads = 0;
        long touches = 0;
        foreach (SimulatedProcess process in machine.Processes)
        {
            reads += (process.Workload as CacheReaderWorkload)?.Reads ?? 0;
            touches += (process.Workload as HotSetWorkload)?.Touches ?? 0;
        }

        return new(
            machine.ElapsedUsec,
            pressure.TotalNsec(PsiState.MemorySome),
            pressure.TotalNsec(PsiState.MemoryFull),
            pressure.TotalNsec(PsiState.IoSome),
            machine.FreePages,
            machine.AvailablePages,
            machine.FileLruPages,
            machine.SwapFreePages,
            counters.SwappedOut,
            counters.SwappedIn,
            counters.RefaultedFile,
            counters.RestoredFile,
            counters.RefaultedAnon,
            counters.RestoredAnon,
            machine.OomKills.Count,
            reads,
            touches);
    }
}
