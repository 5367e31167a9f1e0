using System.Collections.Generic;
using System.Linq;
using System.Text;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Simulation.Faults;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Scenarios;
using PressureD.Simulation.Script;
using PressureD.Simulation.Workloads;
using PressureD.Yaml;

namespace PressureD.Simulation.Tests.Scenarios;

public class SimulatedDaemonTests
{
    private const string KillsBelowTenPercent = """
        version: 1
        protect:
          - { comm: "^precious$", cgroup: "/precious.slice/**" }
        rules:
          - name: low
            when: mem.available < 10%
            then:
              - kill: { from: "**", victim: process, rank: [size], signal: KILL }
        """;

    [Fact]
    public void A_scripted_number_fires_a_rule_on_its_tick_and_not_before()
    {
        var said = new List<(long Usec, DaemonEventKind Kind)>();
        var kernel = new ScriptedMachine()
            .MemInfo("MemAvailable", 450_000)
            .Cgroup("/job.slice/a.service").Process(5000, "big", "/job.slice/a.service", anonMiB: 400)
            .At(3_000_000).MemInfo("MemAvailable", 400_000)
            .Build();
        using var daemon = Daemon(kernel, told => said.Add((kernel.Machine.ElapsedUsec, told.Kind)));
        RunFor(kernel, daemon, 5_000_000);
        var sent = said.First(told => told.Kind == DaemonEventKind.SignalSent);
        Assert.InRange(sent.Usec, 3_000_000, 3_500_000);
        Assert.Null(kernel.Machine.FindProcess(5000));
    }

    // The kernel's own killer knows nothing of what is protected: only what the daemon signals is judged.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Whatever_goes_wrong_nothing_protected_is_signalled(ulong seed)
    {
        var machine = new SimulatedMachine(new MachineOptions
        {
            Seed = seed,
            Swap = seed % 2 == 0 ? [new SwapDeviceOptions { SizeBytes = 256L << 20 }] : [],
        });
        machine.MakeCgroup("/precious.slice/db.service");
        var precious = machine.Start(new ProcessOptions
        {
            Comm = "precious", Cgroup = "/precious.slice/db.service", AnonBytes = 300L << 20, OomScoreAdj = -1000,
        });
        var faults = new SeededFaults(seed);
        var kernel = new SimulatedKernel(machine, new SimulatedKernelOptions { Faults = faults });
        using var daemon = Daemon(kernel, _ => { });
        for (var wave = 0; wave < 6; wave++)
        {
            machine.MakeCgroup($"/job.slice/w{wave}.service");
            machine.Start(new ProcessOptions
            {
                Comm = $"w{wave}",
                Cgroup = $"/job.slice/w{wave}.service",
                IgnoresTerm = wave % 2 == 0,
                Workload = new LeakWorkload { BytesPerSecond = (10L + (wave * 10)) << 20 },
            });
            RunFor(kernel, daemon, 20_000_000);
        }

        Assert.Equal(ProcessState.Running, precious.State);
        Assert.True(kernel.Daemon.IsAlive);
    }

    [Fact]
    public void The_same_run_says_the_same_words()
    {
        Assert.Equal(Words(seed: 3), Words(seed: 3));

        static string Words(ulong seed)
        {
            var words = new StringBuilder();
            var machine = new SimulatedMachine(new MachineOptions());
            var kernel = new SimulatedKernel(machine, new SimulatedKernelOptions { Faults = new SeededFaults(seed) });
            machine.MakeCgroup("/a");
            machine.Start(new ProcessOptions
            {
                Comm = "leak", Cgroup = "/a", Workload = new LeakWorkload { BytesPerSecond = 60L << 20 },
            });
            using var daemon = Daemon(
                kernel,
                told => words.AppendLine($"{told.TimeUsec} {Encoding.UTF8.GetString(told.Text.Span)}"));
            RunFor(kernel, daemon, 40_000_000);
            return words.ToString();
        }
    }

    private static SimulatedDaemon Daemon(SimulatedKernel kernel, System.Action<DaemonEvent> take)
    {
        var read = PolicyReader.Read([("policy", Encoding.UTF8.GetBytes(KillsBelowTenPercent))]);
        var errors = read.Diagnostics.Where(problem => problem.Severity == DiagnosticSeverity.Error);
        Assert.True(read.Policy is not null, string.Join('\n', errors));
        return new SimulatedDaemon(kernel, read.Policy, take);
    }

    private static void RunFor(SimulatedKernel kernel, SimulatedDaemon daemon, long usec)
    {
        var untilUsec = kernel.NowUsec + usec;
        while (kernel.NowUsec < untilUsec) daemon.Step();
    }
}
