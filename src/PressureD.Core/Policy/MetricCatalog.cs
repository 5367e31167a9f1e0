using System;
using System.Collections.Generic;

namespace PressureD.Core.Policy;

/// <summary>
/// Every metric there is: the policy reader, the sampler, the documentation and the schema all take their names, units
/// and sources from here.
/// </summary>
public static class MetricCatalog
{
    private static readonly Dictionary<string, Metric> ByName = Build();

    /// <summary>All metrics, in name order.</summary>
    public static IReadOnlyList<Metric> All { get; } = Sorted();

    /// <summary>The metric of that name, without any <c>host.</c> prefix; null when there is none.</summary>
    public static Metric? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>The metric of that name, which must exist: for code that names metrics.</summary>
    public static Metric Get(string name) => ByName[name];

    private static Metric[] Sorted()
    {
        var all = new Metric[ByName.Count];
        ByName.Values.CopyTo(all, 0);
        Array.Sort(all, static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return all;
    }

    private static Dictionary<string, Metric> Build()
    {
        var rows = new List<Metric>(160);
        AddPressure(rows);
        AddHostMemory(rows);
        AddHostRates(rows);
        AddCgroup(rows);

        var table = new Dictionary<string, Metric>(rows.Count, StringComparer.Ordinal);
        foreach (Metric row in rows)
            table.Add(row.Name, row);
        return table;
    }

    private static void AddPressure(List<Metric> rows)
    {
        foreach (string resource in (string[])["memory", "io", "cpu"])
        {
            foreach (string kind in (string[])["some", "full"])
            {
                AddPressureLine(rows, resource, kind);
            }
        }
    }

    private static void AddPressureLine(List<Metric> rows, string resource, string kind)
    {
        string who = kind == "some" ? "at least one task was" : "all tasks that could run were";
        foreach ((string span, long seconds) in ((string, long)[])[("10", 10), ("60", 60), ("300", 300)])
        {
            rows.Add(new Metric
            {
                Name = $"psi.{resource}.{kind}.avg{span}",
                Unit = MetricUnit.Ratio,
                Scope = MetricScope.Either,
                Source = MetricSource.Psi,
                File = resource,
                Key = $"{kind}.avg{span}",
                AverageSpanUsec = seconds * 1_000_000,
                Summary = $"Share of the last {span} s in which {who} "
                    + $"stalled on {resource}, as the kernel averages it.",
            });
        }

        rows.Add(new Metric
        {
            Name = $"psi.{resource}.{kind}.total",
            Unit = MetricUnit.Duration,
            Scope = MetricScope.Either,
            Source = MetricSource.Psi,
            File = resource,
            Key = $"{kind}.total",
            Summary = $"Time in which {who} stalled on {resource}, since boot or since the cgroup was made.",
        });
        rows.Add(new Metric
        {
            Name = $"psi.{resource}.{kind}.stall",
            Unit = MetricUnit.Ratio,
            Scope = MetricScope.Either,
            Source = MetricSource.Psi,
            File = resource,
            Key = $"{kind}.stall",
            Summary = $"Share of the time since the previous sample in which {who} stalled on {resource}.",
        });
    }

    private static void AddHostMemory(List<Metric> rows)
    {
        void Meminfo(string name, string key, string percentOf, string summary) => rows.Add(new Metric
        {
            Name = name,
            Unit = MetricUnit.Bytes,
            Scope = MetricScope.Host,
            Source = MetricSource.Meminfo,
            File = "/proc/meminfo",
            Key = key,
            PercentOf = percentOf,
            Summary = summary,
        });

        Meminfo("mem.total", "MemTotal", "", "Memory of the machine.");
        Meminfo("mem.free", "MemFree", "mem.total", "Memory nobody uses.");
        Meminfo("mem.available", "MemAvailable", "mem.total", "Memory the kernel expects to give without swapping.");
        Meminfo("mem.anon", "AnonPages", "mem.total", "Anonymous memory of processes.");
        Meminfo("mem.shmem", "Shmem", "mem.total", "tmpfs and shared memory, which no kill frees.");
        Meminfo("mem.cached", "Cached", "mem.total", "Page cache, tmpfs included.");
        Meminfo("mem.dirty", "Dirty", "mem.total", "Page cache waiting to be written.");
        Meminfo("mem.committed", "Committed_AS", "mem.total", "Memory promised to processes.");
        Meminfo("swap.total", "SwapTotal", "", "Swap space; 0 B without swap.");
        Meminfo("swap.free", "SwapFree", "swap.total", "Unused swap space; 0 B and 0 % without swap.");

        void Computed(string name, MetricUnit unit, string percentOf, string summary) => rows.Add(new Metric
        {
            Name = name,
            Unit = unit,
            Scope = MetricScope.Host,
            Source = MetricSource.Computed,
            PercentOf = percentOf,
            Summary = summary,
        });

        Computed("mem.available_user", MetricUnit.Ratio, "",
            "Available memory as a share of what is available or held by processes: "
                + "MemAvailable / (MemAvailable + AnonPages).");
        Computed("swap.used", MetricUnit.Bytes, "swap.total", "Swap space in use.");
        Computed("swap.effective", MetricUnit.Bytes, "mem.total",
            "What swap can still take: free swap, where zram counts only for what compression gains.");
        Computed("zram.used", MetricUnit.Bytes, "mem.total", "Memory that zram devices occupy.");
        Computed("time_to_exhaustion", MetricUnit.Duration, "",
            "Available memory and effective swap over the speed at which they shrink; without end when they do not.");
        Computed("self.lateness", MetricUnit.Duration, "", "How late the last sample was taken.");
    }

    private static void AddHostRates(List<Metric> rows)
    {
        void Rate(string name, string key, string summary) => rows.Add(new Metric
        {
            Name = name,
            Unit = MetricUnit.CountPerSecond,
            Scope = MetricScope.Host,
            Source = MetricSource.VmstatRate,
            File = "/proc/vmstat",
            Key = key,
            Summary = summary,
        });

        Rate("vm.swap_in", "pswpin", "Pages read from swap, a second.");
        Rate("vm.swap_out", "pswpout", "Pages written to swap, a second.");
        Rate("vm.major_faults", "pgmajfault", "Page faults that needed I/O, a second.");
        Rate("vm.scan_kswapd", "pgscan_kswapd", "Pages scanned by kswapd, a second.");
        Rate("vm.scan_direct", "pgscan_direct", "Pages scanned by tasks that wanted memory, a second.");
        Rate("vm.refault_file", "workingset_refault_file", "Evicted file pages read again, a second.");
        Rate("vm.refault_anon", "workingset_refault_anon", "Evicted anonymous pages read again, a second.");
        Rate("vm.oom_kills", "oom_kill", "Processes the kernel's OOM killer ended, a second.");
    }

    private static void AddCgroup(List<Metric> rows)
    {
        void Value(string file, MetricUnit unit, string percentOf, string summary) => rows.Add(new Metric
        {
            Name = file,
            Unit = unit,
            Scope = MetricScope.Cgroup,
            Source = MetricSource.CgroupValue,
            File = file,
            PercentOf = percentOf,
            Summary = summary,
        });

        Value("memory.current", MetricUnit.Bytes, "mem.total", "All memory charged to the cgroup and those below it.");
        Value("memory.min", MetricUnit.Bytes, "mem.total", "Hard protection from reclaim.");
        Value("memory.low", MetricUnit.Bytes, "mem.total", "Best-effort protection from reclaim.");
        Value("memory.high", MetricUnit.Bytes, "mem.total", "Throttle limit; larger than any number when not set.");
        Value("memory.max", MetricUnit.Bytes, "mem.total", "Hard limit; larger than any number when not set.");
        Value("memory.swap.current", MetricUnit.Bytes, "swap.total", "Swap in use by the cgroup.");
        Value("memory.swap.max", MetricUnit.Bytes, "swap.total", "Swap limit; larger than any number when not set.");
        Value("pids.current", MetricUnit.Count, "", "Tasks in the cgroup.");

        void Key(string file, string key, MetricUnit unit, string percentOf, string summary) => rows.Add(new Metric
        {
            Name = $"{file}.{key}",
            Unit = unit,
            Scope = MetricScope.Cgroup,
            Source = MetricSource.CgroupKey,
            File = file,
            Key = key,
            PercentOf = percentOf,
            Summary = summary,
        });

        Key("memory.stat", "anon", MetricUnit.Bytes, "mem.total", "Anonymous memory.");
        Key("memory.stat", "file", MetricUnit.Bytes, "mem.total", "Page cache, tmpfs included.");
        Key("memory.stat", "shmem", MetricUnit.Bytes, "mem.total", "tmpfs and shared memory.");
        Key("memory.stat", "pgscan", MetricUnit.Count, "", "Pages scanned by reclaim since the cgroup was made.");
        Key("memory.stat", "pgmajfault", MetricUnit.Count, "",
            "Page faults that needed I/O since the cgroup was made.");
        Key("memory.stat", "workingset_refault_anon", MetricUnit.Count, "", "Anonymous pages swapped in again.");
        Key("memory.stat", "workingset_refault_file", MetricUnit.Count, "", "File pages read in again.");
        Key("memory.events", "high", MetricUnit.Count, "", "Times memory.high throttled.");
        Key("memory.events", "max", MetricUnit.Count, "", "Times memory.max was hit.");
        Key("memory.events", "oom", MetricUnit.Count, "", "Times memory.max could not be kept by reclaim.");
        Key("memory.events", "oom_kill", MetricUnit.Count, "", "Processes the kernel's OOM killer ended here.");
        Key("cgroup.stat", "nr_descendants", MetricUnit.Count, "", "Living cgroups below.");
        Key("cgroup.stat", "nr_dying_descendants", MetricUnit.Count, "",
            "Removed cgroups below that still hold memory.");
    }
}
