using System;
using System.IO;
using PressureD.Core.Durable;
using PressureD.Core.Kernel;
using PressureD.Core.Loop;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Linux;
using PressureD.Yaml;

namespace PressureD.Benchmarks;

/// <summary>What both benchmarks need: cgroups of their own, a policy from text, a loop.</summary>
internal static class Bench
{
    /// <summary>The top of the cgroup2 tree of this machine.</summary>
    public static string CgroupMount(LinuxKernel kernel) => kernel.Features.Cgroups != CgroupMode.None
        ? kernel.Features.CgroupMount
        : throw new BenchmarkException("no cgroup2 file system is mounted");

    /// <summary>By way of a file that nobody else may write: others are refused.</summary>
    public static PolicySet Policy(string text)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, text);
            PolicyResult result = PolicyFiles.Read(file);
            return result.Policy ?? throw new BenchmarkException(string.Join('\n', result.Diagnostics));
        }
        finally
        {
            File.Delete(file);
        }
    }

    public static DaemonLoop Loop(IKernel kernel, PolicySet policy)
    {
        var wake = new NoWake();
        var loop = new DaemonLoop(new LoopOptions
        {
            Kernel = kernel,
            Store = new MemoryRunStore(UndoJournal.StoreBytes),
            Sink = new EventRing(64, wake),
            Board = new SnapshotBoard(wake),
            Policy = policy,
        });
        loop.Rehearse();
        return loop;
    }

    /// <summary>The value that the given share of all values does not exceed.</summary>
    public static double Percentile(double[] sorted, double share) =>
        sorted[Math.Clamp((int)Math.Ceiling(sorted.Length * share) - 1, 0, sorted.Length - 1)];

    private sealed class NoWake : IWake
    {
        public void Signal()
        {
        }
    }
}
