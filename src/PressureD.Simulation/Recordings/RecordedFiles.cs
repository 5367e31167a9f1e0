using System;
using System.Collections.Generic;
using System.Globalization;
using PressureD.Core.Kernel;
using PressureD.Simulation.Kernel;

namespace PressureD.Simulation.Recordings;

/// <summary>
/// What is recorded of a machine: the files that the daemon can read, and how a recording names them.
/// </summary>
/// <remarks>
/// A key is a file's absolute path. A cgroup's directory is its path with a slash at its end, and says its inode, its
/// owner and its attributes. The empty key says what the machine is.
/// cgroup.procs and cgroup.events follow from the processes.
/// </remarks>
internal static class RecordedFiles
{
    /// <summary>What the machine is: one "name value" a line.</summary>
    public const string MachineKey = "";

    public const string MemInfo = "/proc/meminfo";
    public const string VmStat = "/proc/vmstat";
    public const string Swaps = "/proc/swaps";

    /// <summary>Files of the machine. Those of zram devices and disks come with the devices.</summary>
    public static IReadOnlyList<string> Host { get; } =
    [
        MemInfo, VmStat, Swaps, "/proc/pressure/memory", "/proc/pressure/io", "/proc/pressure/cpu",
        "/proc/pressure/irq", "/proc/spl/kstat/zfs/arcstats", "/proc/sys/vm/swappiness",
        "/sys/module/zswap/parameters/enabled", "/sys/module/zswap/parameters/max_pool_percent",
    ];

    /// <summary>Control files of each cgroup, as far as it has them.</summary>
    public static IReadOnlyList<string> Cgroup { get; } =
    [
        "memory.current", "memory.swap.current", "memory.stat", "memory.pressure", "io.pressure", "cpu.pressure",
        "irq.pressure", "memory.events", "memory.events.local", "memory.swap.events", "memory.peak",
        "memory.swap.peak", "memory.zswap.current", "memory.min", "memory.low", "memory.high", "memory.max",
        "memory.swap.high", "memory.swap.max", "memory.zswap.max", "memory.zswap.writeback", "memory.oom.group",
        "io.stat", "io.weight", "cpu.stat", "cpu.weight", "cpu.max", "pids.current", "pids.peak", "pids.max",
        "pids.events", "cgroup.stat", "cgroup.type", "cgroup.freeze", "cgroup.controllers", "cgroup.subtree_control",
    ];

    /// <summary>Where in <see cref="Cgroup"/> the file is that says which of the others there are.</summary>
    public static int ControllersIndex { get; } = IndexOf("cgroup.controllers");

    /// <summary>Extended attributes of each cgroup, as far as they are set and may be seen.</summary>
    public static IReadOnlyList<string> Attributes { get; } =
    [
        "user.oomd_prefer", "user.oomd_avoid", "user.oomd_omit", "trusted.oomd_prefer", "trusted.oomd_avoid",
        "trusted.oomd_omit", "user.oomd_ooms", "user.oomd_kill", "trusted.oomd_ooms", "trusted.oomd_kill",
    ];

    /// <summary>Files of each process that does not belong to the kernel. Environments are not recorded.</summary>
    public static IReadOnlyList<ProcessFile> Process { get; } =
    [
        ProcessFile.Stat, ProcessFile.Statm, ProcessFile.Status, ProcessFile.Cgroup, ProcessFile.OomScoreAdj,
    ];

    /// <summary>Files of a process that workers read once, and anew when it executes something else.</summary>
    public static IReadOnlyList<ProcessFile> CostlyProcess { get; } = [ProcessFile.Exe, ProcessFile.Cmdline];

    public static string KeyOf(int pid, ProcessFile file) =>
        string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/{SimulatedKernel.NameOf(file)}");

    /// <summary>The key of a cgroup's directory.</summary>
    /// <param name="mount">Where cgroups are.</param>
    /// <param name="path">Without a leading slash; empty for the root.</param>
    public static string KeyOf(string mount, string path) => path.Length == 0 ? mount + "/" : $"{mount}/{path}/";

    public static string ZramKey(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"/sys/block/zram{number}/mm_stat");

    /// <summary>The key of what says whether a disk turns.</summary>
    /// <param name="device">"8:0".</param>
    public static string DiskKey(string device) => $"/sys/dev/block/{device}/queue/rotational";

    /// <summary>The process whose file a key names, or 0.</summary>
    public static int PidOf(string key)
    {
        if (!key.StartsWith("/proc/", StringComparison.Ordinal)) return 0;
        var end = key.IndexOf('/', 6);
        return end > 0 && int.TryParse(key.AsSpan(6, end - 6), NumberStyles.None, CultureInfo.InvariantCulture,
            out var pid) ? pid : 0;
    }

    private static int IndexOf(string name)
    {
        for (var index = 0; index < Cgroup.Count; index++)
            if (Cgroup[index] == name) return index;
        return -1;
    }
}
