using System;
using System.Collections.Generic;
using System.Text;
using PressureD.Core.Policy;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Scenarios;
using PressureD.Simulation.Workloads;
using PressureD.Yaml.Documents;
using PressureD.Yaml.Policies;

namespace PressureD.Simulation.ScenarioFiles;

/// <summary>Reads the processes of a scenario.</summary>
internal static class ProcessReader
{
    private const int MaxCommBytes = 15;
    private const int MaxProcesses = 1000;

    private static readonly string[] Activities =
    [
        "leak", "spike", "hot-set", "cache-reader", "copy", "tmpfs", "probe", "sawtooth", "build", "restarts",
    ];

    public static List<ScenarioProcess> Read(Fields top, DiagnosticBag diagnostics)
    {
        var processes = new List<ScenarioProcess>();
        var count = 0;
        foreach (var node in top.Items("processes") ?? [])
        {
            if (ReadOne(node, diagnostics) is not { } process)
            {
                top.MarkFailed();
                continue;
            }

            count += process.Count;
            processes.Add(process);
        }

        if (count > MaxProcesses)
            top.Fail(top.PositionOf("processes"), $"{count} processes, expected at most {MaxProcesses}");
        return processes;
    }

    private static ScenarioProcess? ReadOne(YamlNode node, DiagnosticBag diagnostics)
    {
        if (Fields.Open(node, ScenarioSchema.Process, diagnostics) is not { } fields) return null;
        fields.Require("name", fields.Position, "what this file calls it");
        fields.Require("cgroup", fields.Position, "where it runs, such as system.slice/db.service");
        var name = fields.Text("name") ?? "";
        var count = fields.Integer("count", 1, MaxProcesses) ?? 1;
        var options = new ProcessOptions
        {
            Comm = Comm(fields, name),
            Cgroup = fields.CgroupPath("cgroup") ?? "/",
            Arguments = Arguments(fields),
            Exe = fields.Text("exe") ?? "",
            Pid = fields.Integer("pid", 2, 4_194_304) ?? 0,
            Uid = fields.Integer("uid", 0, int.MaxValue) ?? 1000,
            OomScoreAdj = fields.Signed("oom-score-adj", -1000, 1000) ?? 0,
            AnonBytes = fields.Size("anon") ?? 0,
            SwappedBytes = fields.Size("swapped") ?? 0,
            FileBytes = fields.Size("file") ?? 0,
            ShmemBytes = fields.Size("shmem") ?? 0,
            IgnoresTerm = fields.Flag("ignores-term") ?? false,
            Leaderless = fields.Flag("leaderless") ?? false,
            TermLatencyUsec = fields.Duration("term-latency") ?? 2_000,
        };
        var work = Work(fields, diagnostics);
        if (options.Pid != 0 && count > 1) fields.Fail(fields.PositionOf("pid"), "'pid' of several processes");
        return fields.Failed ? null : new ScenarioProcess(
            name, fields.Duration("starts") ?? 0, count, fields.Duration("every") ?? 0, options, work);
    }

    private static string Comm(Fields fields, string name)
    {
        var given = fields.Text("comm");
        var comm = given ?? name;
        if (Encoding.UTF8.GetByteCount(comm) <= MaxCommBytes) return comm;
        if (given is not null)
            fields.Fail(fields.PositionOf("comm"), $"'comm' is longer than {MaxCommBytes} bytes");
        return comm[..int.Min(comm.Length, MaxCommBytes)];
    }

    private static List<string> Arguments(Fields fields)
    {
        var arguments = new List<string>();
        foreach (var text in fields.Texts("args")) arguments.Add(text.Value);
        return arguments;
    }

    private static Func<Workload>? Work(Fields fields, DiagnosticBag diagnostics)
    {
        string? does = null;
        foreach (var activity in Activities)
        {
            if (!fields.Has(activity)) continue;
            if (does is not null)
                fields.Fail(
                    fields.PositionOf(activity), $"a process with both '{does}' and '{activity}', expected one");
            does ??= activity;
        }

        if (does is null) return null;
        var table = ScenarioSchema.Process[does].Table!;
        if (Fields.Open(fields.Node(does)!, table, diagnostics) is not { } inner)
        {
            fields.MarkFailed();
            return null;
        }

        foreach (var key in table.Keys)
            if (key.Required) inner.Require(key.Name, inner.Position, key.Summary);
        var work = Make(does, inner);
        if (!inner.Failed) return work;
        fields.MarkFailed();
        return null;
    }

    // What is made here is made anew for every process of every run.
    private static Func<Workload> Make(string does, Fields fields)
    {
        switch (does)
        {
            case "leak":
                var leakRate = fields.Speed("rate") ?? 0;
                var leakCeiling = fields.Size("ceiling") ?? 0;
                return () => new LeakWorkload { BytesPerSecond = leakRate, CeilingBytes = leakCeiling };
            case "spike":
                var peak = fields.Size("peak") ?? 0;
                var hold = fields.Duration("hold") ?? 5_000_000;
                return () => new SpikeWorkload { PeakBytes = peak, HoldUsec = hold };
            case "hot-set":
                var hot = fields.Size("size") ?? 0;
                var touches = fields.Frequency("touches") ?? 0;
                var fill = fields.Speed("fill") ?? 0;
                return () => new HotSetWorkload
                {
                    SizeBytes = hot, TouchesPerSecond = touches, FillBytesPerSecond = fill,
                };
            case "cache-reader":
                var files = fields.Size("size") ?? 0;
                var reads = fields.Frequency("reads") ?? 0;
                var cached = fields.Flag("cached") ?? false;
                return () => new CacheReaderWorkload
                {
                    SizeBytes = files, ReadsPerSecond = reads, StartsCached = cached,
                };
            case "copy":
                var copied = fields.Size("size") ?? 0;
                return () => new FileCopyWorkload { SizeBytes = copied };
            case "tmpfs":
                var written = fields.Speed("rate") ?? 0;
                var full = fields.Size("ceiling") ?? 0;
                return () => new TmpfsFillerWorkload { BytesPerSecond = written, CeilingBytes = full };
            case "probe":
                return Probe(fields);
            case "sawtooth":
                var least = fields.Size("base") ?? 0;
                var most = fields.Size("peak") ?? 0;
                var rate = fields.Speed("rate") ?? 0;
                return () => new SawtoothWorkload { BaseBytes = least, PeakBytes = most, BytesPerSecond = rate };
            case "build":
                return Build(fields);
            default:
                return Restarts(fields);
        }
    }

    private static Func<Workload> Probe(Fields fields)
    {
        var defaults = new ProbeWorkload();
        var period = fields.Duration("period") ?? defaults.PeriodUsec;
        var memory = fields.Size("memory") ?? defaults.MemoryBytes;
        var files = fields.Size("files") ?? defaults.FileBytes;
        if (period < 10_000)
            fields.Fail(fields.PositionOf("period"), "'period' is below 10ms, a tick of the simulation");
        return () => new ProbeWorkload { PeriodUsec = period, MemoryBytes = memory, FileBytes = files };
    }

    private static Func<Workload> Build(Fields fields)
    {
        var defaults = new BuildWorkload();
        var jobs = fields.Integer("jobs", 1, 64) ?? defaults.Jobs;
        var memory = fields.Size("memory") ?? defaults.JobBytes;
        var time = fields.Duration("time") ?? defaults.JobUsec;
        var units = fields.Integer("units", 1, 1_000_000) ?? defaults.Units;
        return () => new BuildWorkload { Jobs = jobs, JobBytes = memory, JobUsec = time, Units = units };
    }

    private static Func<Workload> Restarts(Fields fields)
    {
        var defaults = new RestartLoopWorkload();
        var memory = fields.Size("memory") ?? defaults.LifeBytes;
        var rate = fields.Speed("rate") ?? defaults.BytesPerSecond;
        var life = fields.Duration("life") ?? defaults.LifeUsec;
        var pause = fields.Duration("pause") ?? defaults.PauseUsec;
        return () => new RestartLoopWorkload
        {
            LifeBytes = memory, BytesPerSecond = rate, LifeUsec = life, PauseUsec = pause,
        };
    }
}
