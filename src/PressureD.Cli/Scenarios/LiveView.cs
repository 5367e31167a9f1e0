using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using PressureD.Cli.Commands;
using PressureD.Simulation.Scenarios;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace PressureD.Cli.Scenarios;

/// <summary>A run as it happens, on a terminal: memory by cgroup, pressure, and what is decided.</summary>
internal sealed class LiveView(
    IAnsiConsole console, Scenario scenario, string policy, int speed, CancellationToken ending)
{
    private const int ShownEvents = 10;
    private const int BarWidth = 16;

    private readonly Queue<ScenarioEvent> _events = new();
    private ScenarioRow? _row;

    /// <summary>Shows a run while it goes on.</summary>
    /// <param name="run">Runs it; told what takes rows and events.</param>
    internal ScenarioOutcome Show(Func<Action<ScenarioRow>, Action<ScenarioEvent>, ScenarioOutcome> run)
    {
        ScenarioOutcome? outcome = null;
        console.Live(new Text("")).Overflow(VerticalOverflow.Crop).Start(live =>
        {
            outcome = run(
                row =>
                {
                    long passed = _row is null ? 0 : row.Usec - _row.Usec;
                    _row = row;
                    live.UpdateTarget(Render());
                    ending.WaitHandle.WaitOne(TimeSpan.FromMicroseconds(passed / speed));
                },
                happened =>
                {
                    _events.Enqueue(happened);
                    if (_events.Count > ShownEvents)
                    {
                        _events.Dequeue();
                    }
                });
            live.UpdateTarget(Render());
        });
        return outcome!;
    }

    private Rows Render()
    {
        ScenarioRow row = _row!;
        List<IRenderable> parts =
        [
            new Markup(
                $"[bold]{Escape(scenario.Title)}[/]\n[grey]{ScenarioEvent.Stamp(row.Usec).Trim()} of "
                + $"{scenario.DurationUsec / 1_000_000} s, {speed} times real time, policy {Escape(policy)}[/]"),
            Machine(row),
            Cgroups(row),
        ];
        parts.AddRange(_events.Select(static happened => new Markup(
            $"[{Colour(happened.Source)}]{Markup.Escape(happened.ToString())}[/]") { Overflow = Overflow.Ellipsis }));
        return new Rows(parts);
    }

    private static Table Machine(ScenarioRow row)
    {
        Table table = new() { Border = TableBorder.None, ShowHeaders = false };
        table.AddColumns("", "", "");
        long used = row.TotalBytes - row.AvailableBytes;
        table.AddRow(new Text("memory"), Bar(used, row.TotalBytes), new Text($"{MiB(row.AvailableBytes)} available"));
        if (row.SwapTotalBytes > 0)
        {
            table.AddRow(
                new Text("swap"),
                Bar(row.SwapUsedBytes, row.SwapTotalBytes),
                new Text($"{MiB(row.SwapUsedBytes)} of {MiB(row.SwapTotalBytes)}"));
        }

        if (row.LockedBytes > 0)
        {
            table.AddRow(
                new Text("locked"), Bar(row.LockedBytes, row.TotalBytes), new Text(MiB(row.LockedBytes)));
        }

        if (row.DirtyBytes > 0)
        {
            table.AddRow(new Text("dirty"), Bar(row.DirtyBytes, row.TotalBytes), new Text(MiB(row.DirtyBytes)));
        }

        table.AddRow(new Text("memory some"), Bar(row.MemorySome10, 10_000), new Text(Percent(row.MemorySome10)));
        table.AddRow(new Text("memory full"), Bar(row.MemoryFull10, 10_000), new Text(Percent(row.MemoryFull10)));
        table.AddRow(new Text("io some"), Bar(row.IoSome10, 10_000), new Text(Percent(row.IoSome10)));
        if (row.ProbeLateUsec >= 0)
        {
            table.AddRow(new Text("probe late"), new Text(""), new Text($"{row.ProbeLateUsec / 1000} ms together"));
        }

        return table;
    }

    private static Table Cgroups(ScenarioRow row)
    {
        Table table = new() { Border = TableBorder.Simple };
        table.AddColumns("cgroup", "", "memory", "swap", "some", "full");
        foreach (ScenarioCgroupRow cgroup in row.Cgroups.OrderByDescending(static one => one.CurrentBytes).Take(10))
        {
            table.AddRow(
                new Text(NameText.Of(cgroup.Path)) { Overflow = Overflow.Ellipsis },
                Bar(cgroup.CurrentBytes, row.TotalBytes),
                new Text(MiB(cgroup.CurrentBytes)),
                new Text(MiB(cgroup.SwapBytes)),
                new Text(Percent(cgroup.MemorySome10)),
                new Text(Percent(cgroup.MemoryFull10)));
        }

        return table;
    }

    private static string Escape(string name) => Markup.Escape(NameText.Of(name));

    private static Markup Bar(long part, long whole)
    {
        int filled = whole <= 0 ? 0 : (int)Math.Clamp(part * BarWidth / whole, 0, BarWidth);
        string colour = filled * 10 >= BarWidth * 9 ? "red" : filled * 4 >= BarWidth * 3 ? "yellow" : "green";
        return new Markup($"[{colour}]{new string('█', filled)}[/][grey]{new string('░', BarWidth - filled)}[/]");
    }

    private static string Colour(ScenarioSource source) => source switch
    {
        ScenarioSource.Daemon => "aqua",
        ScenarioSource.Kernel => "red",
        _ => "yellow",
    };

    private static string MiB(long bytes) => $"{bytes >> 20} MiB";

    private static string Percent(long hundredths) => $"{hundredths / 100}.{hundredths % 100:D2} %";
}
