using System.Collections.Generic;
using System.Linq;
using PressureD.Core.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Workloads;

namespace PressureD.Simulation.Tests.Engine;

/// <summary>The shipped policy on modelled machines of 1 GiB: who must die does, before the kernel's own killer acts.</summary>
public sealed class ShippedPolicyTests
{
    private const long MiB = Scene.MiB;

    [Fact]
    public void A_leak_without_swap_ends_before_the_kernels_killer()
    {
        using var scene = Trouble();
        SimulatedProcess leak = scene.Start(
            "leak", "/system.slice/leak.service", does: new LeakWorkload { BytesPerSecond = 40 * MiB });
        scene.Run(40);
        AssertOnlyDead(scene, leak);
        Assert.True(scene.Kernel.Signals[0].Number == Signals.Term, scene.Text);
    }

    [Fact]
    public void A_spike_at_full_speed_ends_before_the_kernels_killer()
    {
        // Processors ten times slower, as in the bed of the real-kernel runs: a real one at full speed fills this machine
        // between two samples.
        using var scene = Trouble(costs: new CpuCosts { Slowdown = 10 });
        scene.Start("hold", "/system.slice/hold.service", 150);
        SimulatedProcess spike = scene.Start(
            "spike", "/system.slice/spike.service", does: new SpikeWorkload { PeakBytes = 1200 * MiB, DelayUsec = 2_000_000 });
        scene.Run(15);
        AssertOnlyDead(scene, spike);
    }

    [Fact]
    public void Swap_thrash_ends()
    {
        using var scene = Trouble(swapMib: 1024);
        scene.Start("web", "/system.slice/web.service", does: new HotSetWorkload
        {
            SizeBytes = 200 * MiB, TouchesPerSecond = 20_000,
        });
        SimulatedProcess hot = scene.Start(
            "hot", "/system.slice/hot.service", does: new HotSetWorkload { SizeBytes = 1300 * MiB, DelayUsec = 1_000_000 });
        scene.RunUntil(() => Scene.IsDead(hot), 120);
        scene.Run(scene.Now + 20);
        AssertOnlyDead(scene, hot);
    }

    [Fact]
    public void Of_two_siblings_the_one_that_leaks_dies()
    {
        using var scene = Trouble();
        SimulatedProcess good = scene.Start("worker", "/app.slice/a.service", 150);
        SimulatedProcess bad = scene.Start(
            "worker", "/app.slice/b.service", does: new LeakWorkload { BytesPerSecond = 40 * MiB });
        scene.Run(40);
        AssertOnlyDead(scene, bad);
        Assert.False(Scene.IsDead(good));
    }

    [Fact]
    public void Who_ignores_TERM_gets_KILL()
    {
        using var scene = Trouble();
        SimulatedProcess leak = scene.Start(new ProcessOptions
        {
            Comm = "stubborn",
            Cgroup = "/system.slice/stubborn.service",
            IgnoresTerm = true,
            Workload = new LeakWorkload { BytesPerSecond = 40 * MiB },
        });
        scene.Run(40);
        AssertOnlyDead(scene, leak);
        Assert.Equal([Signals.Term, Signals.Kill], scene.Kernel.Signals.Select(signal => signal.Number));
    }

    [Fact]
    public void Forty_hogs_of_20_MiB_are_thinned_out_before_the_kernels_killer()
    {
        using var scene = Trouble();
        var hogs = new List<SimulatedProcess>();
        for (int i = 0; i < 40; i++)
        {
            hogs.Add(scene.Start($"hog{i}", $"/user.slice/hog{i}.scope", does: new LeakWorkload
            {
                BytesPerSecond = 5 * MiB, CeilingBytes = 20 * MiB, DelayUsec = i * 100_000,
            }));
        }

        SimulatedProcess late = scene.Start("late", "/user.slice/late.scope", does: new LeakWorkload
        {
            BytesPerSecond = 10 * MiB, CeilingBytes = 150 * MiB, DelayUsec = 9_000_000,
        });
        hogs.Add(late);
        scene.Run(45);
        Assert.True(scene.Machine.OomKills.Count == 0, scene.Text);
        Assert.Contains(hogs, Scene.IsDead);
        Assert.All(scene.Kernel.Signals, signal => Assert.Contains(hogs, hog => hog.Pid == signal.Pid));
    }

    [Fact]
    public void Filling_to_12_percent_and_stopping_kills_nobody()
    {
        using var scene = Trouble();
        long fillMib = (scene.Machine.Options.RamBytes / MiB) - 72 - 16 - 8 - 120 - 110;
        scene.Start("fill", "/user.slice/fill.scope", does: new LeakWorkload
        {
            BytesPerSecond = 60 * MiB, CeilingBytes = fillMib * MiB,
        });
        scene.Run(60);
        scene.AssertPeace();
    }

    [Fact]
    public void Full_but_idle_swap_kills_nobody()
    {
        using var scene = Trouble(swapMib: 512);
        scene.Start(new ProcessOptions
        {
            Comm = "idle", Cgroup = "/user.slice/idle.scope", AnonBytes = 200 * MiB, SwappedBytes = 505 * MiB,
        });
        scene.Run(60);
        scene.AssertPeace();
    }

    [Fact]
    public void Tmpfs_at_60_percent_kills_nobody()
    {
        using var scene = Trouble();
        scene.Start("cp", "/user.slice/cp.scope", does: new TmpfsFillerWorkload
        {
            BytesPerSecond = 100 * MiB, CeilingBytes = 600 * MiB,
        });
        scene.Run(60);
        scene.AssertPeace();
    }

    [Fact]
    public void A_random_reader_over_four_times_memory_kills_nobody()
    {
        using var scene = Trouble();
        scene.Start("reader", "/user.slice/reader.scope", does: new CacheReaderWorkload { SizeBytes = 4096 * MiB });
        scene.Run(30);
        scene.AssertPeace();
    }

    [Fact]
    public void A_huge_file_copy_kills_nobody()
    {
        using var scene = Trouble();
        scene.Start("cp", "/user.slice/cp.scope", does: new FileCopyWorkload { SizeBytes = 8192 * MiB });
        scene.Run(30);
        scene.AssertPeace();
    }

    [Fact]
    public void Who_thrashes_alone_has_half_a_minute_and_nobody_dies_in_its_place()
    {
        // Nor is there a probe: it would wait, and so be somebody else who does.
        SwapDeviceOptions[] swap = [new SwapDeviceOptions { SizeBytes = 1024 * MiB }];
        using var scene = new Scene(Scene.Shipped, new MachineOptions { Swap = swap });
        SimulatedProcess hot = scene.Start(
            "hot", "/system.slice/hot.service", does: new HotSetWorkload { SizeBytes = 1300 * MiB });
        scene.RunUntil(() => scene.Text.Contains("stalls nobody else"), 60);
        scene.Run(30);
        scene.AssertPeace();
        scene.RunUntil(() => Scene.IsDead(hot), 90);
        AssertOnlyDead(scene, hot);
    }

    private static Scene Trouble(long swapMib = 0, CpuCosts? costs = null)
    {
        SwapDeviceOptions[] swap = swapMib == 0 ? [] : [new SwapDeviceOptions { SizeBytes = swapMib * MiB }];
        var scene = new Scene(Scene.Shipped, new MachineOptions { Swap = swap, Costs = costs ?? new CpuCosts() });
        scene.Start("probe", "/system.slice/probe.service", does: new ProbeWorkload());
        return scene;
    }

    private static void AssertOnlyDead(Scene scene, SimulatedProcess victim)
    {
        Assert.True(scene.Machine.OomKills.Count == 0, "the kernel's killer acted\n" + scene.Text);
        Assert.True(Scene.IsDead(victim), scene.Text);
        Assert.All(scene.Kernel.Signals, signal => Assert.Equal(victim.Pid, signal.Pid));
    }
}
