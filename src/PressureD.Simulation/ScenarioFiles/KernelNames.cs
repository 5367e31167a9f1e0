using System;
using System.Collections.Generic;
using System.Text;
using PressureD.Core.Kernel;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Recordings;

namespace PressureD.Simulation.ScenarioFiles;

/// <summary>
/// What kernels call their files and keys, so that a slip in a scenario is told from a name. Which of the modelled
/// kernels has a name does not matter: a script may give a machine what its kernel does not have.
/// </summary>
internal static class KernelNames
{
    /// <summary>Controllers that are not modelled: of their files nothing is known.</summary>
    private static readonly string[] OtherControllers =
    [
        "cpuset.", "debug.", "dmem.", "hugetlb.", "irq.", "misc.", "perf_event.", "rdma.",
    ];

    private static readonly SortedSet<string> MemInfoKeys = new(StringComparer.Ordinal) { "CmaTotal", "CmaFree" };
    private static readonly SortedSet<string> VmStatKeys = new(StringComparer.Ordinal);
    private static readonly Dictionary<string, SortedSet<string>> ControlKeys = new(StringComparer.Ordinal);

    static KernelNames()
    {
        foreach (var kernel in KernelProfile.All)
        {
            var profile = kernel with { Zswap = true, MemoryFailure = true, UnacceptedMemory = true };
            var machine = new SimulatedMachine(new MachineOptions { Profile = profile });
            var host = new HostFiles(machine);
            AddKeys(MemInfoKeys, host.Find("/proc/meminfo")!);
            AddKeys(VmStatKeys, host.Find("/proc/vmstat")!);
            var cgroup = machine.MakeCgroup("/any");
            var files = new CgroupFiles(machine);
            foreach (var name in Keyed)
            {
                if (files.Find(cgroup, name) is not { Render: { } render }) continue;
                if (!ControlKeys.TryGetValue(name, out var keys))
                    ControlKeys[name] = keys = new SortedSet<string>(StringComparer.Ordinal);
                AddKeys(keys, text => render(cgroup, text));
            }
        }
    }

    /// <summary>Keys of /proc/meminfo.</summary>
    public static IReadOnlyCollection<string> MemInfo => MemInfoKeys;

    /// <summary>Keys of /proc/vmstat.</summary>
    public static IReadOnlyCollection<string> VmStat => VmStatKeys;

    /// <summary>Files of the machine in /proc that the daemon can read.</summary>
    public static IReadOnlyCollection<string> ProcFiles { get; } =
    [
        .. RecordedFiles.Host, "/proc/self/cgroup", "/proc/self/mountinfo", "/proc/sys/kernel/random/boot_id",
        "/proc/sys/vm/overcommit_memory", "/proc/sysrq-trigger", "/proc/uptime",
    ];

    /// <summary>Control files of a cgroup, of the controllers that the model has.</summary>
    public static IReadOnlyCollection<string> ControlFiles { get; } =
    [
        "cgroup.controllers", "cgroup.events", "cgroup.freeze", "cgroup.kill", "cgroup.max.depth",
        "cgroup.max.descendants", "cgroup.pressure", "cgroup.procs", "cgroup.stat", "cgroup.stat.local",
        "cgroup.subtree_control", "cgroup.threads", "cgroup.type", "cpu.idle", "cpu.max", "cpu.max.burst",
        "cpu.pressure", "cpu.stat", "cpu.stat.local", "cpu.uclamp.max", "cpu.uclamp.min", "cpu.weight",
        "cpu.weight.nice", "io.bfq.weight", "io.cost.model", "io.cost.qos", "io.latency", "io.max", "io.pressure",
        "io.prio.class", "io.stat", "io.weight", "memory.current", "memory.events", "memory.events.local",
        "memory.high", "memory.low", "memory.max", "memory.min", "memory.numa_stat", "memory.oom.group",
        "memory.peak", "memory.pressure", "memory.reclaim", "memory.stat", "memory.swap.current",
        "memory.swap.events", "memory.swap.high", "memory.swap.max", "memory.swap.peak", "memory.zswap.current",
        "memory.zswap.max", "memory.zswap.writeback", "pids.current", "pids.events", "pids.events.local", "pids.max",
        "pids.peak",
    ];

    /// <summary>Files of a key and a number on each line.</summary>
    private static IReadOnlyList<string> Keyed =>
    [
        "cgroup.events", "cgroup.stat", "cpu.stat", "memory.events", "memory.events.local", "memory.stat",
        "pids.events", "pids.events.local",
    ];

    /// <summary>Whether a control file may be called so.</summary>
    public static bool IsControlFile(string name)
    {
        foreach (var known in ControlFiles)
            if (known == name) return true;
        foreach (var other in OtherControllers)
            if (name.StartsWith(other, StringComparison.Ordinal)) return true;
        return false;
    }

    /// <summary>Whether a file of a process may be called so.</summary>
    public static bool IsProcessFile(string name)
    {
        for (var file = ProcessFile.Stat; file <= ProcessFile.Environ; file++)
            if (SimulatedKernel.NameOf(file) == name) return true;
        return false;
    }

    /// <summary>The keys of a control file; null: they are not known, or it has none.</summary>
    public static IReadOnlyCollection<string>? KeysOf(string file) => ControlKeys.GetValueOrDefault(file);

    private static void AddKeys(SortedSet<string> keys, Action<ByteText> render)
    {
        var text = new ByteText();
        render(text);
        foreach (var line in Encoding.UTF8.GetString(text.Bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            keys.Add(line[..line.AsSpan().IndexOfAny(':', ' ')]);
    }
}
