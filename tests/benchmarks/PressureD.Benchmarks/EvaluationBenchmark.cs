using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text;
using Microsoft.Win32.SafeHandles;
using PressureD.Core.Cgroups;
using PressureD.Core.Engine;
using PressureD.Core.Policy;
using PressureD.Core.Policy.Expressions;
using PressureD.Core.Sampling;
using PressureD.Core.Tests.Loop;

namespace PressureD.Benchmarks;

/// <summary>
/// What evaluating costs beside reading: every rule for every cgroup, against one pread for each file that the rules ask
/// about. The files are on a tmpfs, where reading costs less than in a cgroup, whose files the kernel writes anew.
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

    private readonly (string Name, string Text)[] _files;
    private readonly string _folder =
        Directory.CreateDirectory(Path.Combine("/dev/shm", $"pressured-benchmark-{Environment.ProcessId}")).FullName;
    private readonly List<SafeFileHandle> _handles = [];
    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly ReplayKernel _kernel = new();
    private readonly CgroupTable _cgroups;
    private readonly CgroupSamples _samples;
    private readonly PolicySet _policy;
    private readonly MatchState[] _matches;
    private readonly long[] _host;
    private readonly long _matchBytes;
    private long _nowUsec = 1_000_000;
    private int _true;

    private EvaluationBenchmark(int rules, int cgroups)
    {
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
                string path = Path.Combine(_folder, $"{i}.{name}");
                File.WriteAllText(path, text);
                _handles.Add(File.OpenHandle(path));
            }
        }

        _policy = Compile(rules);
        _host = new long[_policy.HostMetrics.Length];
        _cgroups = new CgroupTable(_kernel);
        _cgroups.Refresh();
        _samples = new CgroupSamples(_kernel, _policy);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        _matches = MakeMatches();
        _matchBytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / _matches.Length;
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
        output.WriteLine($"{_policy.Rules.Length} rules over {_cgroups.Slots.Length - 1} cgroups, "
            + $"{_matches.Length} matches of {_matchBytes} bytes, {_handles.Count} files; medians of {Rounds} steps");
        output.WriteLine($"  reading the files (tmpfs)   {read,8} us");
        output.WriteLine($"  picking out their values    {sample,8} us, {sampleBytes} bytes allocated");
        output.WriteLine($"  evaluating all rules        {evaluate,8} us, {evaluateBytes} bytes allocated, worst {worst} us, "
            + $"{evaluate * 1000 / _matches.Length} ns a match");
        output.WriteLine(FormattableString.Invariant(
            $"  evaluating : reading        {(double)evaluate / read:F2}   ({_true} true)"));
        output.WriteLine($"  the daemon keeps at most    {RuleEngine.MaxMatches} matches");
    }

    public void Dispose()
    {
        foreach (SafeFileHandle handle in _handles)
            handle.Dispose();
        Directory.Delete(_folder, recursive: true);
        _samples.Close();
        _cgroups.Dispose();
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

    private MatchState[] MakeMatches()
    {
        var matches = new List<MatchState>();
        foreach (Rule rule in _policy.Rules)
        {
            foreach (CgroupSlot slot in _cgroups.Slots)
            {
                if (rule.ForEach!.IsMatch(slot.Path))
                    matches.Add(new MatchState(rule, slot, _samples.Require(slot, rule.MatchSlots)));
            }
        }

        return matches.ToArray();
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
        _true = 0;
        foreach (MatchState match in _matches)
        {
            var evaluator = new ConditionEvaluator(_host, match, _nowUsec, recheck: false);
            match.When = evaluator.Evaluate(match.Rule.When);
            _true += match.When == Truth.True ? 1 : 0;
        }
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
