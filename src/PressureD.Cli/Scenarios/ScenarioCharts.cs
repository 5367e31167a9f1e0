using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using PressureD.Cli.Report;
using PressureD.Core.Publishing;
using PressureD.Simulation.Scenarios;

namespace PressureD.Cli.Scenarios;

/// <summary>A run on the simulated kernel, or over a recording, as a page with charts.</summary>
internal static class ScenarioCharts
{
    /// <summary>More lines than this cannot be told apart.</summary>
    private const int MaxCgroups = 8;

    /// <summary>More rows than this no screen shows.</summary>
    private const int MaxRows = 4_000;

    /// <summary>
    /// Charts want more rows than people read: they are of the same run once more, which is the same.
    /// </summary>
    /// <param name="report">What came of the run.</param>
    /// <param name="seed">The seed that it was given; null: the scenario's.</param>
    /// <param name="ending">Ends it in the middle.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    internal static ReportPage Of(ScenarioReport report, ulong? seed = null, CancellationToken ending = default)
    {
        Scenario scenario = report.Scenario;
        ScenarioRun run = new(scenario, scenario.Policy, seed)
        {
            RowUsec = Math.Max(100_000, scenario.DurationUsec / MaxRows),
            Ending = ending,
        };
        report = report with { Outcome = run.Run() };
        IReadOnlyList<ScenarioRow> rows = report.Outcome.Rows;
        return new ReportPage
        {
            Title = report.Scenario.Title,
            Summary = OutcomeText.Render(report),
            Msec = [.. rows.Select(static row => row.Usec / 1000)],
            Charts = [.. Charts(rows)],
            Events = [.. report.Outcome.Events.Select(Event)],
        };
    }

    private static IEnumerable<ReportChart> Charts(IReadOnlyList<ScenarioRow> rows)
    {
        List<ReportSeries> memory =
        [
            new("available", 2, Mib(rows, static row => row.AvailableBytes), Filled: true),
            new("private (anon)", 1, Mib(rows, static row => row.AnonBytes)),
            new("page cache", 0, Mib(rows, static row => row.CacheBytes)),
        ];
        if (rows.Any(static row => row.ShmemBytes > 0))
        {
            memory.Add(new ReportSeries("shared", 3, Mib(rows, static row => row.ShmemBytes)));
        }

        if (rows.Any(static row => row.LockedBytes > 0))
        {
            memory.Add(new ReportSeries("locked", 5, Mib(rows, static row => row.LockedBytes)));
        }

        if (rows.Any(static row => row.DirtyBytes > 0))
        {
            memory.Add(new ReportSeries("dirty", 6, Mib(rows, static row => row.DirtyBytes)));
        }

        if (rows.Any(static row => row.SwapUsedBytes > 0))
        {
            memory.Add(new ReportSeries("swap used", 4, Mib(rows, static row => row.SwapUsedBytes)));
        }

        yield return new ReportChart("Memory", " MiB", memory);
        yield return new ReportChart(
            "Pressure (10 s averages)",
            " %",
            [
                new("memory some", 4, Percent(rows, static row => row.MemorySome10)),
                new("memory full", 1, Percent(rows, static row => row.MemoryFull10), Filled: true),
                new("io some", 0, Percent(rows, static row => row.IoSome10)),
                new("io full", 5, Percent(rows, static row => row.IoFull10)),
            ]);
        if (Cgroups(rows) is { Count: > 0 } cgroups)
        {
            yield return new ReportChart("Memory by cgroup", " MiB", cgroups);
        }

        if (rows.Any(static row => row.ProbeLateUsec > 0))
        {
            double?[] late = [.. rows.Select(static row => (double?)(row.ProbeLateUsec / 1000.0))];
            yield return new ReportChart("All lateness of the probe", " ms", [new("late", 1, late)], IsLow: true);
        }
    }

    private static List<ReportSeries> Cgroups(IReadOnlyList<ScenarioRow> rows)
    {
        Dictionary<string, long> most = [];
        foreach (ScenarioCgroupRow cgroup in rows.SelectMany(static row => row.Cgroups))
        {
            most[cgroup.Path] = Math.Max(most.GetValueOrDefault(cgroup.Path), cgroup.CurrentBytes);
        }

        return most.OrderByDescending(static one => one.Value).Take(MaxCgroups)
            .Select((one, place) => new ReportSeries(one.Key, place, Mib(rows, row => Current(row, one.Key))))
            .ToList();
    }

    private static long Current(ScenarioRow row, string path) =>
        row.Cgroups.FirstOrDefault(cgroup => cgroup.Path == path).CurrentBytes;

    private static double?[] Mib(IReadOnlyList<ScenarioRow> rows, Func<ScenarioRow, long> bytes) =>
        [.. rows.Select(row => (double?)(bytes(row) / (double)(1 << 20)))];

    private static double?[] Percent(IReadOnlyList<ScenarioRow> rows, Func<ScenarioRow, long> hundredths) =>
        [.. rows.Select(row => (double?)(hundredths(row) / 100.0))];

    private static ReportEvent Event(ScenarioEvent happened) => new(
        happened.Usec / 1000,
        happened.Speaker,
        happened.Text,
        happened.Speaker != "pressured" || happened.Kind != DaemonEventKind.Log);
}
