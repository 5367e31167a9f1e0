using System.Collections.Generic;
using System.Linq;
using PressureD.Core.Kernel;
using PressureD.Simulation.Faults;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Workloads;

namespace PressureD.Simulation.Tests.Engine;

/// <summary>Whatever fails, the loop goes on, and nobody dies who must not.</summary>
public sealed class FaultTests
{
    private const long MiB = Scene.MiB;

    private const string Policy = """
        limits: { kills-per-minute: 40 }
        protect:
          - { unit: spared.service }
          - { cgroup: "safe.slice/**" }
          - { exe: "^/opt/spared$" }
        rules:
          - name: cgroups
            for-each: "app.slice/*"
            when: memory.current > 60MiB and psi.memory.some.avg10 >= 0% for 1s
            until: memory.current < 10MiB
            cooldown: 2s
            then: [ { wait: 1s }, { kill: { from: "./**", victim: cgroup, signal: TERM, grace: 1s } } ]
          - name: processes
            when: mem.available_user < 60%
            cooldown: 1s
            then: [ { kill: { from: "**", rank: [growth, badness], signal: TERM, grace: 1s, prefer: [ { comm: "^hog" } ] } } ]
          - name: thrash
            when: vm.swap_in > 1/s or psi.memory.full.avg10 > 10%
            then: [ { kill: { from: "**", signal: KILL, stalls-others: 5% } } ]
        """;

    [Fact]
    public void At_any_seed_the_loop_goes_on_and_the_protected_live()
    {
        for (ulong seed = 1; seed <= 40; seed++)
            RunSeed(seed);
    }

    [Theory]
    [InlineData("/proc/meminfo", Errno.ENOENT, true)]
    [InlineData("/proc/pressure/memory", Errno.EMFILE, true)]
    [InlineData("/proc/pressure/memory", Errno.EOPNOTSUPP, false)]
    public void What_could_not_be_opened_at_start_is_read_as_soon_as_it_can_be(string path, int errno, bool passes)
    {
        var faults = new ScriptedFaults();
        faults.Fail(KernelCallKind.OpenFile, path, errno, times: 5);
        using var scene = new Scene(
            "rules: [ { name: r, when: mem.available < 100MiB and psi.memory.some.avg10 < 99%, then: [ { notify: low } ] } ]",
            kernel: new SimulatedKernelOptions { Faults = faults });
        scene.Available(90);
        scene.Step();
        Assert.Contains(scene.Snapshot.DegradedReasons, reason => reason.StartsWith($"{path} cannot be read ({Errno.Name(errno)})"));
        scene.Run(10);
        Assert.Equal(passes, scene.Fired("r").Any());
        Assert.Equal(passes, !scene.Snapshot.DegradedReasons.Any(reason => reason.StartsWith(path)));
    }

    [Theory]
    [InlineData("cgroup.stat.nr_dying_descendants > 3", "cgroup.stat", "nr_descendants 5\nnr_dying_descendants 4\n")]
    [InlineData("io.stat.wbytes > 9KiB", "io.stat", "8:0 rbytes=0 wbytes=40960 rios=0 wios=1 dbytes=0 dios=0\n")]
    public void What_could_not_be_opened_of_the_top_cgroup_is_read_as_soon_as_it_can_be(
        string when, string file, string content)
    {
        string path = $"/sys/fs/cgroup/{file}";
        var faults = new ScriptedFaults();
        faults.Fail(KernelCallKind.OpenFile, path, Errno.EMFILE, times: 5);
        using var scene = new Scene(
            $"rules: [ {{ name: r, when: {when}, then: [ {{ notify: low }} ] }} ]",
            kernel: new SimulatedKernelOptions { Faults = faults });
        scene.Files.Set(path, content);
        scene.Run(10);
        Assert.Equal(0, faults.Remaining);
        Assert.Single(scene.Fired("r"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    public void A_read_of_the_counters_that_fails_once_blinds_no_window_over_their_rates(int truncateTo)
    {
        var faults = new ScriptedFaults();
        using var scene = new Scene(
            "rules: [ { name: r, when: 'avg(vm.swap_out, 5s) > 10/s', then: [ { notify: low } ] } ]",
            kernel: new SimulatedKernelOptions { Faults = faults });
        for (int i = 0; i < 40; i++)
        {
            int pages = i * 50;
            scene.At(i / 2.0, () => scene.Files.SetKey("/proc/vmstat", "pswpout", $"{pages}"));
        }

        scene.Run(3.9);
        if (truncateTo == 0)
            faults.Fail(KernelCallKind.Read, "/proc/vmstat", Errno.EIO);
        else
            faults.Truncate(KernelCallKind.Read, "/proc/vmstat", truncateTo);
        scene.Run(15);
        Assert.Equal(0, faults.Remaining);
        Assert.InRange(Assert.Single(scene.Fired("r")), 5_000_000, 8_500_000);
    }

    [Theory]
    [InlineData("/proc/swaps", 0)]
    [InlineData("/proc/swaps", 20)]
    [InlineData("/sys/block/zram0/mm_stat", 0)]
    [InlineData("/sys/block/zram0/mm_stat", 12)]
    public void What_zram_holds_is_unknown_while_it_cannot_be_read(string path, int truncateTo)
    {
        var faults = new ScriptedFaults();
        using var scene = new Scene(
            "rules: [ { name: r, when: zram.used < 1MiB or swap.effective > 300MiB, then: [ { notify: low } ] } ]",
            kernel: new SimulatedKernelOptions { Faults = faults });
        scene.Available(100);
        scene.Meminfo("SwapTotal", 1000);
        scene.Meminfo("SwapFree", 900);
        scene.Files.Set("/proc/swaps", "Filename Type Size Used Priority\n/dev/zram0 partition 1024000 102400 100\n");
        scene.Files.Set("/sys/block/zram0/mm_stat", "104857600 90000000 94371840 0 94371840 0 0 24 24\n");
        if (truncateTo == 0)
            faults.Fail(KernelCallKind.Read, path, Errno.EIO, times: 5);
        else
            faults.Truncate(KernelCallKind.Read, path, truncateTo, times: 5);
        scene.Run(6);
        Assert.Equal(0, faults.Remaining);
        Assert.Empty(scene.Fired("r"));
        scene.Files.Set("/sys/block/zram0/mm_stat", "104857600 1000000 1024000 0 94371840 0 0 24 24\n");
        scene.Run(12);
        Assert.Single(scene.Fired("r"));
    }

    /// <summary>Nothing is known of pressure from the middle of a wait on, and again some seconds later.</summary>
    [Fact]
    public void A_chain_whose_wait_ends_in_the_dark_goes_on_when_it_is_light_and_hurries_nowhere_until_then()
    {
        var faults = new ScriptedFaults();
        using Scene scene = new("""
            rules:
              - name: a
                when: psi.memory.full.avg10 > 20%
                cooldown: 1min
                then: [ { log: first }, { wait: 1s }, { kill: { from: "a/**", signal: KILL } } ]
            """, kernel: new SimulatedKernelOptions { Faults = faults });
        SimulatedProcess hog = scene.Start("hog", "/a/1", 200);
        scene.Pressure(50);
        scene.RunUntil(() => scene.Events.Any(said => said.Text.Contains("first")), 2);
        double firstAt = scene.Now;
        faults.Fail(KernelCallKind.Read, "/proc/pressure/memory", Errno.ENOMEM, times: 100_000);
        scene.At(firstAt + 4, faults.Stop);
        int looks = scene.Kernel.Listings.Count;
        scene.Run(firstAt + 3.9);
        Assert.False(Scene.IsDead(hog));
        Assert.InRange(scene.Steps.Count(usec => usec > (firstAt + 1) * 1e6), 1, 3 * 21);
        Assert.InRange(scene.Kernel.Listings.Count - looks, 0, 10);
        scene.RunUntil(() => Scene.IsDead(hog), firstAt + 5);
    }

    private static void RunSeed(ulong seed)
    {
        var faults = new SeededFaults(seed);
        var machine = new MachineOptions
        {
            Seed = seed,
            Profile = seed % 3 == 0 ? KernelProfile.Debian11 : KernelProfile.Debian12,
            Swap = seed % 2 == 0 ? [new SwapDeviceOptions { SizeBytes = 256 * MiB }] : [],
        };
        using var scene = new Scene(Policy, machine, new SimulatedKernelOptions { Faults = faults });
        var spared = new List<SimulatedProcess>
        {
            scene.Machine.FindProcess(1)!,
            scene.Daemon,
            scene.Start("spared", "/system.slice/spared.service", 120),
            scene.Start("spared", "/safe.slice/a/b", 60),
            scene.Start(new ProcessOptions
            {
                Comm = "spared", Exe = "/opt/spared", Cgroup = "/app.slice/s", AnonBytes = 80 * MiB,
            }),
            scene.Start(new ProcessOptions
            {
                Comm = "minimum", Cgroup = "/app.slice/m", AnonBytes = 80 * MiB, OomScoreAdj = -1000,
            }),
        };
        for (int i = 0; i < 12; i++)
        {
            int number = i;
            scene.At(i * 2, () => scene.Start(new ProcessOptions
            {
                Comm = $"hog{number}",
                Cgroup = $"/app.slice/{number}/x",
                IgnoresTerm = number % 3 == 0,
                Workload = new LeakWorkload { BytesPerSecond = 20 * MiB, CeilingBytes = 90 * MiB },
            }));
            scene.At((i * 2) + 5, () =>
            {
                if (scene.Machine.FindCgroup($"/app.slice/{number}/x") is not { } cgroup)
                    return;
                scene.Machine.RemoveCgroup(cgroup);
                scene.Machine.RemoveCgroup(scene.Machine.FindCgroup($"/app.slice/{number}")!);
            });
        }

        scene.Run(30);
        faults.Stopped = true;
        scene.Run(scene.Now + 40);
        Assert.All(
            scene.Kernel.Signals,
            signal => Assert.True(spared.TrueForAll(process => process.Pid != signal.Pid), $"seed {seed}\n{scene.Text}"));
        Assert.All(
            spared,
            process => Assert.True(process.KilledByKernel || !Scene.IsDead(process), $"seed {seed}\n{scene.Text}"));
        Assert.True(scene.Kernel.Signals.Count + scene.Kernel.Writes.Count > 0, $"seed {seed}\n{scene.Text}");
        Assert.All(scene.Machine.Root.Children, cgroup => AssertThawed(cgroup, seed));
    }

    private static void AssertThawed(SimulatedCgroup cgroup, ulong seed)
    {
        Assert.False(cgroup.FreezeRequested && cgroup.PopulatedCount > 0, $"seed {seed}: {cgroup.Path} is frozen");
        foreach (SimulatedCgroup child in cgroup.Children)
            AssertThawed(child, seed);
    }
}
