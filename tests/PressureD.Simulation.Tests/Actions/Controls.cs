using System.Collections.Generic;
using System.Linq;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Tests.Actions;

/// <summary>Everything on a machine that an action can change, as text.</summary>
internal static class Controls
{
    public static string Of(SimulatedMachine machine) =>
        string.Join('\n', Below(machine.Root).Select(Of).Prepend($"swappiness {machine.Swappiness}"));

    private static IEnumerable<SimulatedCgroup> Below(SimulatedCgroup cgroup) =>
        cgroup.Children.SelectMany(Below).Prepend(cgroup);

    private static string Of(SimulatedCgroup cgroup) =>
        $"{cgroup.Path} high {cgroup.HighPages} max {cgroup.MaxPages} min {cgroup.MinPages} low {cgroup.LowPages} "
        + $"swap {cgroup.SwapMaxPages} {cgroup.SwapHighPages} zswap {cgroup.ZswapMaxPages} {cgroup.ZswapWriteback} "
        + $"frozen {cgroup.FreezeRequested} cpu {cgroup.CpuWeight} {cgroup.CpuMax} io {cgroup.IoWeight} "
        + $"group {cgroup.OomGroup} pids {cgroup.PidsMax}";
}
