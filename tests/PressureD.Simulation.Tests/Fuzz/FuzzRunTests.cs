using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading;
using PressureD.Simulation.Faults;
using PressureD.Simulation.Fuzz;
using PressureD.Simulation.Machine;
using PressureD.Simulation.ScenarioFiles;
using PressureD.Simulation.Scenarios;
using Files = PressureD.Simulation.Tests.ScenarioFiles.Scenarios;

namespace PressureD.Simulation.Tests.Fuzz;

/// <summary>Drawn scenarios: nothing that must never happen happens, and the checkers would see it.</summary>
public sealed class FuzzRunTests
{
    private const long MinuteUsec = 60_000_000;

    // Seeds that once failed, or that cover a kind of machine; and a batch.
    public static IEnumerable<object[]> Seeds => Enumerable.Range(1, 16).Select(seed => new object[] { seed });

    [Theory]
    [MemberData(nameof(Seeds))]
    public void What_must_hold_holds(int seed)
    {
        FuzzScenario drawn = FuzzScenario.Of((ulong)seed, 2 * MinuteUsec);
        string violation = FuzzRun.Run(drawn, FindPolicy)?.Violation ?? "";
        Assert.True(violation.Length == 0, $"{violation}\n{drawn}");
    }

    public static IEnumerable<object[]> Kept =>
        Directory.GetFiles(Corpus(), "*.yaml").Order().Select(path => new object[] { Path.GetFileName(path) });

    /// <summary>Cases that once failed, whatever their seeds draw by now.</summary>
    [Theory]
    [MemberData(nameof(Kept))]
    public void What_once_failed_holds(string file)
    {
        FuzzScenario drawn = FuzzScenario.Read(File.ReadAllText(Path.Combine(Corpus(), file)));
        string violation = FuzzRun.Run(drawn, FindPolicy)?.Violation ?? "";
        Assert.True(violation.Length == 0, $"{violation}\n{drawn}");
    }

    [Fact]
    public void It_is_ended_in_the_middle_and_that_is_no_finding()
    {
        CancellationToken ended = new(canceled: true);
        FuzzScenario drawn = FuzzScenario.Of(1, 60_000_000);
        Assert.Throws<OperationCanceledException>(() => FuzzRun.Run(drawn, FindPolicy, ended));
        Assert.Throws<OperationCanceledException>(() => FuzzRun.Shrink(drawn, FindPolicy, 9, ended));
    }

    [Fact]
    public void A_case_that_is_kept_is_the_case_that_was_drawn()
    {
        for (ulong seed = 1; seed < 50; seed++)
        {
            string drawn = FuzzScenario.Of(seed, 2 * MinuteUsec).ToString();
            Assert.Equal(drawn, FuzzScenario.Read(drawn).ToString());
        }
    }

    /// <summary>Or what is wrong with the smaller one would be taken for what failed.</summary>
    [Fact]
    public void What_is_made_smaller_can_still_be_read()
    {
        for (ulong seed = 1; seed < 40; seed++)
        {
            FuzzScenario drawn = FuzzScenario.Of(seed, 10 * MinuteUsec);
            FuzzScenario halved = drawn.Smaller().First();
            Assert.Equal(5 * MinuteUsec, halved.DurationUsec);
            foreach (FuzzScenario smaller in drawn.Smaller().Concat(halved.Smaller()))
            {
                ScenarioResult read = ScenarioReader.Read(
                    "smaller.yaml", Encoding.UTF8.GetBytes(smaller.ToString()), FindPolicy);
                Assert.True(read.Scenario is not null, $"{string.Join('\n', read.Diagnostics)}\n{smaller}");

                // Nobody could be held to act while faults go on, either.
                if (read.Scenario.Faults.Seed != 0)
                    Assert.Equal(smaller.CalmFromUsec / 1000, read.Scenario.Faults.SeedUntilUsec / 1000);

                // A file that nobody gives back would blind the daemon for good, which is another failure.
                Assert.Equal(
                    smaller.Script.Count(static line => line.Contains("errno: ", StringComparison.Ordinal)),
                    smaller.Script.Count(static line => line.Contains("restore: ", StringComparison.Ordinal)));
            }
        }
    }

    [Fact]
    public void The_same_seed_draws_the_same_scenario() => Assert.Equal(
        FuzzScenario.Of(5, 2 * MinuteUsec).ToString(), FuzzScenario.Of(5, 2 * MinuteUsec).ToString());

    [Fact]
    public void A_kill_without_its_condition_would_be_seen()
    {
        FuzzScenario wrong = Killing() with { GateBytes = 1 };
        Assert.Contains("was signalled with ", FuzzRun.Run(wrong, FindPolicy)!.Value.Violation);
    }

    [Fact]
    public void A_kill_of_somebody_protected_would_be_seen()
    {
        // The policy of this one does not protect what the checkers hold to be protected.
        FuzzScenario wrong = Killing() with
        {
            Processes = ["{ name: p0, cgroup: vital.slice/p0, leak: { rate: 100MiB/s } }"],
            Rules = ["{ name: r, when: \"mem.available < 100MiB\", then: [ { kill: { from: \"vital.slice/**\" } } ] }"],
        };
        Assert.Null(FuzzRun.Run(wrong, FindPolicy));
        FuzzScenario unprotected = wrong with
        {
            Processes = ["{ name: p0, cgroup: system.slice/pressured.service/x, leak: { rate: 100MiB/s } }"],
            Rules = ["{ name: r, when: \"mem.available < 100MiB\", then: [ { kill: { from: \"**\" } } ] }"],
        };
        Assert.Contains("which is protected", FuzzRun.Run(unprotected, FindPolicy)!.Value.Violation);
    }

    // Below, checkers are told another story than the one that runs.
    [Theory]
    [InlineData("mem.available < 30MiB")]
    [InlineData("(psi.memory.some.avg10 > 99% and mem.available < 100MiB)")]
    [InlineData("mem.available < 100MiB for 60s")]
    [InlineData("memory.current > 5000MiB and host.mem.available < 100MiB")]
    public void A_kill_by_a_rule_without_that_rules_condition_would_be_seen(string when)
    {
        FuzzScenario believed = Killing() with { Rules = [Rule(when)] };
        Assert.Contains("by r at", FuzzRun.Run(Killing(), believed, FindPolicy)!.Value.Violation);
    }

    [Theory]
    [InlineData("restarts: { memory: 2000MiB, rate: 100MiB/s, life: 100s }")]
    [InlineData("count: 3, every: 15000ms, leak: { rate: 100MiB/s }")]
    public void A_kill_inside_a_cooldown_would_be_seen(string work)
    {
        FuzzScenario drawn = Killing() with
        {
            DurationUsec = 3 * MinuteUsec,
            Processes = [$"{{ name: p0, cgroup: \"app.slice/p0-{{n}}\", {work} }}"],
            Faults = [],
        };
        Assert.Null(FuzzRun.Run(drawn, FindPolicy));
        FuzzScenario believed = drawn with { Rules = [drawn.Rules[0].Replace("cooldown: 5s", "cooldown: 60s")] };
        Assert.Contains("its cooldown is 60000000", FuzzRun.Run(drawn, believed, FindPolicy)!.Value.Violation);
    }

    [Theory]
    [InlineData(150)]
    [InlineData(300)]
    public void A_kill_before_the_shipped_policy_may_would_be_seen(int availableMiB)
    {
        FuzzScenario drawn = Killing() with { Rules = [Rule($"mem.available < {availableMiB}MiB")] };
        FuzzScenario believed = drawn with { Shipped = true, Rules = [] };
        Assert.Contains("was signalled with ", FuzzRun.Run(drawn, believed, FindPolicy)!.Value.Violation);
    }

    [Fact]
    public void What_throws_in_the_middle_is_a_finding()
    {
        FuzzScenario drawn = Killing() with
        {
            Processes =
            [
                "{ name: p0, cgroup: app.slice/p0, starts: 20s, pid: 201 }",
                "{ name: p1, cgroup: app.slice/p1, count: 9 }",
            ],
        };
        Assert.StartsWith("thrown: ", FuzzRun.Run(drawn, FindPolicy)!.Value.Violation);
    }

    [Fact]
    public void A_kill_on_a_quiet_machine_would_be_seen() => Assert.Contains(
        "on a quiet machine",
        FuzzRun.Run(Killing(), Killing() with { Quiet = true }, FindPolicy)!.Value.Violation);

    [Fact]
    public void A_limit_of_somebody_elses_that_is_lost_would_be_seen()
    {
        FuzzScenario drawn = Killing() with
        {
            Script = ["{ at: 5000ms, cgroup: vital.slice/db, file: memory.high, write: 200MiB }"],
        };
        Assert.Null(FuzzRun.Run(drawn, FindPolicy));
        Assert.Contains(
            "vital.slice/db/memory.high was left at 209715200, it was max",
            FuzzRun.Run(drawn, drawn with { Script = [] }, FindPolicy)!.Value.Violation);
    }

    [Fact]
    public void A_limit_that_is_put_back_early_would_be_seen()
    {
        FuzzScenario drawn = Killing() with
        {
            Processes = ["{ name: p0, cgroup: app.slice/p0, leak: { rate: 60MiB/s, ceiling: 800MiB } }"],
            Rules = ["{ name: r, when: mem.available < 200MiB, then: [ { set: { of: app.slice/p0, file: memory.low, "
                + "value: 32MiB } } ] }"],
            Script = ["{ at: 60000ms, exit: p0 }"],
            Faults = [],
            GateBytes = 300L << 20,
        };
        Assert.Null(FuzzRun.Run(drawn, FindPolicy));
        string later = drawn.Rules[0].Replace("then:", "until: mem.available > 9999MiB, then:", StringComparison.Ordinal);
        FuzzScenario believed = drawn with { Rules = [later] };
        Assert.Contains("is put back before", FuzzRun.Run(drawn, believed, FindPolicy)!.Value.Violation);
    }

    [Theory]
    [InlineData("mem.available < 200MiB")]
    [InlineData("memory.current > 100MiB and host.mem.available < 200MiB")]
    public void Standing_by_would_be_seen(string when)
    {
        FuzzScenario drawn = Idle("{ ram: 1GiB }", "leak: { rate: 100MiB/s, ceiling: 800MiB }");
        Assert.Null(FuzzRun.Run(drawn, FindPolicy));
        Assert.Contains(
            "stands by", FuzzRun.Run(drawn, drawn with { Rules = [Rule(when)] }, FindPolicy)!.Value.Violation);
    }

    [Theory]
    [InlineData("{ ram: 1GiB }", "leak: { rate: 100MiB/s, ceiling: 905MiB }")]
    [InlineData("{ ram: 1GiB, swap: 2GiB }", "hot-set: { size: 1400MiB }")]
    public void That_the_shipped_policy_stands_by_would_be_seen(string machine, string work)
    {
        FuzzScenario drawn = Idle(machine, work);
        Assert.Null(FuzzRun.Run(drawn, FindPolicy));
        Assert.Contains(
            "stands by",
            FuzzRun.Run(drawn, drawn with { Shipped = true, Rules = [] }, FindPolicy)!.Value.Violation);
    }

    [Fact]
    public void Services_start_anew_between_two_calls_of_an_act()
    {
        var machine = new SimulatedMachine(new MachineOptions());
        SimulatedCgroup cgroup = machine.MakeCgroup("/app.slice/p0");
        SimulatedProcess before = machine.Start(new ProcessOptions { Comm = "p0", Cgroup = cgroup.Path });
        var faults = new FuzzFaults(NoFaults.Instance, seed: 1, oneIn: 1, untilUsec: long.MaxValue)
        {
            Machine = machine,
        };
        faults.OnCall(new KernelCall(KernelCallKind.Read, "/proc/meminfo", 1, 0));
        Assert.True(before.IsAlive);
        faults.OnCall(new KernelCall(KernelCallKind.Signal, $"/proc/{before.Pid}", 2, 0));
        Assert.False(before.IsAlive);
        Assert.True(cgroup.Removed);
        SimulatedProcess after = Assert.Single(machine.FindCgroup("/app.slice/p0")!.Processes);
        Assert.True(faults.IsNewcomer(after));
        Assert.False(faults.IsNewcomer(before));
        Assert.Equal(2, faults.Calls);
        string file = machine.Options.Profile.CgroupMount + "/app.slice/p0/cgroup.kill";
        faults.OnCall(new KernelCall(KernelCallKind.WriteControl, file, 3, 0));
        Assert.False(after.IsAlive);
        faults.NoteStep();
        Assert.False(faults.IsNewcomer(Assert.Single(machine.FindCgroup("/app.slice/p0")!.Processes)));
    }

    [Theory]
    [InlineData(KernelCallKind.OpenFile, "{cgroup}/memory.stat", false)]
    [InlineData(KernelCallKind.ReadProcess, "/proc/{pid}/statm", false)]
    [InlineData(KernelCallKind.OpenFile, "{cgroup}/cgroup.procs", true)]
    [InlineData(KernelCallKind.OpenFile, "{cgroup}x/memory.stat", true)]
    [InlineData(KernelCallKind.ReadProcess, "/proc/{pid}/stat", true)]
    [InlineData(KernelCallKind.ReadProcess, "/proc/{pid}/status", true)]
    [InlineData(KernelCallKind.ReadProcess, "/proc/1{pid}/statm", true)]
    public void Who_was_looked_at_since_it_came_can_be_chosen(KernelCallKind kind, string path, bool isNewcomer)
    {
        var machine = new SimulatedMachine(new MachineOptions());
        SimulatedProcess before = machine.Start(
            new ProcessOptions { Comm = "p0", Cgroup = machine.MakeCgroup("/app.slice/p0").Path });
        machine.MakeCgroup("/app.slice/p0x");
        var faults = new FuzzFaults(NoFaults.Instance, seed: 1, oneIn: 1, untilUsec: long.MaxValue)
        {
            Machine = machine,
        };
        faults.OnCall(new KernelCall(KernelCallKind.Signal, $"/proc/{before.Pid}", 1, 0));
        SimulatedProcess after = Assert.Single(machine.FindCgroup("/app.slice/p0")!.Processes);
        string looked = path.Replace("{pid}", $"{after.Pid}", StringComparison.Ordinal)
            .Replace("{cgroup}", machine.Options.Profile.CgroupMount + "/app.slice/p0", StringComparison.Ordinal);
        faults.OnCall(new KernelCall(kind, looked, 2, 0));
        Assert.Equal(isNewcomer, faults.IsNewcomer(after));
    }

    [Fact]
    public void An_act_without_an_incident_would_be_seen()
    {
        const long Second = 1_000_000;
        var incidents = new FuzzIncidents();
        incidents.NoteSignal(100 * Second, 7, "/app.slice/p0");
        Assert.Equal("a signal in /app.slice/p0 is in no incident", incidents.FindUntold(1000 * Second, []));
        incidents = new FuzzIncidents();
        incidents.NoteWrite(100 * Second, "/app.slice/p0", "memory.high");
        Assert.Equal("memory.high in /app.slice/p0 is in no incident", incidents.FindUntold(1000 * Second, []));

        // Of a change whose writes may not have ended when the daemon was killed, or the run ended, nobody can know.
        Assert.Null(incidents.FindUntold(1000 * Second, [104 * Second]));
        Assert.NotNull(incidents.FindUntold(1000 * Second, [90 * Second, 110 * Second]));
        Assert.Null(incidents.FindUntold(104 * Second, []));

        // A signal is handed over with the step that sends it.
        incidents = new FuzzIncidents();
        incidents.NoteSignal(100 * Second, 7, "/app.slice/p0");
        Assert.NotNull(incidents.FindUntold(101 * Second, [101 * Second]));
    }

    [Fact]
    public void Steps_that_allocate_again_and_again_would_be_seen()
    {
        var allocations = new FuzzAllocations();
        long usec = 10_000_000;
        for (int i = 0; i < 8; i++)
            Assert.False(allocations.IsOneTooMany(usec += 500_000, 24, (5, 77)));
        Assert.False(allocations.IsOneTooMany(usec += 500_000, 0, (5, 77)));
        for (int i = 1; i < 20; i++)
            Assert.False(allocations.IsOneTooMany(usec += 500_000, 24 + (i * 376), (5, 77)));
        Assert.False(allocations.IsOneTooMany(usec += 500_000, 24, (6, 78)));
        Assert.False(allocations.IsOneTooMany(usec += 500_000, 24, (6, 78)));
        bool any = false;
        for (int i = 0; i < 20; i++)
            any |= allocations.IsOneTooMany(usec += 500_000, 24, (6, 78));
        Assert.True(any);
    }

    [Fact]
    public void What_others_allocate_is_not_the_daemons()
    {
        var meter = new AllocationMeter();
        long before = meter.OwnBytes;
        long left = AllocationMeter.Leave();
        byte[] others = new byte[1000];
        meter.Return(left);
        long between = meter.OwnBytes;
        byte[] own = new byte[1000];
        long after = meter.OwnBytes;
        Assert.Equal(before, between);
        Assert.InRange(after - between, own.Length, own.Length + 100);
        Assert.NotSame(own, others);
    }

    [Fact]
    public void What_fails_is_made_smaller()
    {
        FuzzScenario wrong = Killing() with { GateBytes = 1 };
        FuzzScenario smallest = FuzzRun.Shrink(wrong, FindPolicy, mostRuns: 40);
        Assert.NotNull(FuzzRun.Run(smallest, FindPolicy));
        Assert.Equal("p0", Assert.Single(smallest.Processes).Split(' ')[2].TrimEnd(','));
        Assert.Empty(smallest.Faults);
    }

    private static string Rule(string when) =>
        $"{{ name: r, {(when.Contains("host.", StringComparison.Ordinal) ? "for-each: \"*.slice\", " : "")}"
            + $"when: \"{when}\", cooldown: 5s, then: [ {{ kill: {{ from: \"app.slice/**\" }} }} ] }}";

    /// <summary>A machine whose policy never acts.</summary>
    private static FuzzScenario Idle(string machine, string work) => Killing() with
    {
        Machine = machine,
        Processes = [$"{{ name: p0, cgroup: app.slice/p0, {work} }}"],
        Rules = [Rule("mem.available < 0MiB")],
        DurationUsec = 5 * MinuteUsec,
        CalmFromUsec = MinuteUsec,
        GateBytes = 400L << 20,
    };

    private static FuzzScenario Killing() => new()
    {
        Seed = 1,
        Shipped = false,
        GateBytes = 100L << 20,
        DurationUsec = 2 * MinuteUsec,
        CalmFromUsec = MinuteUsec,
        Machine = "{ ram: 1GiB }",
        Rules = [Rule("mem.available < 100MiB")],
        Processes =
        [
            "{ name: vital, cgroup: vital.slice/db, anon: 50MiB }",
            "{ name: p0, cgroup: app.slice/p0, leak: { rate: 60MiB/s } }",
        ],
        Script = ["{ at: 5s, make-cgroup: a/b }"],
        Faults = ["{ restart: 3s }"],
    };

    private static string Corpus([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "Corpus");

    private static (string Name, ReadOnlyMemory<byte> Content)? FindPolicy(string name)
    {
        string path = Path.Combine(Files.Folder, "..", "pressured.yaml");
        return name == "shipped" ? ("pressured.yaml", File.ReadAllBytes(path)) : null;
    }
}
