using System.Linq;
using PressureD.Core.Kernel;
using PressureD.Simulation.Faults;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Workloads;

namespace PressureD.Simulation.Tests.Engine;

/// <summary>Who is a candidate as a whole, and by what candidates are ordered.</summary>
public sealed class CandidateTests
{
    private const long MiB = Scene.MiB;
    private const string Session = "/user.slice/user-1000.slice/session-1.scope";

    [Fact]
    public void Badness_is_the_kernels_formula_with_file_and_shared_memory()
    {
        using Scene scene = new(Kill("rank: [badness]"));
        SimulatedProcess sharer = scene.Start(new ProcessOptions
        {
            Comm = "sharer", Cgroup = "/a/1", AnonBytes = 50 * MiB, ShmemBytes = 60 * MiB, FileBytes = 30 * MiB,
        });
        SimulatedProcess holder = scene.Start("holder", "/a/2", 100);
        scene.RunUntil(() => Scene.IsDead(sharer), 5);
        Assert.False(Scene.IsDead(holder));
    }

    [Fact]
    public void By_size_who_shares_most_is_not_taken_for_what_its_death_does_not_free()
    {
        using Scene scene = new(Kill("rank: [size]"));
        SimulatedProcess sharer = scene.Start(new ProcessOptions
        {
            Comm = "sharer", Cgroup = "/a/1", AnonBytes = 50 * MiB, ShmemBytes = 200 * MiB,
        });
        SimulatedProcess holder = scene.Start("holder", "/a/2", 100);
        scene.RunUntil(() => Scene.IsDead(holder), 5);
        Assert.False(Scene.IsDead(sharer));
    }

    [Fact]
    public void By_resident_memory_what_lies_in_swap_does_not_count()
    {
        using Scene scene = new(Kill("rank: [rss]"), WithSwap());
        SimulatedProcess swapped = scene.Start(new ProcessOptions
        {
            Comm = "swapped", Cgroup = "/a/1", AnonBytes = 50 * MiB, SwappedBytes = 200 * MiB,
        });
        SimulatedProcess resident = scene.Start("resident", "/a/2", 100);
        scene.RunUntil(() => Scene.IsDead(resident), 5);
        Assert.False(Scene.IsDead(swapped));
    }

    [Theory]
    [InlineData("rank: [swap]")]
    [InlineData("culprit: [swap], rank: [size]")]
    [InlineData("victim: cgroup, rank: [swap]")]
    public void By_swap_the_one_with_most_of_it(string keys)
    {
        using Scene scene = new(Kill(keys), WithSwap());
        SimulatedProcess swapped = scene.Start(new ProcessOptions
        {
            Comm = "swapped", Cgroup = "/a/1", AnonBytes = 20 * MiB, SwappedBytes = 100 * MiB,
        });
        SimulatedProcess resident = scene.Start("resident", "/a/2", 300);
        scene.RunUntil(() => Scene.IsDead(swapped), 5);
        Assert.False(Scene.IsDead(resident));
    }

    [Theory]
    [InlineData("victim: cgroup, rank: [size]")]
    [InlineData("victim: cgroup, rank: [rss]")]
    [InlineData("victim: unit, rank: [size]")]
    public void Where_the_kernel_counts_no_memory_for_cgroups_their_processes_count(string keys)
    {
        using Scene scene = new(Kill(keys), Hybrid());
        SimulatedProcess[] many =
            [.. Enumerable.Range(0, 3).Select(_ => scene.Start("one", "/system.slice/many.service", 80))];
        SimulatedProcess single = scene.Start("single", "/system.slice/single.service", 120);
        scene.RunUntil(() => many.All(Scene.IsDead), 5);
        Assert.False(Scene.IsDead(single));
        Assert.Contains("cgroup /system.slice/many.service, 24", scene.Text);
    }

    [Fact]
    public void Where_the_kernel_counts_no_memory_for_cgroups_growth_is_that_of_their_processes()
    {
        using Scene scene = new(Kill("victim: cgroup, rank: [growth, size]", "mem.available_user < 15%"), Hybrid());
        SimulatedProcess large = scene.Start("large", "/a/1", 500);
        SimulatedProcess leak = scene.Start("leak", "/a/2", 10, new LeakWorkload { BytesPerSecond = 30 * MiB });
        scene.RunUntil(() => Scene.IsDead(leak), 30);
        Assert.False(Scene.IsDead(large));
        Assert.Contains("growing 3", scene.Text);
    }

    [Fact]
    public void That_nobody_is_there_to_be_taken_is_said()
    {
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available > 1MiB, cooldown: 1s, then: [ { kill: { from: "batch.slice/**" } } ] }
            """);
        scene.RunUntil(() => scene.Text.Contains("nobody in what 'from' names holds memory"), 5);
    }

    [Fact]
    public void By_age_the_youngest_of_equals()
    {
        using Scene scene = new(Kill("rank: [size, age]", "mem.available_user < 50%"));
        scene.Available(800);
        SimulatedProcess older = scene.Start("older", "/a/1", 102, pid: 4000);
        SimulatedProcess? younger = null;
        scene.At(10, () => younger = scene.Start("younger", "/a/2", 100, pid: 3000));
        scene.At(12, () => scene.Available(100));
        scene.RunUntil(() => younger is not null && Scene.IsDead(younger), 15);
        Assert.False(Scene.IsDead(older));
    }

    [Theory]
    [InlineData("victim: cgroup, rank: [pressure]")]
    [InlineData("culprit: [pressure], rank: [size]")]
    public void By_pressure_the_cgroup_that_stalls_most(string keys)
    {
        using Scene scene = new(Kill(keys));
        SimulatedProcess quiet = scene.Start("quiet", "/a/1", 300);
        SimulatedProcess stalled = scene.Start("stalled", "/a/2", 100);
        scene.Pressure(5, cgroup: "/a/1");
        scene.Pressure(40, cgroup: "/a/2");
        scene.RunUntil(() => Scene.IsDead(stalled), 5);
        Assert.False(Scene.IsDead(quiet));
    }

    [Theory]
    [InlineData("victim: cgroup, rank: [pgscan]")]
    [InlineData("culprit: [pgscan], rank: [size]")]
    public void By_pgscan_the_cgroup_that_reclaim_scans_most_now(string keys)
    {
        using Scene scene = new(Kill(keys, "mem.available_user < 10%"));
        scene.Available(150);
        SimulatedProcess earlier = scene.Start("long-ago", "/a/1", 300);
        SimulatedProcess now = scene.Start("now", "/a/2", 100);
        scene.Files.SetKey("/sys/fs/cgroup/a/1/memory.stat", "pgscan", "9000000");
        scene.Files.SetKey("/sys/fs/cgroup/a/2/memory.stat", "pgscan", "1000");
        for (int i = 0; i < 100; i++)
        {
            int scanned = 1000 + (i * 500);
            scene.At(i * 0.1, () => scene.Files.SetKey("/sys/fs/cgroup/a/2/memory.stat", "pgscan", $"{scanned}"));
        }

        scene.At(6.5, () => scene.Available(50));
        scene.RunUntil(() => Scene.IsDead(now), 9);
        Assert.False(Scene.IsDead(earlier));
    }

    [Fact]
    public void By_io_cost_the_cgroup_that_reads_and_writes_most_now()
    {
        using Scene scene = new(Kill("victim: cgroup, rank: [io-cost]", "mem.available_user < 10%"));
        scene.Available(150);
        SimulatedProcess quiet = scene.Start("quiet", "/a/1", 300);
        SimulatedProcess reader = scene.Start("reader", "/a/2", 100);
        scene.Files.Set("/sys/fs/cgroup/a/1/io.stat", "8:0 rbytes=9000000000 rios=90000 wbytes=0 wios=0\n");
        for (int i = 0; i < 100; i++)
        {
            string text = $"8:0\n8:16 rbytes={i * 409600} wbytes=0 rios={i * 100} wios=0 dbytes=0 dios=0\n";
            scene.At(i * 0.1, () => scene.Files.Set("/sys/fs/cgroup/a/2/io.stat", text));
        }

        scene.At(6.5, () => scene.Available(50));
        scene.RunUntil(() => Scene.IsDead(reader), 9);
        Assert.False(Scene.IsDead(quiet));
    }

    [Theory]
    [InlineData("victim: cgroup, rank: [size]")]
    [InlineData("culprit: [size], rank: [size]")]
    [InlineData("victim: process, rank: [size]")]
    [InlineData("victim: process, rank: [badness]")]
    [InlineData("victim: process, rank: [rss]")]
    [InlineData("victim: process-group, rank: [size]")]
    public void What_memory_low_protects_does_not_count_for_size(string keys)
    {
        using Scene scene = new(Kill(keys));
        SimulatedProcess entitled = scene.Start("entitled", "/a/db", 300);
        SimulatedProcess other = scene.Start("other", "/b/job", 150);
        scene.Machine.FindCgroup("/a")!.LowPages = 250 * MiB / 4096;
        scene.Machine.FindCgroup("/a/db")!.LowPages = 250 * MiB / 4096;
        scene.RunUntil(() => Scene.IsDead(other), 5);
        Assert.False(Scene.IsDead(entitled));
    }

    [Fact]
    public void Protection_that_the_parent_does_not_have_protects_nothing()
    {
        using Scene scene = new(Kill("victim: cgroup, rank: [size]"));
        SimulatedProcess pretender = scene.Start("pretender", "/a/db", 300);
        scene.Start("other", "/b/job", 150);
        scene.Machine.FindCgroup("/a/db")!.LowPages = 250 * MiB / 4096;
        scene.RunUntil(() => Scene.IsDead(pretender), 5);
    }

    [Fact]
    public void Shipped_policy_does_not_take_who_shares_memory_for_who_holds_it()
    {
        using Scene scene = new(Scene.Shipped);
        scene.Available(500);
        scene.Start(new ProcessOptions
        {
            Comm = "sharer", Cgroup = Session, AnonBytes = 40 * MiB, ShmemBytes = 400 * MiB, Uid = 1000,
        });
        SimulatedProcess holder = scene.Start("holder", Session, 300);
        scene.At(3, () => scene.Available(30));
        scene.RunUntil(() => Scene.IsDead(holder), 5);
        Assert.Equal(holder.Pid, scene.Kernel.Signals[0].Pid);
    }

    [Fact]
    public void Shipped_policy_takes_a_browsers_tab_rather_than_the_browser()
    {
        using Scene scene = new(Scene.Shipped);
        scene.Available(500);
        scene.Start("browser", Session, 200);
        SimulatedProcess tab = scene.Start(new ProcessOptions
        {
            Comm = "tab", Cgroup = Session, AnonBytes = 120 * MiB, Uid = 1000, OomScoreAdj = 300,
        });
        scene.At(3, () => scene.Available(30));
        scene.RunUntil(() => Scene.IsDead(tab), 5);
        Assert.Equal(tab.Pid, scene.Kernel.Signals[0].Pid);
    }

    [Fact]
    public void Shipped_policy_does_not_end_small_tabs_while_the_browser_has_it_all()
    {
        using Scene scene = new(Scene.Shipped);
        scene.Available(500);
        SimulatedProcess browser = scene.Start("browser", Session, 500);
        scene.Start(new ProcessOptions
        {
            Comm = "tab", Cgroup = Session, AnonBytes = 40 * MiB, Uid = 1000, OomScoreAdj = 300,
        });
        scene.At(3, () => scene.Available(30));
        scene.RunUntil(() => Scene.IsDead(browser), 5);
        Assert.Equal(browser.Pid, scene.Kernel.Signals[0].Pid);
    }

    [Fact]
    public void An_empty_cgroup_below_makes_no_leaf_of_another()
    {
        using Scene scene = new(Kill("victim: cgroup, rank: [size]"));
        SimulatedProcess hog = scene.Start("hog", "/a/1", 300);
        scene.Machine.MakeCgroup("/a/1/decoy/deeper");
        SimulatedProcess small = scene.Start("small", "/a/2", 50);
        scene.RunUntil(() => Scene.IsDead(hog), 5);
        Assert.False(Scene.IsDead(small));
    }

    [Fact]
    public void Who_lives_in_a_cgroup_without_memory_of_its_own_is_charged_and_taken_with_the_one_above()
    {
        using Scene scene = new(Kill("victim: cgroup, rank: [size]"));
        SimulatedProcess hog = scene.Start("hog", "/a/1", 300);
        SimulatedProcess threaded = scene.Start("threaded", "/a/1/threads", 10);
        SimulatedProcess small = scene.Start("small", "/a/2", 50);
        foreach (string file in new[] { "memory.current", "memory.stat", "memory.swap.current" })
            scene.Files.Fail($"/sys/fs/cgroup/a/1/threads/{file}", Errno.ENOENT);
        scene.Files.Fail("/sys/fs/cgroup/a/1/threads/cgroup.procs", Errno.EOPNOTSUPP);
        scene.Files.Set("/sys/fs/cgroup/a/1/cgroup.procs", $"{hog.Pid}\n{threaded.Pid}\n");
        scene.RunUntil(() => Scene.IsDead(hog) && Scene.IsDead(threaded), 5);
        Assert.False(Scene.IsDead(small));
    }

    [Fact]
    public void TERM_reaches_who_lives_in_a_threaded_cgroup_too()
    {
        using Scene scene = new(Kill("victim: cgroup, rank: [size], signal: TERM"));
        SimulatedProcess hog = scene.Start("hog", "/a/1", 300);
        SimulatedProcess threaded = scene.Start("threaded", "/a/1/threads", 10);
        foreach (string file in new[] { "memory.current", "memory.stat", "memory.swap.current" })
            scene.Files.Fail($"/sys/fs/cgroup/a/1/threads/{file}", Errno.ENOENT);
        scene.Files.Fail("/sys/fs/cgroup/a/1/threads/cgroup.procs", Errno.EOPNOTSUPP);
        scene.Files.Set("/sys/fs/cgroup/a/1/cgroup.procs", $"{hog.Pid}\n{threaded.Pid}\n");
        scene.RunUntil(() => Scene.IsDead(hog) && Scene.IsDead(threaded), 5);
        Assert.Equal([Signals.Term, Signals.Term], scene.Kernel.Signals.Select(signal => signal.Number));
    }

    [Theory]
    [InlineData(9_000)]
    [InlineData(200_000)]
    public void A_fork_bomb_does_not_protect_itself_by_its_number(int processes)
    {
        using Scene scene = new(Kill("victim: cgroup, rank: [size]"));
        SimulatedProcess bomb = scene.Start("bomb", "/a/1", 300, pid: 900);
        SimulatedProcess small = scene.Start("small", "/a/2", 50, pid: 901);
        scene.Files.Set("/sys/fs/cgroup/a/1/cgroup.procs", Pids(processes) + "900\n");
        scene.RunUntil(() => Scene.IsDead(bomb), 5);
        Assert.False(Scene.IsDead(small));
    }

    [Fact]
    public void A_protected_process_behind_more_than_a_list_holds_is_found_all_the_same()
    {
        using Scene scene = new(Kill("victim: cgroup, rank: [size], protect: [ { comm: \"^spared$\", uid: 1000 } ]"));
        SimulatedProcess spared = scene.Start("spared", "/a/1", 300, pid: 900);
        SimulatedProcess small = scene.Start("small", "/a/2", 50, pid: 901);
        scene.Files.Set("/sys/fs/cgroup/a/1/cgroup.procs", Pids(200_000) + "900\n");
        scene.RunUntil(() => Scene.IsDead(small), 5);
        Assert.False(Scene.IsDead(spared));
    }

    [Fact]
    public void A_cgroup_below_that_cannot_be_opened_protects_nobody()
    {
        using Scene scene = new(
            Kill("victim: cgroup, rank: [size]"),
            kernel: new SimulatedKernelOptions
            {
                Faults = new ScriptedFaults().Fail(
                    KernelCallKind.OpenDirectory, "/a/1/closed", Errno.EACCES, times: 10_000),
            });
        SimulatedProcess hog = scene.Start("hog", "/a/1", 300);
        SimulatedProcess hidden = scene.Start("hidden", "/a/1/closed", 10);
        scene.RunUntil(() => Scene.IsDead(hog) && Scene.IsDead(hidden), 5);
    }

    [Fact]
    public void Who_is_protected_in_a_cgroup_below_that_cannot_be_opened_is_found_all_the_same()
    {
        using Scene scene = new(
            Kill("victim: cgroup, rank: [size], protect: [ { comm: \"^hidden$\", uid: 1000 } ]"),
            kernel: new SimulatedKernelOptions
            {
                Faults = new ScriptedFaults().Fail(
                    KernelCallKind.OpenDirectory, "/a/1/closed", Errno.EACCES, times: 10_000),
            });
        SimulatedProcess hog = scene.Start("hog", "/a/1", 300);
        scene.Start("hidden", "/a/1/closed", 10);
        SimulatedProcess small = scene.Start("small", "/a/2", 50);
        scene.RunUntil(() => Scene.IsDead(small), 5);
        Assert.False(Scene.IsDead(hog));
    }

    [Fact]
    public void A_cgroup_whose_members_cannot_be_told_is_not_taken_when_one_of_them_may_be_protected()
    {
        ScriptedFaults faults = new ScriptedFaults()
            .Truncate(KernelCallKind.Read, "/a/1/cgroup.procs", 2, times: 10_000)
            .Fail(KernelCallKind.ReadProcess, "300/cgroup", Errno.EACCES, times: 10_000);
        using Scene scene = new(
            Kill("victim: cgroup, rank: [size], protect: [ { comm: \"^hog$\" } ]"),
            kernel: new SimulatedKernelOptions { Faults = faults });
        SimulatedProcess hog = scene.Start("hog", "/a/1", 300, pid: 300);
        SimulatedProcess small = scene.Start("small", "/a/2", 50);
        scene.RunUntil(() => Scene.IsDead(small), 5);
        Assert.False(Scene.IsDead(hog));
    }

    [Fact]
    public void A_protected_cgroup_is_not_taken_whatever_is_known_of_its_members()
    {
        ScriptedFaults faults = new ScriptedFaults()
            .Truncate(KernelCallKind.Read, "/a/1/cgroup.procs", 2, times: 10_000)
            .Truncate(KernelCallKind.Read, "/a/1/cgroup.events", 5, times: 10_000)
            .Fail(KernelCallKind.ReadProcess, "300/cgroup", Errno.ENOENT, times: 10_000)
            .Fail(KernelCallKind.OpenProcess, "300", Errno.ESRCH, times: 10_000);
        using Scene scene = new(
            Kill("victim: cgroup, rank: [size], protect: [ { cgroup: a/1 } ]"),
            kernel: new SimulatedKernelOptions { Faults = faults });
        SimulatedProcess hog = scene.Start("hog", "/a/1", 300, pid: 300);
        SimulatedProcess small = scene.Start("small", "/a/2", 50);
        scene.RunUntil(() => Scene.IsDead(small), 5);
        Assert.False(Scene.IsDead(hog));
    }

    /// <summary>Pids of no process, one a line.</summary>
    private static string Pids(int count) =>
        string.Concat(Enumerable.Range(1_000_000, count).Select(pid => $"{pid}\n"));

    private static MachineOptions Hybrid() => new()
    {
        Profile = KernelProfile.Debian12 with
        {
            Cgroups = CgroupMode.Hybrid,
            CgroupMount = "/sys/fs/cgroup/unified",
        },
    };

    private static MachineOptions WithSwap() => new()
    {
        Swap = [new SwapDeviceOptions { SizeBytes = 1024 * MiB }],
    };

    private static string Kill(string keys, string when = "mem.available > 1MiB")
    {
        string signal = keys.Contains("signal:") ? "" : ", signal: KILL";
        return $$"""
            rules:
              - { name: a, when: {{when}}, cooldown: 1min, then: [ { kill: { from: "**", min-size: 30MiB{{signal}}, {{keys}} } } ] }
            """;
    }
}
