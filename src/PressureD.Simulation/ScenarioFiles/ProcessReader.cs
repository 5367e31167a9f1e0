using System;
using System.Collections.Generic;
using System.Text;
using PressureD.Core.Policy;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Scenarios;
using PressureD.Simulation.Workloads;
using PressureD.Yaml.Documents;
using PressureD.Yaml.Policies;
using PressureD.Yaml.Schema;

namespace PressureD.Simulation.ScenarioFiles;

/// <summary>Reads the processes of a scenario.</summary>
internal static class ProcessReader
{
    private const int MaxCommBytes = 15;
    private const int MaxProcesses = 1000;

    public static List<ScenarioProcess> Read(Fields top, DiagnosticBag diagnostics)
    {
        var processes = new List<ScenarioProcess>();
        var count = 0;
        var pids = new Dictionary<(int Pid, long StartUsec), string>();
        foreach (var node in top.Items("processes") ?? [])
        {
            if (ReadOne(node, pids, diagnostics) is not { } process)
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

    private static ScenarioProcess? ReadOne(
        YamlNode node, Dictionary<(int Pid, long StartUsec), string> pids, DiagnosticBag diagnostics)
    {
        if (Fields.Open(node, ScenarioSchema.Process, diagnostics) is not { } fields) return null;
        fields.Require("name", fields.Position, "what this file calls it");
        fields.Require("cgroup", fields.Position, "where it runs, such as system.slice/db.service");
        var name = fields.Text("name") ?? "";
        var count = fields.Integer("count", 1, MaxProcesses) ?? 1;
        var options = new ProcessOptions
        {
            Comm = Comm(fields, name),
            Cgroup = fields.RelativePath("cgroup") ?? "/",
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
        var startUsec = fields.Duration("starts") ?? 0;
        if (options.Pid != 0 && count > 1) fields.Fail(fields.PositionOf("pid"), "'pid' of several processes");

        // One that starts later may have the pid of one that has gone by then.
        if (options.Pid != 0 && !pids.TryAdd((options.Pid, startUsec), name))
            fields.Fail(
                fields.PositionOf("pid"),
                $"'pid' {options.Pid} is that of '{pids[(options.Pid, startUsec)]}', which starts at the same time");
        return fields.Failed ? null : new ScenarioProcess(
            name, startUsec, count, fields.Duration("every") ?? 0, options, work);
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
        foreach (var key in ScenarioSchema.Process.Keys)
        {
            if (key.Type != KeyType.Mapping || !fields.Has(key.Name)) continue;
            if (does is not null)
                fields.Fail(
                    fields.PositionOf(key.Name), $"a process with both '{does}' and '{key.Name}', expected one");
            does ??= key.Name;
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
        var work = WorkloadReader.Read(does, inner);
        if (!inner.Failed) return work;
        fields.MarkFailed();
        return null;
    }
}
