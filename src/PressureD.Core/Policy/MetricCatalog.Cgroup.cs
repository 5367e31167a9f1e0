using System.Collections.Generic;

namespace PressureD.Core.Policy;

/// <content>Metrics of cgroups, other than memory.stat.</content>
public static partial class MetricCatalog
{
    private static readonly string[] Controllers =
    [
        "cpuset", "cpu", "io", "memory", "perf_event", "hugetlb", "pids", "rdma", "misc", "dmem",
    ];

    private static void AddCgroup(List<Metric> rows)
    {
        AddCgroupValues(rows);
        AddCgroupEvents(rows);
        AddCgroupIo(rows);
        AddCgroupComputed(rows);
    }

    private static void AddCgroupValues(List<Metric> rows)
    {
        void Value(string file, MetricUnit unit, string percentOf, string summary) => rows.Add(new Metric
        {
            Name = file,
            Unit = unit,
            Scope = MetricScope.Cgroup,
            Source = MetricSource.CgroupValue,
            File = file,
            PercentOf = percentOf,
            MayExceedBase = !file.EndsWith(".current", System.StringComparison.Ordinal),
            Summary = summary,
        });

        void Memory(string file, string summary) => Value(file, MetricUnit.Bytes, "mem.total", summary);
        void Swap(string file, string summary) => Value(file, MetricUnit.Bytes, "swap.total", summary);

        Memory("memory.current", "All memory charged to the cgroup and those below it.");
        Memory("memory.peak", "The most it ever was; Linux 5.19.");
        Memory("memory.min", "Hard protection from reclaim.");
        Memory("memory.low", "Best-effort protection from reclaim.");
        Memory("memory.high", "Throttle limit; larger than any number when not set.");
        Memory("memory.max", "Hard limit; larger than any number when not set.");
        Swap("memory.swap.current", "Swap in use by the cgroup.");
        Swap("memory.swap.peak", "The most it ever was; Linux 6.5.");
        Swap("memory.swap.high", "Throttle limit of swap; larger than any number when not set.");
        Swap("memory.swap.max", "Swap limit; larger than any number when not set.");
        Memory("memory.zswap.current", "Memory that what it has in zswap occupies; Linux 5.19.");
        Memory("memory.zswap.max", "Limit of that; larger than any number when not set.");
        Value("memory.zswap.writeback", MetricUnit.Count, "",
            "0 when zswap writes nothing of it on to the swap device; Linux 6.8.");
        Value("memory.oom.group", MetricUnit.Count, "", "1 when the kernel's OOM killer ends the cgroup as a whole.");
        Value("pids.current", MetricUnit.Count, "", "Tasks in the cgroup.");
        Value("pids.peak", MetricUnit.Count, "", "The most it ever were; Linux 6.1.");
        Value("pids.max", MetricUnit.Count, "", "Limit of tasks; larger than any number when not set.");
    }

    private static void AddCgroupEvents(List<Metric> rows)
    {
        void Key(string file, string key, MetricUnit unit, bool counter, MetricScope scope, string summary) =>
            rows.Add(new Metric
            {
                Name = $"{file}.{key}",
                Unit = unit,
                Scope = scope,
                Source = MetricSource.CgroupKey,
                File = file,
                Key = key,
                IsCounter = counter,
                Summary = summary,
            });

        void Event(string file, string key, string summary) =>
            Key(file, key, MetricUnit.Count, counter: true, MetricScope.Cgroup, summary);

        foreach ((string file, string where) in ((string, string)[])
            [("memory.events", "here or below"), ("memory.events.local", "of its own")])
        {
            Event(file, "low", $"Times memory.low was broken, {where}.");
            Event(file, "high", $"Times memory.high throttled, {where}.");
            Event(file, "max", $"Times memory.max was hit, {where}.");
            Event(file, "oom", $"Times memory.max could not be kept by reclaim, {where}.");
            Event(file, "oom_kill", $"Processes the kernel's OOM killer ended, {where}.");
            Event(file, "oom_group_kill", $"Times it ended a whole cgroup, {where}; Linux 5.17.");
            Event(file, "sock_throttled", $"Times sockets were throttled, {where}; newest kernels.");
        }

        Event("memory.swap.events", "high", "Times memory.swap.high was exceeded.");
        Event("memory.swap.events", "max", "Times memory.swap.max was hit.");
        Event("memory.swap.events", "fail", "Times swapping failed, for want of space or for the limit.");
        Event("pids.events", "max", "Forks that pids.max refused.");
        Key("cgroup.stat", "nr_descendants", MetricUnit.Count, false, MetricScope.Either, "Living cgroups below.");
        Key("cgroup.stat", "nr_dying_descendants", MetricUnit.Count, false, MetricScope.Either,
            "Removed cgroups below that still hold memory.");
        foreach (string controller in Controllers)
        {
            Key("cgroup.stat", $"nr_subsys_{controller}", MetricUnit.Count, false, MetricScope.Either,
                $"Cgroups from here down that have the {controller} controller; Linux 6.12.");
            Key("cgroup.stat", $"nr_dying_subsys_{controller}", MetricUnit.Count, false, MetricScope.Either,
                $"Removed cgroups from here down of which the {controller} controller still keeps something; "
                + "Linux 6.12.");
        }

        Key("cgroup.events", "populated", MetricUnit.Count, false, MetricScope.Cgroup,
            "1 when a process is in it or below it.");
        Key("cgroup.events", "frozen", MetricUnit.Count, false, MetricScope.Cgroup, "1 when it is frozen.");
        Key("cpu.stat", "usage_usec", MetricUnit.Duration, true, MetricScope.Either,
            "Processor time used; its rate is a share of one processor and can be above 100 %.");
        Key("cpu.stat", "user_usec", MetricUnit.Duration, true, MetricScope.Either, "The part of it in programs.");
        Key("cpu.stat", "system_usec", MetricUnit.Duration, true, MetricScope.Either, "The part of it in the kernel.");
        Key("cpu.stat", "throttled_usec", MetricUnit.Duration, true, MetricScope.Cgroup, "Time held back by cpu.max.");
        Key("cpu.stat", "nr_throttled", MetricUnit.Count, true, MetricScope.Cgroup, "Times held back by cpu.max.");
    }

    private static void AddCgroupIo(List<Metric> rows)
    {
        void Io(string key, MetricUnit unit, string summary) => rows.Add(new Metric
        {
            Name = key == "cost" ? "io.cost" : $"io.stat.{key}",
            Unit = unit,
            Scope = MetricScope.Either,
            Source = MetricSource.IoStat,
            File = "io.stat",
            Key = key,
            IsCounter = true,
            Summary = summary,
        });

        Io("rbytes", MetricUnit.Bytes, "Bytes read from all devices.");
        Io("wbytes", MetricUnit.Bytes, "Bytes written to all devices.");
        Io("rios", MetricUnit.Count, "Reads from all devices.");
        Io("wios", MetricUnit.Count, "Writes to all devices.");
        Io("dbytes", MetricUnit.Bytes, "Bytes discarded on all devices.");
        Io("dios", MetricUnit.Count, "Discards on all devices.");
        Io("cost", MetricUnit.Count,
            "What all that costs the devices, by oomd's prices for hard disks and flash; use rate(io.cost, 5s).");

        void Rate(string name, string of, MetricUnit unit, string summary) => AddRate(rows, name, of, unit, summary);

        Rate("io.read", "io.stat.rbytes", MetricUnit.BytesPerSecond, "Bytes read, a second.");
        Rate("io.write", "io.stat.wbytes", MetricUnit.BytesPerSecond, "Bytes written, a second.");
        Rate("io.reads", "io.stat.rios", MetricUnit.CountPerSecond, "Reads, a second.");
        Rate("io.writes", "io.stat.wios", MetricUnit.CountPerSecond, "Writes, a second.");
    }

    /// <summary>A rate over the last second under a name of its own.</summary>
    private static void AddRate(List<Metric> rows, string name, string of, MetricUnit unit, string summary)
    {
        Metric argument = rows.Find(row => row.Name == of)!;
        rows.Add(new Metric
        {
            Name = name,
            Unit = unit,
            Scope = argument.Scope,
            Source = MetricSource.Window,
            Summary = summary,
            Window = new MetricWindow(WindowFunction.Rate, argument, 1_000_000),
        });
    }

    private static void AddCgroupComputed(List<Metric> rows)
    {
        void Protection(string name, string summary) => rows.Add(new Metric
        {
            Name = name,
            Unit = MetricUnit.Bytes,
            Scope = MetricScope.Cgroup,
            Source = MetricSource.Protection,
            PercentOf = "mem.total",
            MayExceedBase = true,
            Summary = summary,
        });

        Protection("memory.min.effective", "What memory.min is worth: its share of what ancestors protect.");
        Protection("memory.low.effective", "What memory.low is worth: its share of what ancestors protect.");
        AddRate(
            rows, "memory.growth", "memory.current", MetricUnit.BytesPerSecond,
            "How fast memory.current rises, over the last second.");
    }
}
