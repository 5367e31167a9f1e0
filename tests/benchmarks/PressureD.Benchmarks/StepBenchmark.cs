using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PressureD.Core.Loop;
using PressureD.Linux;

namespace PressureD.Benchmarks;

/// <summary>
/// What one step over many cgroups takes, beside a bare C loop of pread(2) over the very same files. Both in processor
/// time of the thread and by the fastest of many rounds, so that what else runs on the machine counts least.
/// </summary>
internal static partial class StepBenchmark
{
    private const int ThreadCpuTime = 3;

    private const int WarmUp = 20;
    private const int Steps = 100;

    public static void Run(string scratch, int cgroups)
    {
        using LinuxKernel kernel = LinuxKernel.Open();
        ProcessMemory.RaiseOpenFiles(65536);
        string name = $"pressured-bench-{Environment.ProcessId}";
        string top = Path.Combine(Bench.CgroupMount(kernel), name);
        try
        {
            Directory.CreateDirectory(top);
            if (kernel.Features.MemoryController)
                File.WriteAllText(Path.Combine(top, "cgroup.subtree_control"), "+memory");
            for (int i = 0; i < cgroups; i++)
                Directory.CreateDirectory(Path.Combine(top, $"c{i}"));
            string[] kinds = kernel.Features.MemoryController
                ? ["memory.pressure", "io.pressure", "memory.current"]
                : ["memory.pressure", "io.pressure"];
            string memory = kernel.Features.MemoryController ? " and memory.current > 1024GiB" : "";
            using DaemonLoop loop = Bench.Loop(
                kernel,
                Bench.Policy(
                    $$"""
                    version: 1
                    rules:
                      - name: each
                        for-each: "{{name}}/*"
                        when: psi.memory.full.avg10 > 99% and psi.io.full.avg10 > 99%{{memory}}
                        then: [ { log: "cannot be" } ]
                    """));
            // Before and after: the machine may be another one by then.
            double bareBefore = RunBareLoop(scratch, Files(top, cgroups, kinds));
            double[] ours = Measure(kernel, loop);
            double bare = Math.Min(bareBefore, RunBareLoop(scratch, Files(top, cgroups, kinds)));
            Console.WriteLine(
                $"step: {cgroups} cgroups, {kinds.Length} files of each: {ours[0]:0.000} ms of processor time, "
                + $"median {Bench.Percentile(ours, 0.5):0.000} ms; bare C loop {bare:0.000} ms; "
                + $"{ours[0] / bare:0.00} times that, promised: 1.25" + (ours[0] <= 1.25 * bare ? "" : " - NOT KEPT"));
        }
        finally
        {
            foreach (string child in Directory.Exists(top) ? Directory.GetDirectories(top) : [])
                Directory.Delete(child);
            if (Directory.Exists(top))
                Directory.Delete(top);
        }
    }

    private static double[] Measure(LinuxKernel kernel, DaemonLoop loop)
    {
        var times = new double[Steps];
        for (int i = -WarmUp; i < Steps; i++)
        {
            kernel.Wake();
            double began = CpuMsec();
            loop.Step();
            if (i >= 0)
                times[i] = CpuMsec() - began;
        }

        Array.Sort(times);
        return times;
    }

    private static unsafe double CpuMsec()
    {
        // struct timespec: seconds and nanoseconds.
        long* time = stackalloc long[2];
        _ = ClockGetTime(ThreadCpuTime, time);
        return (time[0] * 1e3) + (time[1] / 1e6);
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static unsafe partial int ClockGetTime(int clock, long* time);

    private static IEnumerable<string> Files(string top, int cgroups, string[] kinds)
    {
        for (int i = 0; i < cgroups; i++)
        {
            foreach (string kind in kinds)
                yield return Path.Combine(top, $"c{i}", kind);
        }
    }

    /// <returns>Milliseconds of the fastest round.</returns>
    private static double RunBareLoop(string scratch, IEnumerable<string> files, [CallerFilePath] string here = "")
    {
        string program = Path.Combine(scratch, "bare-loop");
        if (!File.Exists(program))
        {
            string source = Path.Combine(Path.GetDirectoryName(here)!, "bare-loop.c");
            using Process compiler = Process.Start("gcc", ["-O2", "-o", program, source]);
            compiler.WaitForExit();
            if (compiler.ExitCode != 0)
                throw new BenchmarkException($"gcc could not compile {source}");
        }

        var start = new ProcessStartInfo(program, [Steps.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using Process loop = Process.Start(start)!;
        foreach (string file in files)
            loop.StandardInput.WriteLine(file);
        loop.StandardInput.Close();
        string text = loop.StandardOutput.ReadToEnd();
        loop.WaitForExit();
        if (loop.ExitCode != 0)
            throw new BenchmarkException("the bare loop could not read the files");
        return double.Parse(text, CultureInfo.InvariantCulture);
    }
}
