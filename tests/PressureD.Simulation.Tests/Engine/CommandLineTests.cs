using System;
using System.Linq;
using System.Text.Json;
using PressureD.Core.Kernel;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Tests.Engine;

/// <summary>What a victim was started as is kept with its incident, when that was known in time, and told nowhere else.</summary>
public sealed class CommandLineTests
{
    private const string Policy = """
        rules:
          - name: low
            when: mem.available_user < 12%
            cooldown: 1min
            then: [ { kill: { from: "a/**", victim: process, signal: KILL, rank: [size] } } ]
        """;

    [Theory]
    [InlineData("size")]
    [InlineData("badness")]
    [InlineData("growth, size")]
    public void It_is_in_the_incident_and_in_nothing_that_others_read(string rank)
    {
        using Scene scene = new(Policy.Replace("rank: [size]", $"rank: [{rank}]", StringComparison.Ordinal));
        SimulatedProcess hog = StartHog(scene, ["/usr/bin/hog", "--password=geheim", "two words"]);
        FillSlowly(scene);
        scene.RunUntil(() => Scene.IsDead(hog), 30);
        scene.Run(30);
        JsonElement victim = Assert.Single(scene.Incidents.Written).GetProperty("victim");
        Assert.Equal(hog.Pid, victim.GetProperty("pid").GetInt32());
        Assert.Equal(1000, victim.GetProperty("uid").GetInt32());
        Assert.Equal("/usr/bin/hog --password=geheim two words", victim.GetProperty("command_line").GetString());
        Assert.DoesNotContain(scene.Events, said => said.Text.Contains("geheim", StringComparison.Ordinal));
        JsonElement incident = scene.Incidents.Written[0];
        Assert.DoesNotContain("geheim", incident.GetProperty("summary").GetString());
        Assert.DoesNotContain("geheim", incident.GetProperty("acts").ToString());
        Assert.DoesNotContain(scene.Kernel.Begun, static begun => begun.File == ProcessFile.Environ);
    }

    [Fact]
    public void What_could_mislead_is_escaped_and_what_is_long_is_cut()
    {
        using Scene scene = new(Policy);
        SimulatedProcess hog = StartHog(scene, ["hog", "a\nb\u202Ec", new string('x', 400), "geheim"]);
        FillSlowly(scene);
        scene.RunUntil(() => Scene.IsDead(hog), 30);
        scene.Run(30);
        string line = CommandLine(scene)!;
        Assert.StartsWith(@"hog a\x0ab\xe2\x80\xaec xxx", line);
        Assert.EndsWith("xxx...", line);
        Assert.InRange(line.Length, 256, 300);
    }

    [Fact]
    public void It_is_known_of_the_small_ones_too_when_a_rule_can_take_no_others()
    {
        using Scene scene = new(Policy.Replace("a/**", "small/**", StringComparison.Ordinal));
        StartHog(scene, ["hog"]);
        for (int i = 0; i < 9; i++)
            scene.Start($"large{i}", "/large", 20);
        SimulatedProcess small = scene.Start(new ProcessOptions
        {
            Comm = "small", Cgroup = "/small/1", AnonBytes = 5 * Scene.MiB, Uid = 1000, Arguments = ["small", "-x"],
        });
        FillSlowly(scene, parts: 7);
        scene.RunUntil(() => Scene.IsDead(small), 30);
        scene.Run(30);
        Assert.Equal("small -x", CommandLine(scene));
    }

    [Fact]
    public void A_dry_run_keeps_it_too()
    {
        using Scene scene = new(Policy, dryRun: true);
        StartHog(scene, ["hog", "-x"]);
        FillSlowly(scene);
        scene.Run(40);
        Assert.Equal("hog -x", CommandLine(scene));
    }

    [Fact]
    public void A_kill_does_not_wait_for_it()
    {
        double[] deaths = new double[2];
        for (int i = 0; i < 2; i++)
        {
            using Scene scene = new(
                Policy, kernel: new SimulatedKernelOptions { OperationUsec = i == 0 ? 150 : 60_000_000 });
            SimulatedProcess hog = StartHog(scene, ["hog", "-x"]);
            FillSlowly(scene);
            scene.RunUntil(() => Scene.IsDead(hog), 30);
            deaths[i] = scene.Now;
            scene.Run(30);
            Assert.Equal(i == 0 ? "hog -x" : null, CommandLine(scene));

            // Whoever hangs is waited for by one worker, and not by both.
            if (i == 1)
                Assert.Single(scene.Kernel.Begun, static begun => begun.File == ProcessFile.Cmdline);
        }

        Assert.InRange(deaths[1], deaths[0] - 0.2, deaths[0] + 0.2);
    }

    [Fact]
    public void A_kill_that_comes_out_of_the_blue_asks_for_nothing()
    {
        using Scene scene = new(Policy);
        SimulatedProcess hog = StartHog(scene, ["hog", "-x"]);
        scene.Run(5);
        Assert.Empty(scene.Kernel.Begun);
        scene.At(1, () => scene.Start("sudden", "/b/1", 330));
        scene.RunUntil(() => Scene.IsDead(hog), 10);
        scene.Run(30);
        Assert.Null(CommandLine(scene));
    }

    [Fact]
    public void What_a_process_was_that_had_the_number_before_is_not_taken_for_it()
    {
        using Scene scene = new(Policy);
        SimulatedProcess first = StartHog(scene, ["hog", "--first"]);
        int pid = first.Pid;
        FillSlowly(scene);
        scene.RunUntil(() => scene.Kernel.Begun.Any(static begun => begun.File == ProcessFile.Cmdline), 30);
        scene.Run(0.6);
        scene.Machine.Exit(first);
        scene.RunUntil(() => Scene.IsDead(first), scene.Now + 1);
        SimulatedProcess second = scene.Start(new ProcessOptions
        {
            Comm = "hog", Cgroup = "/a/1", AnonBytes = 500 * Scene.MiB, Uid = 1001, Pid = pid, Arguments = ["second"],
        });
        scene.RunUntil(() => Scene.IsDead(second), 30);
        scene.Run(30);
        Assert.Equal("second", CommandLine(scene));
    }

    [Fact]
    public void Once_a_rule_is_about_to_act_nobody_is_asked_whose_answer_may_have_to_come_from_swap()
    {
        const string Waiting = """
            rules:
              - name: full
                when: psi.memory.full.avg10 > 20% for 5s
                cooldown: 1min
                then: [ { kill: { from: "a/**", victim: process, signal: KILL, rank: [size] } } ]
            """;
        foreach (bool isSwapped in (bool[])[false, true])
        {
            using Scene scene = new(Waiting, new MachineOptions { Swap = [new SwapDeviceOptions { SizeBytes = 1L << 30 }] });
            SimulatedProcess hog = StartHog(scene, ["hog", "-x"]);
            if (isSwapped)
                scene.At(1, () => scene.Files.SetKey($"/proc/{hog.Pid}/status", "VmSwap", "4 kB"));
            scene.At(3, () => scene.Pressure(60, 1_000_000));
            scene.RunUntil(() => Scene.IsDead(hog), 30);
            scene.Run(30);
            Assert.Equal(isSwapped ? null : "hog -x", CommandLine(scene));
        }
    }

    /// <summary>What is known of whoever is in swap is not worth another wait.</summary>
    [Theory]
    [InlineData(false, 3)]
    [InlineData(true, 1)]
    public void Whoever_has_something_in_swap_is_asked_once(bool isSwapped, int times)
    {
        using Scene scene = new(Policy);
        SimulatedProcess hog = StartHog(scene, ["hog", "-x"]);
        if (isSwapped)
            scene.At(1, () => scene.Files.SetKey($"/proc/{hog.Pid}/status", "VmSwap", "4 kB"));
        FillSlowly(scene, parts: 14);
        scene.Run(90);
        Assert.False(Scene.IsDead(hog));
        Assert.Equal(
            times,
            scene.Kernel.Begun.Count(begun => begun.File == ProcessFile.Cmdline && begun.Target == hog.Pid));
    }

    private static string? CommandLine(Scene scene) =>
        Assert.Single(scene.Incidents.Written).GetProperty("victim").GetProperty("command_line").GetString();

    private static SimulatedProcess StartHog(Scene scene, string[] arguments) => scene.Start(new ProcessOptions
    {
        Comm = "hog", Cgroup = "/a/1", AnonBytes = 500 * Scene.MiB, Uid = 1000, Arguments = arguments,
    });

    /// <summary>Brings the machine through the time in which it is watched closely to where the rule acts.</summary>
    private static void FillSlowly(Scene scene, int parts = 16)
    {
        for (int i = 0; i < parts; i++)
        {
            int part = i;
            scene.At(1 + i, () => scene.Start($"part{part}", $"/b/{part}", 20));
        }
    }
}
