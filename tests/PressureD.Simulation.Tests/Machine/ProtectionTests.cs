using PressureD.Simulation.Machine;
using PressureD.Simulation.Workloads;

namespace PressureD.Simulation.Tests.Machine;

/// <summary>
/// memory.min and memory.low: effective values from the root of a reclaim down, and scanning in proportion. The first
/// tests are the configuration of the kernel's own selftests (test_memcg_protection), with their tolerances.
/// </summary>
public sealed class ProtectionTests
{
    private const long MiB = 1 << 20;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_parents_protection_is_divided_as_the_kernels_selftest_expects(bool hard)
    {
        var machine = Selftest(hard, pressureMiB: 148);
        AssertClose(50, UsedMiB(machine, "a/b"), percent: 3);
        AssertClose(29, UsedMiB(machine, "a/b/c"), percent: 10);
        AssertClose(21, UsedMiB(machine, "a/b/d"), percent: 10);
        Assert.InRange(UsedMiB(machine, "a/b/e"), 0, 2);
        Assert.Equal(0, UsedMiB(machine, "a/b/f"));
        Assert.Empty(machine.OomKills);
        Assert.Equal(0, machine.FindCgroup("a/b/c")!.Events.Low);
    }

    [Fact]
    public void More_pressure_breaks_memory_low_and_says_so()
    {
        var machine = Selftest(hard: false, pressureMiB: 170);
        AssertClose(30, UsedMiB(machine, "a/b"), percent: 3);
        Assert.Empty(machine.OomKills);
        Assert.True(machine.FindCgroup("a/b/c")!.LocalEvents.Low > 0);
        Assert.True(machine.FindCgroup("a/b/d")!.LocalEvents.Low > 0);
        Assert.Equal(0, machine.FindCgroup("a/b/f")!.LocalEvents.Low);

        // What c and d no longer use of b's protection is e's, with the mount option; that is broken as well.
        Assert.True(machine.FindCgroup("a/b/e")!.LocalEvents.Low > 0);

        // The cgroup above is told of its children's.
        var all = machine.FindCgroup("a/b")!;
        Assert.True(all.Events.Low >= machine.FindCgroup("a/b/c")!.Events.Low + machine.FindCgroup("a/b/d")!.Events.Low);
        Assert.Equal(all.Events.Low, machine.FindCgroup("a")!.Events.Low);
    }

    [Fact]
    public void No_pressure_breaks_memory_min()
    {
        var machine = Selftest(hard: true, pressureMiB: 170);
        AssertClose(50, UsedMiB(machine, "a/b"), percent: 3);
        Assert.Equal("leak", Assert.Single(machine.OomKills).Comm);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reclaim_from_the_protected_child_itself_ignores_its_protection(bool hard)
    {
        var machine = Selftest(hard, pressureMiB: 148);
        var before = UsedMiB(machine, "a/b/c");
        Assert.True(machine.ReclaimFrom(machine.FindCgroup("a/b/c")!, Pages.FromMiB(10), swappiness: null));
        Assert.InRange(UsedMiB(machine, "a/b/c"), before - 11, before - 10);
        Assert.Equal(0, machine.FindCgroup("a/b/c")!.Events.Low);
    }

    [Theory]
    [InlineData(true, 60)]
    [InlineData(false, 0)]
    public void What_no_child_claims_of_a_protection_is_shared_out_with_the_mount_option(bool recursive, int keptMiB)
    {
        var machine = new SimulatedMachine(new MachineOptions { RecursiveProtection = recursive });
        foreach (var path in (string[])["kept/x", "other"]) machine.MakeCgroup(path);
        machine.FindCgroup("kept")!.MinPages = Pages.FromMiB(80);
        machine.Start(new ProcessOptions { Cgroup = "/kept/x", FileBytes = 60 * MiB });
        machine.Start(new ProcessOptions { Cgroup = "/other", FileBytes = 60 * MiB });
        machine.ReclaimFrom(machine.Root, Pages.FromMiB(600), swappiness: null);
        Assert.InRange(UsedMiB(machine, "kept"), keptMiB, keptMiB + 1);
    }

    [Fact]
    public void What_exceeds_its_protection_a_little_gives_a_little()
    {
        var machine = new SimulatedMachine(new MachineOptions { BootCacheBytes = 0, ReclaimableSlabBytes = 0 });
        foreach (var path in (string[])["kept", "other"]) machine.MakeCgroup(path);
        machine.FindCgroup("kept")!.LowPages = Pages.FromMiB(75);
        machine.Start(new ProcessOptions { Cgroup = "/kept", FileBytes = 100 * MiB });
        machine.Start(new ProcessOptions { Cgroup = "/other", FileBytes = 100 * MiB });

        // Of 100 MiB a quarter is open to reclaim, beside all of the other's: one page to four.
        machine.Reclaimer.Round(Pages.FromMiB(10), byKswapd: false, root: null);
        Assert.InRange(UsedMiB(machine, "kept"), 97, 98);
        Assert.InRange(UsedMiB(machine, "other"), 91, 92);
    }

    [Fact]
    public void Memory_low_of_a_cache_is_not_broken_while_others_can_be_swapped_out()
    {
        var machine = new SimulatedMachine(new MachineOptions
        {
            BootCacheBytes = 0,
            ReclaimableSlabBytes = 0,
            Swap = [new SwapDeviceOptions { SizeBytes = 512 * MiB }],
        });
        foreach (var path in (string[])["kept", "leak"]) machine.MakeCgroup(path);
        var kept = machine.FindCgroup("kept")!;
        kept.LowPages = Pages.FromMiB(100);
        machine.Start(new ProcessOptions { Cgroup = "/kept", FileBytes = 80 * MiB });
        machine.Start(new ProcessOptions
        {
            Cgroup = "/leak",
            Workload = new LeakWorkload { BytesPerSecond = 40 * MiB, CeilingBytes = 1100 * MiB },
        });
        machine.Advance(60_000_000);
        Assert.InRange(machine.SwapTotalPages - machine.SwapFreePages, Pages.FromMiB(100), Pages.FromMiB(500));
        Assert.InRange(UsedMiB(machine, "kept"), 80, 81);
        Assert.Equal(0, kept.Events.Low);
        MachineMemory.AssertBalanced(machine);
    }

    // A limit of 200 MiB over a protected cgroup with three users of 50 MiB of page cache, and a leak beside it.
    private static SimulatedMachine Selftest(bool hard, int pressureMiB)
    {
        var machine = new SimulatedMachine(new MachineOptions());
        machine.MakeCgroup("a").MaxPages = Pages.FromMiB(200);
        foreach (var (path, protectedMiB) in ((string, int)[])
            [("a/b", 50), ("a/b/c", 75), ("a/b/d", 25), ("a/b/e", 0), ("a/b/f", 500)])
        {
            var cgroup = machine.MakeCgroup(path);
            if (hard) cgroup.MinPages = Pages.FromMiB(protectedMiB);
            else cgroup.LowPages = Pages.FromMiB(protectedMiB);
        }

        foreach (var path in (string[])["/a/b/c", "/a/b/d", "/a/b/e"])
            machine.Start(new ProcessOptions { Cgroup = path, FileBytes = 50 * MiB });
        machine.MakeCgroup("a/g");
        machine.Start(new ProcessOptions
        {
            Comm = "leak",
            Cgroup = "/a/g",
            Workload = new LeakWorkload { BytesPerSecond = 40 * MiB, CeilingBytes = pressureMiB * MiB },
        });
        machine.Advance(10_000_000);
        return machine;
    }

    private static long UsedMiB(SimulatedMachine machine, string path) =>
        machine.FindCgroup(path)!.CurrentPages / Pages.PerMiB;

    // As the selftests compare: within a share of the sum of both.
    private static void AssertClose(long expected, long actual, int percent) =>
        Assert.True(long.Abs(expected - actual) * 100 <= (expected + actual) * percent, $"{actual}, not {expected} MiB");
}
