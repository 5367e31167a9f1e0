using System;
using System.Collections.Immutable;
using System.Text;
using PressureD.Core.Cgroups;
using PressureD.Core.Durable;
using PressureD.Core.Kernel;
using PressureD.Core.Loop;
using PressureD.Core.Policy;
using PressureD.Core.Policy.Expressions;
using PressureD.Core.Publishing;

namespace PressureD.Core.Tests.Loop;

/// <summary>Steps allocate nothing once the loop is warm.</summary>
[Collection(nameof(MeasuredCollection))]
public sealed class AllocationTests
{
    [Fact]
    public void Steps_allocate_nothing_with_rules_for_each_of_50_cgroups()
    {
        ReplayKernel kernel = Machine();
        using DaemonLoop loop = Loop(
            kernel,
            Rule("each", "memory.current > 1GiB or psi.memory.some.avg10 > 20% for 5s", forEach: "app.slice/*"),
            Rule("stat", "memory.stat.anon > 50% and pids.current > 10 for 1s", forEach: "**"),
            Rule("host", "mem.available_user < 10% and swap.free < 10% or time_to_exhaustion < 3s"),
            Rule("rate", "vm.swap_in > 100/s and psi.io.full.avg10 > 20%"));
        Assert.Equal(0, AllocatedBy(loop, warmUp: 300, steps: 500));
    }

    [Fact]
    public void Steps_allocate_nothing_with_windows_groups_and_shares()
    {
        ReplayKernel kernel = Machine();
        using DaemonLoop loop = Loop(
            kernel,
            Rule("windows", "rate(memory.stat.anon, 2s) > 0B/s and avg(memory.current, 1s) > 1B "
                + "and max(pids.current, 3s) > 9 and recently(rising(memory.current), 9s)", forEach: "app.slice/*"),
            Rule("share", "memory.current > 90% of memory.max or memory.low.effective > 1B", forEach: "**"),
            Rule("below", "any(\"./*\", psi.memory.some.avg10 > 20% for 5s)", forEach: "*"),
            Rule("host", "count(\"app.slice/*\", memory.current > 1MiB) > 3 and io.cost > 1 and rate(memory.stat.pgscan, 1s) > 1/s"),
            Rule("sum", "sum_of(\"**\", memory.current) > 90% or exists(\"x\") or falling(mem.available, 85%)"));
        Assert.Equal(0, AllocatedBy(loop, warmUp: 300, steps: 500));
    }

    [Fact]
    public void Rules_about_the_same_cgroup_hold_its_files_once()
    {
        ReplayKernel kernel = Machine();
        using (Loop(kernel, Rule("a", "memory.current > 1GiB and psi.memory.some.avg10 > 20%", forEach: "app.slice/*")))
        {
        }

        int Held(params RuleSource[] rules)
        {
            using DaemonLoop loop = Loop(kernel, rules);
            for (int i = 0; i < 5; i++)
                loop.Step();
            return kernel.OpenDescriptors;
        }

        int one = Held(Rule("a", "memory.current > 1GiB and psi.memory.some.avg10 > 20%", forEach: "app.slice/*"));
        int three = Held(
            Rule("a", "memory.current > 1GiB and psi.memory.some.avg10 > 20%", forEach: "app.slice/*"),
            Rule("b", "memory.current > 2GiB for 5s", forEach: "app.slice/**"),
            Rule("c", "any(\"app.slice/*\", psi.memory.some.avg10 > 20%) or exists(\"app.slice/*\")"));
        Assert.Equal(one, three);
        Assert.True(one > 100);
    }

    [Fact]
    public void A_rule_that_stays_active_allocates_nothing()
    {
        ReplayKernel kernel = Machine();
        using DaemonLoop loop = Loop(
            kernel,
            Rule("active", "mem.available_user > 1% and psi.memory.full.avg10 < 90%"),
            Kill("nobody", "mem.available_user > 1%", "nowhere/**", VictimKind.Process, Signals.Term),
            Kill("nobody-either", "mem.available_user > 1%", "nowhere/**", VictimKind.Cgroup, Signals.Term));
        Assert.Equal(0, AllocatedBy(loop, warmUp: 100, steps: 300));
    }

    [Fact]
    public void Kills_allocate_nothing_either()
    {
        ReplayKernel kernel = Machine();
        for (int i = 0; i < 8; i++)
            kernel.Processes.Add(new ReplayProcess(1000 + i, "hog", "/hogs/x", 100 + i));
        using DaemonLoop loop = Loop(
            kernel, Kill("kill", "mem.available_user > 1%", "hogs/**", VictimKind.Process, Signals.Term));
        loop.Rehearse();

        // The first victim's whole way is the warm-up of what a rehearsal cannot reach: the account of a death.
        StepUntil(loop, kernel, kills: 2);
        for (int i = 0; i < 5; i++)
            loop.Step();
        long before = GC.GetAllocatedBytesForCurrentThread();
        StepUntil(loop, kernel, kills: 5);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(5, kernel.KillSignals);
    }

    [Fact]
    public void Everything_that_was_opened_is_closed()
    {
        ReplayKernel kernel = Machine();
        kernel.Processes.Add(new ReplayProcess(1000, "hog", "/hogs/x", 100));
        DaemonLoop loop = Loop(
            kernel,
            Rule("each", "memory.current > 1GiB or psi.memory.some.avg10 > 20% for 5s", forEach: "app.slice/*"),
            Kill("kill", "mem.available_user > 1%", "hogs/**", VictimKind.Process, Signals.Kill));
        for (int i = 0; i < 100; i++)
            loop.Step();
        Assert.Equal(1, kernel.KillSignals);
        loop.ReplacePolicy(PolicyOf(Rule("host", "mem.available_user < 10%")));
        loop.Step();
        loop.Dispose();
        Assert.Equal(0, kernel.OpenDescriptors);
    }

    private static void StepUntil(DaemonLoop loop, ReplayKernel kernel, int kills)
    {
        for (int i = 0; i < 1000 && kernel.KillSignals < kills; i++)
            loop.Step();
    }

    private static long AllocatedBy(DaemonLoop loop, int warmUp, int steps)
    {
        loop.Rehearse();
        for (int i = 0; i < warmUp; i++)
            loop.Step();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < steps; i++)
            loop.Step();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static DaemonLoop Loop(ReplayKernel kernel, params RuleSource[] rules) => new(new LoopOptions
    {
        Kernel = kernel,
        Store = new TestRunStore(),
        Sink = new EventRing(16),
        Board = new SnapshotBoard(),
        Policy = PolicyOf(rules),
    });

    private static PolicySet PolicyOf(params RuleSource[] rules)
    {
        var diagnostics = new DiagnosticBag();
        return PolicyCompiler.Compile(rules, 40, ["f"], diagnostics)
            ?? throw new InvalidOperationException(string.Join('\n', diagnostics.Sorted(["f"])));
    }

    private static RuleSource Rule(string name, string when, string? forEach = null, RuleAction? action = null)
    {
        var at = new SourcePosition("f", 1, 1);
        return new RuleSource
        {
            Name = name,
            Position = at,
            ForEach = forEach is null ? null : new CgroupPattern(forEach),
            When = ParsedCondition.Parse(new SourceText(when, at), new DiagnosticBag())!,
            CooldownUsec = 500_000,
            Actions = [new NotifyAction(PressureLevel.Low), action ?? new LogAction("x")],
        };
    }

    private static RuleSource Kill(string name, string when, string from, VictimKind victim, int signal) =>
        Rule(name, when, action: new KillAction
        {
            From = new CgroupPattern(from),
            Victim = victim,
            Rank = [RankKey.Growth, RankKey.Badness],
            Protect = ImmutableArray.Create(new Matcher { Comm = new TextPattern("^spared$"), Text = "comm" }),
            Prefer = ImmutableArray.Create(new Matcher { Unit = "x.service", Text = "unit" }),
            Avoid = ImmutableArray.Create(new Matcher { Comm = new TextPattern("^dear$"), Text = "comm" }),
            Signal = signal,
            GraceUsec = 1_000_000,
        });

    private static string Meminfo(long availableKiB) =>
        $"MemTotal: 9000000 kB\nMemFree: 500000 kB\nMemAvailable: {availableKiB} kB\n"
        + "SwapTotal: 100000 kB\nSwapFree: 90000 kB\nAnonPages: 300000 kB\nShmem: 1000 kB\n";

    private static ReplayKernel Machine()
    {
        var kernel = new ReplayKernel();
        kernel.Set("/proc/meminfo", Meminfo(600_000));
        for (int i = 1; i <= 8; i++)
            kernel.MeminfoAfterKills.Add(Encoding.UTF8.GetBytes(Meminfo(600_000 + (i * 110_000))));
        kernel.Set("/proc/vmstat", "pswpin 5\npswpout 6\n");
        kernel.Set("/proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n/dev/vdb partition\t100000\t10000\t-2\n");
        const string pressure =
            "some avg10=0.50 avg60=0.00 avg300=0.00 total=10\nfull avg10=0.10 avg60=0.00 avg300=0.00 total=5\n";
        kernel.Set("/proc/pressure/memory", pressure);
        kernel.Set("/proc/pressure/io", pressure);
        ReplayCgroup app = kernel.Root.Add("app.slice", 2);
        for (int i = 0; i < 50; i++)
        {
            app.Add($"app-{i}.service", 100 + i)
                .Set("memory.current", "1000000\n").Set("memory.pressure", pressure).Set("pids.current", "3\n")
                .Set("memory.stat", "anon 1000000\nfile 2000000\n").Set("cgroup.procs", $"{2000 + i}\n")
                .Set("cgroup.events", "populated 1\nfrozen 0\n").Set("memory.oom.group", "0\n");
            kernel.Processes.Add(new ReplayProcess(2000 + i, "app", $"/app.slice/app-{i}.service", 10));
        }

        kernel.Processes.Add(new ReplayProcess(50, "pressured", "/system.slice/pressured.service", 5));
        return kernel;
    }
}
