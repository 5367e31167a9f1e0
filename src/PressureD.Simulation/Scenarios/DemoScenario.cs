using System;
using System.Collections.Generic;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Workloads;

namespace PressureD.Simulation.Scenarios;

/// <summary>A machine in trouble to watch: what it has, what runs on it, for how long.</summary>
public sealed record DemoScenario
{
    /// <summary>Every demonstration there is.</summary>
    public static IReadOnlyList<DemoScenario> All { get; } = [Leak(), Thrash(), Copy()];

    public required string Name { get; init; }

    /// <summary>One sentence for who watches.</summary>
    public required string Title { get; init; }

    public required MachineOptions Machine { get; init; }

    /// <summary>Starts what runs; given the machine and the workloads of the innocent.</summary>
    public required Action<SimulatedMachine, ProbeWorkload, CacheReaderWorkload> Populate { get; init; }

    /// <summary>The comm of the process that makes the trouble.</summary>
    public required string Culprit { get; init; }

    public required long DurationUsec { get; init; }

    private static DemoScenario Leak() => new()
    {
        Name = "leak",
        Title = "A process leaks 40 MB/s on a machine of 1 GiB without swap.",
        Machine = new MachineOptions(),
        Culprit = "leaky",
        DurationUsec = 30_000_000,
        Populate = (machine, probe, web) =>
        {
            StartServices(machine, probe, web);
            StartCulprit(machine, "leaky", new LeakWorkload { BytesPerSecond = 40L << 20, DelayUsec = 2_000_000 });
        },
    };

    private static DemoScenario Thrash() => new()
    {
        Name = "thrash",
        Title = "A process uses 1.3 times the memory of a machine of 1 GiB with 1 GiB of swap.",
        Machine = new MachineOptions { Swap = [new SwapDeviceOptions { SizeBytes = 1L << 30 }] },
        Culprit = "greedy",
        DurationUsec = 90_000_000,
        Populate = (machine, probe, web) =>
        {
            StartServices(machine, probe, web);
            StartCulprit(machine, "greedy",
                new HotSetWorkload { SizeBytes = (1L << 30) / 10 * 13, DelayUsec = 2_000_000 });
        },
    };

    private static DemoScenario Copy() => new()
    {
        Name = "copy",
        Title = "A file of 4 GiB is copied on a machine of 1 GiB: nobody should die.",
        Machine = new MachineOptions(),
        Culprit = "cp",
        DurationUsec = 60_000_000,
        Populate = (machine, probe, web) =>
        {
            StartServices(machine, probe, web);
            StartCulprit(machine, "cp", new FileCopyWorkload { SizeBytes = 4L << 30 });
        },
    };

    private static void StartServices(SimulatedMachine machine, ProbeWorkload probe, CacheReaderWorkload web)
    {
        Start(machine, "/init.scope", "init-helper", 2, 0);
        Start(machine, "/system.slice/systemd-journald.service", "systemd-journal", 8, -250);
        Start(machine, "/system.slice/systemd-logind.service", "systemd-logind", 2, 0);
        Start(machine, "/system.slice/dbus.service", "dbus-daemon", 1, -900);
        Start(machine, "/system.slice/ssh.service", "sshd", 2, -1000);
        Start(machine, "/user.slice/user-1000.slice/session-1.scope", "bash", 3, 0, 1000);
        machine.MakeCgroup("/system.slice/web.service");
        machine.Start(new ProcessOptions
        {
            Comm = "web", Cgroup = "/system.slice/web.service", AnonBytes = 60L << 20, Uid = 33, Workload = web,
        });
        machine.MakeCgroup("/system.slice/probe.service");
        machine.Start(new ProcessOptions { Comm = "probe", Cgroup = "/system.slice/probe.service", Workload = probe });
    }

    private static void StartCulprit(SimulatedMachine machine, string comm, Workload workload)
    {
        machine.MakeCgroup("/system.slice/batch.service");
        machine.Start(new ProcessOptions
        {
            Comm = comm,
            Arguments = [comm, "--demo"],
            Cgroup = "/system.slice/batch.service",
            Uid = 1001,
            Workload = workload,
        });
    }

    private static void Start(SimulatedMachine machine, string cgroup, string comm, long anonMiB, int adj, int uid = 0)
    {
        machine.MakeCgroup(cgroup);
        machine.Start(new ProcessOptions
        {
            Comm = comm, Cgroup = cgroup, AnonBytes = anonMiB << 20, FileBytes = 4L << 20, OomScoreAdj = adj, Uid = uid,
        });
    }
}
