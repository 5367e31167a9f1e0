using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using PressureD.Cli.Commands;
using PressureD.Cli.Incidents;
using PressureD.Systemd.Bus;

namespace PressureD.Cli.Top;

/// <summary>A sample as lines of text, for a terminal and for pipes.</summary>
internal static class TopText
{
    /// <summary>Narrower than this, cgroups have no names any more.</summary>
    private const int LeastWidth = 60;

    private const int MostNext = 3;
    private const int LabelWidth = 10;
    private const int FigureWidth = 8;
    private const long StaleUsec = 10_000_000;

    /// <summary>How the machine, the daemon and its rules are.</summary>
    /// <param name="sample">What is shown.</param>
    /// <param name="width">Columns; longer lines are cut. 0: no limit.</param>
    internal static List<string> Machine(TopSample sample, int width)
    {
        DaemonStatus status = sample.Status;
        List<string> lines = [Title(sample, width)];
        Add("memory", StatusText.Memory(status));
        string swap = StatusText.Swap(status);
        Add("swap", sample.Problem is null ? $"{swap}; exhaustion {StatusText.Exhaustion(status)}" : swap);
        Add(
            "stalled",
            $"memory some {StatusText.Percent(status.MemorySomeAvg10Percent)}, "
            + $"full {StatusText.Percent(status.MemoryFullAvg10Percent)}; "
            + $"io full {StatusText.Percent(status.IoFullAvg10Percent)} of the last 10 s");
        foreach (IGrouping<string, RuleStatus> phase in sample.Rules.Where(static rule => rule.Phase != "idle")
            .GroupBy(static rule => rule.Phase))
        {
            Add(phase.Key, string.Join(", ", phase.Select(static rule => rule.Name)));
        }

        string label = "next";
        foreach (string line in Next(sample).Take(MostNext))
        {
            Add(label, line);
            label = "";
        }

        if (sample.CgroupProblem is { } problem)
            Add("cgroups", problem);
        return lines;

        void Add(string name, string text) => lines.Add(Cut($"{name.PadRight(LabelWidth)}{text}", width));
    }

    /// <summary>A line for each victim, which several rules may have in common; who would hit nobody comes last.
    /// </summary>
    private static IEnumerable<string> Next(TopSample sample) => sample.Next
        .GroupBy(static next => next.Victim is { } victim ? (victim.Pid, victim.Cgroup) : default)
        .OrderBy(static victim => victim.Key == default)
        .Select(victim =>
        {
            NextVictim latest = victim.MaxBy(static next => next.SeenUsec)!;
            string text = latest.Victim is { } somebody ? VictimText.Of(somebody) : "nobody";
            long ageUsec = sample.NowUsec - latest.SeenUsec;
            string age = ageUsec > StaleUsec ? $", {FigureText.Duration(ageUsec)} ago" : "";
            return $"{text} by {string.Join(", ", victim.Select(static next => next.Rule))}{age}";
        });

    /// <summary>The head of the table; a star is at what it is sorted by.</summary>
    internal static string Header(TopOrder order, int width, int nameWidth)
    {
        return Cut(
            Title("CGROUP", TopColumn.Name).PadRight(nameWidth)
            + Right(Title("MEMORY", TopColumn.Memory)) + Right(Title("GROWTH/S", TopColumn.Growth), 2)
            + Right(Title("SWAP", TopColumn.Swap)) + Right(Title("SOME", TopColumn.Some))
            + Right(Title("FULL", TopColumn.Full)),
            width);

        string Title(string name, TopColumn column) => order.Column == column ? $"*{name}" : name;
    }

    internal static string Row(CgroupRow row, int width, int nameWidth) => Cut(
        Name(row.Path, nameWidth).PadRight(nameWidth)
        + Right(Bytes(row.MemoryBytes)) + Right(Growth(row.GrowthBytesPerSecond), 2) + Right(Bytes(row.SwapBytes))
        + Right(Share(row.SomeMillionths)) + Right(Share(row.FullMillionths)),
        width);

    /// <summary>Columns for the names of cgroups: what the figures leave, or as many as the longest name has.</summary>
    internal static int NameWidth(IEnumerable<CgroupRow> rows, int width)
    {
        const int Figures = (FigureWidth * 5) + 2;
        return width == 0
            ? rows.Select(static row => row.Path.Length).Append("CGROUP".Length).Max()
            : Math.Max(width, LeastWidth) - Figures;
    }

    /// <summary>The end of a path says more than its beginning, which many cgroups share.</summary>
    private static string Name(string path, int width) => path.Length <= width ? path : $"…{path[^(width - 1)..]}";

    private static string Title(TopSample sample, int width)
    {
        string time = sample.Time.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        string title = sample.Problem ?? StatusText.ShortTitle(sample.Status);
        int room = width - time.Length - 2;
        return width == 0 ? $"{title}  {time}" : room < 1 ? time : $"{Cut(title, room).PadRight(room)}  {time}";
    }

    private static string Cut(string line, int width) =>
        width == 0 || line.Length <= width ? line.TrimEnd() : $"{line[..(width - 1)]}…";

    private static string Right(string text, int more = 0) => text.PadLeft(FigureWidth + more);

    private static string Growth(long? bytes) => bytes is > 0 ? $"+{Bytes(bytes)}" : Bytes(bytes);

    private static string Share(long? millionths) => millionths is { } share
        ? string.Create(CultureInfo.InvariantCulture, $"{share / 10_000.0:0.0}%")
        : "-";

    /// <summary>Short enough for a column: 512, 1.5K, 312.4M, 2.1G, 1.2T.</summary>
    private static string Bytes(long? bytes)
    {
        if (bytes is not { } number)
            return "-";
        double rest = number;
        int unit = 0;
        for (; Math.Abs(rest) >= 1024 && unit < 4; unit++)
            rest /= 1024;
        return unit == 0
            ? number.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{rest:0.0}{"KMGT"[unit - 1]}");
    }
}
