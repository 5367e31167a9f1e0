using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text;
using Microsoft.Win32.SafeHandles;
using PressureD.Core.Cgroups;
using PressureD.Core.Engine;
using PressureD.Core.Kernel;
using PressureD.Core.Loop;
using PressureD.Core.Policy;
using PressureD.Core.Policy.Expressions;
using PressureD.Core.Sampling;
using PressureD.Core.Tests.Loop;
using PressureD.Linux;

namespace PressureD.Benchmarks;

/// <summary>
/// What evaluating costs beside reading: every rule for every cgroup, by the daemon's own loop, against one pread for each
/// file that the rules ask about. The files are those of cgroups made for it, of version 1 where memory is there; a file that there is not is on
/// a tmpfs, where reading costs less than in a cgroup, whose files the kernel writes anew.
/// </summary>
internal sealed class EvaluationBenchmark : IDisposable
{
    private const int Rounds = 200;

    private static readonly string[] Conditions =
    [
        "memory.current > 90% of memory.max and psi.memory.full.avg10 > 20% for 10s",
        "psi.memory.some.avg10 > 30% or memory.current > memory.high",
        "rate(memory.stat.pgscan, 2s) > 1000/s and psi.memory.full.avg10 > 10%",
        "recently(rate(memory.stat.workingset_refault_file, 2s) > 100/s, 30s) and host.mem.available < 10%",
        "memory.stat.anon > 50% and not falling(psi.memory.full.avg10, 85%)",
    ];

    /// <summary>What version 1 calls the files of the memory controller.</summary>
    private static readonly Dictionary<string, string> Version1 = new()
    {
        ["memory.current"] = "memory.usage_in_bytes", ["memory.high"] = "memory.soft_limit_in_bytes",
        ["memory.max"] = "memory.limit_in_bytes", ["memory.stat"] = "memory.stat",
    };

    private readonly (string Name, string Text)[] _files;
    private readonly string _name = $"pressured-benchmark-{Environment.ProcessId}";
    private readonly string _folder;
    private readonly List<string> _cgroupFolders = [];
    private readonly List<SafeFileHandle> _handles = [];
    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly ReplayKernel _kernel = new();
    private readonly CgroupTable _cgroups;
    private readonly CgroupSamples _samples;
    private readonly PolicySet _policy;
    private readonly DaemonLoop _loop;
    private readonly long[] _host;
    private readonly long _heapBytes;
    private long _nowUsec = 100_000_000;
    private int _ofCgroups;

    private EvaluationBenchmark(int rules, int cgroups)
    {
        _folder = Directory.CreateDirectory(Path.Combine("/dev/shm", _name)).FullName;
        string[] tops = CgroupTops();
        const string pressure =
            "some avg10=0.50 avg60=0.00 avg300=0.00 total=10\nfull avg10=0.10 avg60=0.00 avg300=0.00 total=5\n";
        _files =
        [
            ("memory.current", "104857600\n"), ("memory.high", "max\n"), ("memory.max", "1073741824\n"),
            ("memory.pressure", pressure), ("memory.stat", Stat()),
        ];
        for (int i = 0; i < cgroups; i++)
        {
            ReplayCgroup cgroup = _kernel.Root.Add($"app-{i}.service", 100 + i);
            foreach ((string name, string text) in _files)
            {
                cgroup.Set(name, text);
                _handles.Add(File.OpenHandle(FileOf(tops, i, name, text)));
            }
        }

        _policy = Compile(rules);
        _host = new long[_policy.HostMetrics.Length];
        _cgroups = new CgroupTable(_kernel);
        _cgroups.Refresh();
        _samples = new CgroupSamples(_kernel, _policy);
        foreach (Rule rule in _policy.Rules)
        {
            foreach (CgroupSlot slot in _cgroups.Slots)
            {
                if (rule.ForEach!.IsMatch(slot.Path))
                    _ = _samples.Require(slot, rule.MatchSlots);
            }
        }

        long before = GC.GetTotalMemory(forceFullCollection: true);
        _loop = Bench.Loop(_kernel, _policy);
        _loop.Step();
        _heapBytes = GC.GetTotalMemory(forceFullCollection: true) - before;
    }

    public static void Run(int rules, int cgroups)
    {
        using var benchmark = new EvaluationBenchmark(rules, cgroups);
        benchmark.Print(Console.Out);
    }

    private void Print(TextWriter output)
    {
        Measure(Sample, out _, out _);
        long read = Measure(ReadFiles, out _, out _);
        long sample = Measure(Sample, out _, out long sampleBytes);
        long evaluate = Measure(Evaluate, out long worst, out long evaluateBytes);
        int matches = 0;
        int active = 0;
        foreach (RuleRuntime rule in _loop.Engine.Rules)
        {
            matches += rule.MatchCount;
            active += rule.Matches.FindAll(static match => match.Phase == MatchPhase.Active).Count;
        }

        output.WriteLine($"{_policy.Rules.Length} rules over {_cgroups.Slots.Length - 1} cgroups, {matches} matches, "
            + $"{_handles.Count} files; medians of {Rounds} steps");
        output.WriteLine($"  reading the files           {read,8} us, {_ofCgroups} of cgroups, the others on a tmpfs");
        output.WriteLine($"  picking out their values    {sample,8} us, {sampleBytes} bytes allocated");
        output.WriteLine($"  evaluating all rules        {evaluate,8} us, {evaluateBytes} bytes allocated, worst {worst} us, "
            + $"{evaluate * 1000 / matches} ns a match");
        output.WriteLine(FormattableString.Invariant(
            $"  evaluating : reading        {(double)evaluate / read:F2}, promised: 1.00   ({active} active)"));
        output.WriteLine($"  the loop holds              {_heapBytes >> 10,8} KiB, of a heap of 16,384 KiB; "
            + (_loop.Engine.LeavesOut ? "SOME MATCHES DO NOT FIT" : "all matches fit"));
    }

    public void Dispose()
    {
        foreach (SafeFileHandle handle in _handles)
            handle.Dispose();
        Directory.Delete(_folder, recursive: true);
        for (int i = _cgroupFolders.Count - 1; i >= 0; i--)
            Directory.Delete(_cgroupFolders[i]);
        _loop.Dispose();
        _samples.Close();
        _cgroups.Dispose();
    }

    /// <summary>Of cgroup2, and of version 1's memory controller; empty for who may not make cgroups.</summary>
    private string[] CgroupTops()
    {
        using LinuxKernel kernel = LinuxKernel.Open();
        var tops = new List<string>();
        string[] mounts = kernel.Features.Cgroups == CgroupMode.None
            ? ["/sys/fs/cgroup/memory"]
            : [kernel.Features.CgroupMount, "/sys/fs/cgroup/memory"];
        foreach (string mount in mounts)
        {
            // A mount of version 1 has this file at its root, and an ordinary directory of that name has not.
            if (mount.EndsWith("/memory", StringComparison.Ordinal) && !File.Exists($"{mount}/memory.usage_in_bytes"))
                continue;
            try
            {
                string top = Path.Combine(mount, _name);
                Directory.CreateDirectory(top);
                _cgroupFolders.Add(top);
                tops.Add(top);
                if (kernel.Features.MemoryController && tops.Count == 1)
                    File.WriteAllText(Path.Combine(top, "cgroup.subtree_control"), "+memory");
            }
            catch (Exception e) when (e is UnauthorizedAccessException or IOException)
            {
                Console.Error.WriteLine($"no cgroups of its own below {mount}: {e.Message}");
            }
        }

        return tops.ToArray();
    }

    /// <summary>A cgroup's own file where there is one, else a copy of what it would say.</summary>
    private string FileOf(string[] tops, int cgroup, string name, string text)
    {
        foreach (string top in tops)
        {
            string folder = Path.Combine(top, $"c{cgroup}");
            if (!Directory.Exists(folder))
                _cgroupFolders.Add(Directory.CreateDirectory(folder).FullName);
            foreach (string known in (string[])[name, Version1.GetValueOrDefault(name, name)])
            {
                string file = Path.Combine(folder, known);
                if (!File.Exists(file))
                    continue;
                _ofCgroups++;
                return file;
            }
        }

        string path = Path.Combine(_folder, $"{cgroup}.{name}");
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>As long as a kernel 6.12 writes it.</summary>
    private static string Stat()
    {
        var text = new StringBuilder("anon 62980096\nfile 1000000\n");
        foreach (Metric metric in MetricCatalog.All)
        {
            if (metric.File == "memory.stat" && metric.Key is not ("anon" or "file"))
                text.Append(metric.Key).Append(" 12345\n");
        }

        return text.ToString();
    }

    private static PolicySet Compile(int rules)
    {
        var diagnostics = new DiagnosticBag();
        var sources = new List<RuleSource>();
        var at = new SourcePosition("benchmark", 1, 1);
        for (int i = 0; i < rules; i++)
        {
            sources.Add(new RuleSource
            {
                Name = $"rule-{i}",
                Position = at,
                ForEach = new CgroupPattern("*"),
                When = ParsedCondition.Parse(new SourceText(Conditions[i % Conditions.Length], at), diagnostics)!,
                Actions = [new NotifyAction(PressureLevel.Low)],
            });
        }

        return PolicyCompiler.Compile(sources, 10, ["benchmark"], diagnostics)
            ?? throw new InvalidOperationException(string.Join('\n', diagnostics.Sorted(["benchmark"])));
    }

    private void ReadFiles()
    {
        foreach (SafeFileHandle handle in _handles)
            RandomAccess.Read(handle, _buffer, 0);
    }

    private void Sample()
    {
        _nowUsec += 200_000;
        _samples.SampleAll(_host, _nowUsec);
    }

    private void Evaluate()
    {
        _nowUsec += 200_000;
        _loop.Engine.Evaluate(_nowUsec, _loop.Host);
    }

    /// <summary>The median and the worst time of a step in microseconds, and what all steps allocated.</summary>
    private static long Measure(Action step, out long worst, out long bytes)
    {
        for (int i = 0; i < 30; i++)
            step();
        var times = new long[Rounds];
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Rounds; i++)
        {
            long start = Stopwatch.GetTimestamp();
            step();
            times[i] = Stopwatch.GetTimestamp() - start;
        }

        bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        Array.Sort(times);
        worst = times[^1] * 1_000_000 / Stopwatch.Frequency;
        return times[Rounds / 2] * 1_000_000 / Stopwatch.Frequency;
    }
}
