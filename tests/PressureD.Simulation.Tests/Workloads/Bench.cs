using System.Collections.Generic;
using System.Globalization;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Tests.Kernel;
using PressureD.Simulation.Tests.Machine;
using PressureD.Simulation.Workloads;

namespace PressureD.Simulation.Tests.Workloads;

/// <summary>A machine with one workload in a cgroup of its own, seen through its files.</summary>
internal sealed class Bench
{
    internal const long MiB = 1 << 20;
    internal const long Second = 1_000_000;

    internal Bench(MachineOptions options, Workload workload, int uid = 0)
    {
        Kernel = new SimulatedKernel(new SimulatedMachine(options));
        Cgroup = Machine.MakeCgroup("/a");
        Process = Machine.Start(new ProcessOptions { Comm = "work", Cgroup = "/a", Uid = uid, Workload = workload });
    }

    internal SimulatedKernel Kernel { get; }

    internal SimulatedMachine Machine => Kernel.Machine;

    internal SimulatedCgroup Cgroup { get; }

    internal SimulatedProcess Process { get; }

    internal long HeldBytes => (Process.ResidentPages + Process.SwappedPages) * Pages.Bytes;

    /// <summary>Runs, and looks in between that no page is lost.</summary>
    internal void Advance(long usec)
    {
        for (long passed = 0; passed < usec; passed += 100_000)
        {
            Machine.Advance(long.Min(100_000, usec - passed));
            MachineMemory.AssertBalanced(Machine);
        }
    }

    internal string Read(string file) => Kernel.ReadAsOwner("/a", file)!;

    internal long Stat(string key) => Keyed(Read("memory.stat"))[key];

    /// <summary>Bytes of a line of /proc/meminfo.</summary>
    internal long MemInfo(string key)
    {
        foreach (string line in KernelTextOf("/proc/meminfo").Split('\n'))
        {
            if (line.StartsWith(key + ":", System.StringComparison.Ordinal))
                return Number(line[(key.Length + 1)..^" kB".Length]) * 1024;
        }

        throw new KeyNotFoundException(key);
    }

    internal string KernelTextOf(string path) => KernelText.Read(Kernel, path);

    private static Dictionary<string, long> Keyed(string text)
    {
        var values = new Dictionary<string, long>();
        foreach (string line in text.TrimEnd('\n').Split('\n'))
            values.Add(line[..line.IndexOf(' ')], Number(line[line.IndexOf(' ')..]));
        return values;
    }

    private static long Number(string text) =>
        long.Parse(text, NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
}
