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
}
