using System;
using System.Collections.Generic;
using System.Linq;
using PressureD.Core.Kernel;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Tests.Engine;

/// <summary>
/// Each preset on top of the shipped policy: at its thresholds it takes whom it promises, and short of them nobody.
/// </summary>
public sealed class PresetTests
{
    [Theory]
    [InlineData(110, 0)]
    [InlineData(100, Signals.Term)]
    [InlineData(60, Signals.Term)]
    [InlineData(50, Signals.Kill)]
    public void Like_earlyoom_asks_at_a_tenth_and_kills_at_a_twentieth(long availableMib, int signal)
    {
        using Scene scene = Of("like-earlyoom");
        SimulatedProcess small = scene.Start("small", "/system.slice/a.service", 50);
        SimulatedProcess large = scene.Start("large", "/system.slice/b.service", 100);
        scene.Available(availableMib);
        scene.Run(5);
        AssertFirst(scene, signal, large);
        Assert.DoesNotContain(scene.Kernel.Signals.Take(1), sent => sent.Pid == small.Pid);
    }

    [Fact]
    public void Like_earlyoom_waits_for_swap_to_be_used_up_too()
    {
        using Scene scene = Of("like-earlyoom");
        scene.Start("large", "/system.slice/b.service", 100);
        scene.Available(50);
        scene.Meminfo("SwapTotal", 1000);
        scene.Meminfo("SwapFree", 110);
        scene.Run(5);
        scene.AssertPeace();
        scene.Meminfo("SwapFree", 100);
        scene.RunUntil(() => scene.Kernel.Signals.Count > 0, 10);
    }

    [Theory]
    [InlineData(51, 0)]
    [InlineData(50, Signals.Term)]
    [InlineData(21, Signals.Term)]
    [InlineData(20, Signals.Kill)]
    public void Like_nohang_asks_at_5_percent_and_kills_at_2(long availableMib, int signal)
    {
        using Scene scene = Of("like-nohang-desktop");
        SimulatedProcess large = scene.Start("large", "/system.slice/b.service", 100);
        scene.Available(availableMib);
        scene.Run(5);
        AssertFirst(scene, signal, large);
    }

    [Fact]
    public void Like_nohang_acts_on_pressure_with_swap_alone_and_after_half_a_minute()
    {
        using Scene scene = Of("like-nohang-desktop");
        SimulatedProcess large = scene.Start("large", "/system.slice/b.service", 100);
        scene.Available(45);
        scene.Meminfo("SwapTotal", 1000);
        scene.Meminfo("SwapFree", 900);
        scene.Pressure(50);
        scene.Run(29);
        scene.AssertPeace();
        scene.RunUntil(() => scene.Kernel.Signals.Count > 0, 35);
        AssertFirst(scene, Signals.Term, large);
    }

    [Theory]
    [InlineData(350, false)]
    [InlineData(250, true)]
    public void Server_takes_batch_work_for_services_that_stall(long availableMib, bool acts)
    {
        using Scene scene = Of("server");
        scene.Start("web", "/system.slice/web.service", 100);
        SimulatedProcess job = scene.Start("job", "/batch.slice/job.service", 100);
        scene.Available(availableMib);
        scene.Pressure(30, cgroup: "/system.slice");
        scene.Run(15);
        if (acts)
            AssertFirst(scene, Signals.Term, job);
        else
            scene.AssertPeace();
    }

    [Fact]
    public void Server_waits_five_seconds_for_a_service_that_was_asked_to_end()
    {
        using Scene scene = Of("server");
        SimulatedProcess service = scene.Start(new ProcessOptions
        {
            Comm = "db", Cgroup = "/system.slice/db.service", AnonBytes = 200 * Scene.MiB, IgnoresTerm = true,
        });
        scene.Available(50);
        scene.RunUntil(() => scene.Kernel.Signals.Count > 0, 3);
        double asked = scene.Now;
        scene.Run(asked + 4.5);
        Assert.Equal([Signals.Term], scene.Kernel.Signals.Select(sent => sent.Number));
        scene.RunUntil(() => Scene.IsDead(service), asked + 6);
    }

    [Theory]
    [InlineData("desktop", 6, true)]
    [InlineData("", 6, false)]
    public void Desktop_ends_a_thrash_in_half_the_time(string preset, double seconds, bool acts)
    {
        using Scene scene = preset.Length == 0 ? new Scene(Scene.Shipped) : Of(preset);
        SimulatedProcess tab = scene.Start("Isolated Web Co", "/user.slice/app.scope", 60);
        scene.Start("editor", "/user.slice/app.scope", 100);
        scene.Start("web", "/system.slice/web.service", 10);
        scene.Available(200);
        scene.Meminfo("SwapTotal", 1000);
        scene.Meminfo("SwapFree", 900);
        scene.Pressure(40);
        scene.Pressure(40, cgroup: "/system.slice/web.service");
        SwapIn(scene, seconds);
        scene.Run(seconds);
        if (acts)
            AssertFirst(scene, Signals.Term, tab);
        else
            scene.AssertPeace();
    }

    [Theory]
    [InlineData(160, false)]
    [InlineData(140, true)]
    public void Build_farm_takes_a_whole_job_above_the_shipped_levels(long availableMib, bool acts)
    {
        using Scene scene = Of("build-farm");
        scene.Start("make", "/build.slice/a.scope", 20);
        SimulatedProcess[] larger =
            [scene.Start("make", "/build.slice/b.scope", 20), scene.Start("cc1plus", "/build.slice/b.scope", 200)];
        scene.Start("db", "/system.slice/db.service", 300);
        scene.Available(availableMib);
        scene.Run(5);
        Assert.Equal(acts, larger.All(Scene.IsDead));
        Assert.True(scene.Machine.OomKills.Count == 0, scene.Text);
        if (!acts)
            scene.AssertPeace();
    }

    [Theory]
    [InlineData(90, false)]
    [InlineData(70, true)]
    public void Kubernetes_node_takes_besteffort_pods_first_and_the_kubelet_never(long availableMib, bool acts)
    {
        using Scene scene = Of("kubernetes-node");
        scene.Start("kubelet", "/system.slice/kubelet.service", 100);
        scene.Start("app", "/kubepods.slice/kubepods-pod1.slice/cri-1.scope", 300);
        scene.Start("app", "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod2.slice/cri-2.scope", 200);
        SimulatedProcess cheap = scene.Start(
            "app", "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod3.slice/cri-3.scope", 50);
        scene.Available(availableMib);
        scene.RunUntil(() => Scene.IsDead(cheap) || scene.Now > 3, 5);
        Assert.Equal(acts, Scene.IsDead(cheap));
        Assert.Equal(acts ? [cheap] : [], scene.Machine.Processes.Where(Scene.IsDead));
    }

    [Theory]
    [InlineData(80, 25, false)]
    [InlineData(81, 19, false)]
    [InlineData(81, 25, true)]
    public void Like_systemd_oomd_takes_the_leaf_that_is_scanned_most(double full, double seconds, bool acts)
    {
        using Scene scene = Of("like-systemd-oomd");
        SimulatedProcess large = scene.Start("large", "/system.slice/large.service", 200);
        SimulatedProcess scanned = scene.Start("scanned", "/system.slice/scanned.service", 50);
        scene.Pressure(full, cgroup: "/system.slice");
        for (int i = 0; i < seconds * 10; i++)
        {
            int pages = i * 100;
            scene.At(i / 10.0, () =>
            {
                scene.Files.SetKey("/sys/fs/cgroup/system.slice/memory.stat", "pgscan", $"{pages}");
                scene.Files.SetKey("/sys/fs/cgroup/system.slice/scanned.service/memory.stat", "pgscan", $"{pages}");
            });
        }

        scene.Run(seconds);
        Assert.Equal(acts, Scene.IsDead(scanned));
        Assert.False(Scene.IsDead(large), scene.Text);
        if (!acts)
            scene.AssertPeace();
    }

    [Theory]
    [InlineData(100, 90, false)]
    [InlineData(99, 100, false)]
    [InlineData(99, 99, true)]
    public void Like_systemd_oomd_asks_for_less_than_a_tenth_of_both(long availableMib, long swapFreeMib, bool acts)
    {
        using Scene scene = Of("like-systemd-oomd");
        SimulatedProcess some = scene.Start("some", "/system.slice/a.service", 100);
        scene.Available(availableMib);
        scene.Meminfo("SwapTotal", 1000);
        scene.Meminfo("SwapFree", swapFreeMib);
        scene.Run(5);
        Assert.Equal(acts, Scene.IsDead(some));
        if (!acts)
            scene.AssertPeace();
    }

    [Fact]
    public void Like_systemd_oomd_does_nothing_about_memory_without_swap()
    {
        using Scene scene = Of("like-systemd-oomd");
        scene.Start("some", "/system.slice/a.service", 100);
        scene.Available(20);
        scene.Run(5);
        scene.AssertPeace();
    }

    [Theory]
    [InlineData(5, 99, 25, false)]
    [InlineData(6, 40, 25, false)]
    [InlineData(6, 41, 14, false)]
    [InlineData(6, 41, 25, true)]
    [InlineData(0, 81, 25, false)]
    [InlineData(0, 81, 35, true)]
    public void Like_oomd_the_system_pays_for_the_workload(double workload, double system, double seconds, bool acts)
    {
        using Scene scene = Of("like-oomd-fbtax2");
        SimulatedProcess web = scene.Start("web", "/workload.slice/web.service", 300);
        SimulatedProcess large = scene.Start("large", "/system.slice/large.service", 200);
        SimulatedProcess small = scene.Start("small", "/system.slice/small.service", 50);
        Averages(scene, "/workload.slice", workload);
        Averages(scene, "/system.slice", system);
        scene.Run(seconds);
        Assert.Equal(acts, Scene.IsDead(large));
        Assert.False(Scene.IsDead(web) || Scene.IsDead(small), scene.Text);
        if (!acts)
            scene.AssertPeace();
    }

    /// <summary>avg10 and avg60 of a cgroup's full memory stall.</summary>
    private static void Averages(Scene scene, string cgroup, double full) => scene.Files.Set(
        $"/sys/fs/cgroup{cgroup}/memory.pressure",
        FormattableString.Invariant(
            $"some avg10={full:F2} avg60={full:F2} avg300=0.00 total=0\nfull avg10={full:F2} avg60={full:F2} avg300=0.00 total=0\n"));

    private static Scene Of(string preset) => new(Scene.Shipped, over: Scene.Preset(preset));

    /// <summary>A thousand pages a second come back from swap.</summary>
    private static void SwapIn(Scene scene, double seconds)
    {
        for (int i = 0; i <= seconds * 20; i++)
        {
            int pages = i * 50;
            scene.At(i / 20.0, () => scene.Files.SetKey("/proc/vmstat", "pswpin", $"{pages}"));
        }
    }

    private static void AssertFirst(Scene scene, int signal, SimulatedProcess victim)
    {
        IEnumerable<SentSignal> first = scene.Kernel.Signals.Take(1);
        Assert.True(
            signal == 0 ? !first.Any() : first.Any(sent => sent.Number == signal && sent.Pid == victim.Pid),
            $"{signal} to {victim.Pid} first:\n{scene.Text}");
    }
}
