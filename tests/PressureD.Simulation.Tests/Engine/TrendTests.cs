using PressureD.Core.Readers;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Workloads;

namespace PressureD.Simulation.Tests.Engine;

/// <summary>How long memory lasts, and what swap is worth.</summary>
public sealed class TrendTests
{
    private const long MiB = Scene.MiB;

    private const string Watch = """
        rules:
          - { name: r, when: swap.effective <= 2%, then: [ { notify: low } ] }
        """;

    [Fact]
    public void A_leak_runs_out_when_the_trend_says()
    {
        using var scene = new Scene(Watch);
        scene.Start("leak", "/a", does: new LeakWorkload { BytesPerSecond = 40 * MiB });
        scene.Run(8);
        long expectedUsec = scene.Snapshot.MemoryAvailableBytes / 40 * 1_000_000 / MiB;
        Assert.InRange(scene.Snapshot.TimeToExhaustionUsec, expectedUsec * 9 / 10, expectedUsec * 11 / 10);
    }

    [Fact]
    public void Swap_adds_to_what_is_left()
    {
        using var scene = new Scene(
            Watch, new MachineOptions { Swap = [new SwapDeviceOptions { SizeBytes = 400 * MiB }] });
        scene.Start("leak", "/a", does: new LeakWorkload { BytesPerSecond = 40 * MiB });
        scene.Run(8);
        long left = scene.Snapshot.MemoryAvailableBytes + scene.Snapshot.SwapEffectiveBytes;
        Assert.InRange(scene.Snapshot.SwapEffectiveBytes, 390 * MiB, 400 * MiB);
        Assert.InRange(scene.Snapshot.TimeToExhaustionUsec, left / 44 * 1_000_000 / MiB, left / 36 * 1_000_000 / MiB);
    }

    [Fact]
    public void A_quiet_machine_lasts_for_ever()
    {
        using var scene = new Scene(Watch);
        scene.Start("idle", "/a", 200);
        scene.Run(8);
        Assert.Equal(Quantity.Unlimited, scene.Snapshot.TimeToExhaustionUsec);
    }

    [Fact]
    public void Memory_that_is_given_back_lasts_for_ever()
    {
        using var scene = new Scene(Watch);
        scene.Available(300);
        for (int i = 1; i < 20; i++)
        {
            int step = i;
            scene.At(i * 0.5, () => scene.Available(300 + (step * 10)));
        }

        scene.Run(8);
        Assert.Equal(Quantity.Unlimited, scene.Snapshot.TimeToExhaustionUsec);
    }

    [Theory]
    [InlineData(300, 310, true)]
    [InlineData(300, 100, false)]
    public void Zram_is_worth_what_compression_gains(long originalMib, long usedMib, bool usedUp)
    {
        using var scene = new Scene(Watch);
        scene.Available(300);
        scene.Meminfo("SwapTotal", 1000);
        scene.Meminfo("SwapFree", 700);
        scene.Files.Set(
            "/proc/swaps", $"Filename\t\tType\t\tSize\t\tUsed\t\tPriority\n/dev/zram0  partition\t{1000 * 1024}\t{300 * 1024}\t100\n");
        scene.Files.Set(
            "/sys/block/zram0/mm_stat", $"{originalMib * MiB} {usedMib * MiB} {usedMib * MiB} 0 0 0 0 0 0\n");
        scene.Run(3);
        Assert.Equal(usedUp ? 1 : 0, scene.Fired("r").Length);
        if (!usedUp)
            Assert.InRange(scene.Snapshot.SwapEffectiveBytes, 440 * MiB, 470 * MiB);
    }

    [Theory]

    // Little is stored: 2.5 to 1 is assumed. The pool takes at most 20 % of 1000 MiB.
    [InlineData("Y", 0, 0, 400, 240)]
    [InlineData("Y", 0, 0, 900, 700)]

    // Four to one: 100 MiB for 400 MiB; and what the pool has left to grow.
    [InlineData("Y", 100, 25, 400, 300)]
    [InlineData("Y", 600, 150, 900, 850)]

    // Full, it writes back; switched off, it takes nothing more.
    [InlineData("Y", 800, 200, 400, 400)]
    [InlineData("N", 100, 25, 400, 400)]
    public void Swap_behind_zswap_gains_what_its_pool_does_not_take(
        string enabled, long storedMib, long poolMib, long freeMib, long expectedMib)
    {
        using var scene = new Scene(Watch);
        scene.Available(300);
        scene.Meminfo("SwapTotal", 1000);
        scene.Meminfo("SwapFree", freeMib);
        scene.Meminfo("Zswap", poolMib);
        scene.Meminfo("Zswapped", storedMib);
        scene.Files.Set("/sys/module/zswap/parameters/enabled", enabled + "\n");
        scene.Files.Set("/sys/module/zswap/parameters/max_pool_percent", "20\n");
        scene.Run(1);
        Assert.InRange(scene.Snapshot.SwapEffectiveBytes, (expectedMib - 1) * MiB, (expectedMib + 1) * MiB);
    }
}
