using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using PressureD.Simulation.Fuzz;
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
    public void A_case_that_is_kept_is_the_case_that_was_drawn()
    {
        for (ulong seed = 1; seed < 50; seed++)
        {
            string drawn = FuzzScenario.Of(seed, 2 * MinuteUsec).ToString();
            Assert.Equal(drawn, FuzzScenario.Read(drawn).ToString());
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

    [Fact]
    public void Standing_by_would_be_seen()
    {
        FuzzScenario wrong = Killing() with
        {
            Processes = ["{ name: p0, cgroup: app.slice/p0, leak: { rate: 100MiB/s, ceiling: 800MiB } }"],
            Rules = ["{ name: r, when: \"mem.available < 1MiB\", then: [ { kill: { from: \"app.slice/**\" } } ] }"],
            DurationUsec = 3 * MinuteUsec,
            CalmFromUsec = MinuteUsec,
            GateBytes = 400L << 20,
        };
        Assert.Contains("stands by", FuzzRun.Run(wrong, FindPolicy)!.Value.Violation);
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

    private static FuzzScenario Killing() => new()
    {
        Seed = 1,
        Shipped = false,
        GateBytes = 100L << 20,
        DurationUsec = 2 * MinuteUsec,
        CalmFromUsec = MinuteUsec,
        Machine = "{ ram: 1GiB }",
        Rules =
        [
            "{ name: r, when: \"mem.available < 100MiB\", cooldown: 5s, then: [ { kill: { from: \"app.slice/**\" } } ] }",
        ],
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
