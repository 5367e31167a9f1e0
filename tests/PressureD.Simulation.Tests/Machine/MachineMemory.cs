using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Tests.Machine;

/// <summary>Checks that no page is counted twice or lost.</summary>
internal static class MachineMemory
{
    public static void AssertBalanced(SimulatedMachine machine)
    {
        long resident = 0, swapped = 0, inFlight = 0, cached = 0, locked = 0;
        foreach (var region in machine.RegionList)
        {
            Assert.True(region.ResidentPages >= 0, "resident");
            Assert.True(region.SwappedPages >= 0, "swapped");
            Assert.InRange(region.WritebackPages, 0, region.ResidentPages);
            Assert.InRange(region.DirtyPages, 0, region.ResidentPages);
            Assert.InRange(region.SwapCachedPages, 0, region.ResidentPages - region.WritebackPages);
            cached += region.SwapCachedPages;
            if (region.IsLocked) locked += region.ResidentPages;
            resident += region.ResidentPages;
            swapped += region.SwappedPages;
            Assert.InRange(region.ZswappedPages, 0, region.SwappedPages);
            Assert.InRange(region.ZswapWritingPages, 0, region.ZswappedPages);
            if (region.IsAnonLike) inFlight += region.WritebackPages;
        }

        Assert.True(machine.FreePages >= 0, "free");
        Assert.Equal(resident, machine.AnonPages + machine.FilePages);
        Assert.Equal(
            machine.RamPages,
            machine.FreePages + machine.KernelPages + machine.ReclaimableSlabPages + machine.PageTablePages
            + machine.Root.StackPages + machine.ZramPages + machine.ZswapPages + resident);
        Assert.Equal(machine.SwapTotalPages - machine.SwapFreePages, swapped + inFlight + cached);
        Assert.Equal((cached, locked), (machine.SwapCachedPages, machine.LockedPages));
        Assert.Equal(machine.Root.SwapPages, swapped + inFlight);
        AssertSums(machine.Root, machine);
    }

    private static void AssertSums(SimulatedCgroup cgroup, SimulatedMachine machine)
    {
        long anon = 0, file = 0, swap = 0, zswapped = 0;
        foreach (var region in machine.RegionList)
        {
            if (!region.Cgroup.IsWithin(cgroup)) continue;
            if (region.Kind == RegionKind.Anon) anon += region.ResidentPages;
            else file += region.ResidentPages;
            swap += region.SwappedPages + (region.IsAnonLike ? region.WritebackPages : 0);
            zswapped += region.ZswappedPages;
        }

        Assert.Equal((cgroup.Path, anon, file, swap, zswapped),
            (cgroup.Path, cgroup.AnonPages, cgroup.FilePages, cgroup.SwapPages, cgroup.ZswappedPages));
        foreach (var child in cgroup.Children) AssertSums(child, machine);
    }
}
