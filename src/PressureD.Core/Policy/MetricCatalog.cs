using System;
using System.Collections.Generic;

namespace PressureD.Core.Policy;

/// <summary>
/// Every metric there is: the policy reader, the sampler, the documentation and the schema all take their names, units
/// and sources from here.
/// </summary>
public static partial class MetricCatalog
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
        var rows = new List<Metric>(340);
        AddPressure(rows);
        AddHostMemory(rows);
        AddHostRates(rows);
        AddCgroup(rows);
        AddCgroupStat(rows);

        var table = new Dictionary<string, Metric>(rows.Count, StringComparer.Ordinal);
        foreach (Metric row in rows)
            table.Add(row.Name, row);
        return table;
    }

    private static void AddPressure(List<Metric> rows)
    {
        foreach (string resource in (string[])["memory", "io", "cpu"])
        {
            AddPressureLine(rows, resource, "some");
            AddPressureLine(rows, resource, "full");
        }

        // Linux 6.1 with CONFIG_IRQ_TIME_ACCOUNTING; there is no "some" line.
        AddPressureLine(rows, "irq", "full");
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
            IsCounter = true,
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
}
