using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace PressureD.Cli.Incidents;

/// <summary>Why something was done, or was not: one paragraph, then the evidence.</summary>
internal static class WhyText
{
    private const long MiB = 1 << 20;

    /// <summary>Below this nobody notices that it falls.</summary>
    private const long TellingBytesPerSecond = MiB;

    /// <summary>Less stall than this says nothing. Millionths.</summary>
    private const long TellingStall = 10_000;

    private const int Width = 78;

    /// <summary>The answer.</summary>
    /// <param name="incident">What it is about.</param>
    /// <param name="zone">In whose time.</param>
    /// <param name="isReport">
    /// Whether it goes into a report: without the table of samples, of which that has charts, and without the victim's
    /// command line, since reports are passed on.
    /// </param>
    internal static string Render(IncidentDocument incident, TimeZoneInfo zone, bool isReport = false)
    {
        var text = new StringBuilder();
        DateTimeOffset time = TimeZoneInfo.ConvertTime(incident.Time, zone);
        string clock = time.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        string goesOn = incident.SoFarUsec is { } soFar ? GoesOn(incident, FigureText.Duration(soFar)) : "";
        Wrap(text, $"{clock} {Paragraph(incident)}.{goesOn}", "");
        text.Append('\n');
        AppendEvidence(text, incident, time, !isReport);
        if (!isReport)
        {
            AppendSamples(text, incident);
        }

        return text.ToString();
    }

    private static string GoesOn(IncidentDocument incident, string soFar)
    {
        string id = incident.Id.ToString(CultureInfo.InvariantCulture);
        return incident.IsCutOff
            ? $" The daemon ended before incident {id} was complete, or could not write more of it: this is what it "
                + $"had kept of its first {soFar}."
            : $" Incident {id} still goes on, for {soFar} now: this is what is known so far.";
    }

    /// <summary>The paragraph, without the time.</summary>
    internal static string Paragraph(IncidentDocument incident)
    {
        var text = new StringBuilder(Deed(incident));
        AppendReason(text, incident);
        AppendPassedOver(text, incident);
        if (incident.Acts.LastOrDefault(static act => act.Kind == "died") is { } death)
        {
            text.Append($"; freed {FigureText.Bytes(death.FreedBytes)}");
            if (death.TookUsec is { } took)
            {
                text.Append($" in {FigureText.Duration(took)}");
            }
        }

        AppendPressure(text, incident);
        return text.ToString();
    }

    private static string Deed(IncidentDocument incident)
    {
        IncidentAct? signal = incident.Acts.LastOrDefault(static act => act.Kind == "signalled");
        return incident.Outcome switch
        {
            "killed" => "killed " + Victim(incident.Acts.Last(static act => act.Kind == "died")),
            "signalled" when signal is not null => $"signalled {Victim(signal)}, whose death was not seen,",
            "dry-run" when signal is not null => $"would have killed {Victim(signal)} (dry run)",
            "held-back" => $"did nothing: {Last(incident, "held-back")}; rule {incident.Rule} wanted to act",
            "acted" => Last(incident, "acted").TrimEnd(),
            "recorded" when incident.Rule.Length == 0 =>
                $"recorded the state for \"{Last(incident, "recorded")}\"",
            "recorded" => $"recorded the state for rule {incident.Rule}",
            _ when incident is { SoFarUsec: not null, IsCutOff: false, Acts.Count: 0 } =>
                $"rule {incident.Rule} fired and has done nothing yet,",
            _ => $"rule {incident.Rule} fired",
        };
    }

    private static string Last(IncidentDocument incident, string kind)
    {
        string text = incident.Acts.LastOrDefault(act => act.Kind == kind)?.Text ?? incident.Summary;
        int because = text.IndexOf("; because ", StringComparison.Ordinal);
        return because < 0 ? text : text[..because];
    }

    private static string Victim(IncidentAct act)
    {
        string size = FigureText.Bytes(act.ExpectedBytes);
        return act.Pid == 0
            ? $"cgroup {act.Cgroup} ({size})"
            : $"{act.Comm} (pid {act.Pid}, {size}) in {Place(act.Cgroup[(act.Cgroup.LastIndexOf('/') + 1)..])}";
    }

    /// <summary>The root, or a cgroup that is not known, has no name.</summary>
    private static string Place(string cgroup) => cgroup.Length == 0 ? "/" : cgroup;

    private static void AppendReason(StringBuilder text, IncidentDocument incident)
    {
        string[] reasons = [.. incident.Comparisons
            .Where(static comparison => comparison.Holds)
            .Select(comparison => Phrase(comparison, incident))
            .Distinct()];
        if (incident.AskedByUid is { } uid)
        {
            string chosen = incident.Rule.Length == 0 ? "" : $", chosen as rule {incident.Rule} would";
            text.Append(CultureInfo.InvariantCulture, $" because user {uid} asked for it{chosen}");
        }
        else
        {
            text.Append(reasons.Length == 0 ? $" ({incident.Condition})" : " because " + Join(reasons));
        }

        IncidentSample? now = At(incident, 0);
        if (now?.AvailableBytes is not { } available)
        {
            return;
        }

        text.Append($": {FigureText.Bytes(available)} left");
        if (Fall(incident, now) is { } fall && fall >= TellingBytesPerSecond)
        {
            text.Append($", falling {FigureText.Bytes(fall)}/s");
        }
    }

    private static string Phrase(IncidentComparison comparison, IncidentDocument incident)
    {
        string value = FigureText.Of(comparison.Value, comparison.Unit);
        string limit = $"(limit {FigureText.Of(comparison.Threshold, comparison.Unit)})";
        string whose = comparison.OfMachine || incident.Cgroup.Length == 0 ? "" : $" of {incident.Cgroup}";
        return comparison.Metric switch
        {
            "time_to_exhaustion" => $"available memory would have run out in {value} {limit}",
            "mem.available_user" => $"{value} of what programs can have was available {limit}",
            "mem.available" => $"{value} of memory was available {limit}",
            "swap.free" when comparison.Value == 0 && comparison.Threshold == 0 => "there was no swap",
            "swap.free" => $"{value} of swap was free {limit}",
            "psi.memory.full.avg10" => $"everything{whose} stood still for memory {value} of the last 10 s {limit}",
            "psi.memory.some.avg10" => $"something{whose} waited for memory {value} of the last 10 s {limit}",
            "psi.io.full.avg10" => $"everything{whose} stood still for io {value} of the last 10 s {limit}",
            _ => $"{comparison.Metric}{whose} was {value} {limit}",
        };
    }

    private static string Join(string[] parts) => parts.Length switch
    {
        1 => parts[0],
        _ => string.Join(", ", parts[..^1]) + " and " + parts[^1],
    };

    private static void AppendPassedOver(StringBuilder text, IncidentDocument incident)
    {
        IncidentCandidate? taken = incident.Candidates.Find(static candidate => candidate.IsTaken);
        IEnumerable<IncidentCandidate> passed = incident.Candidates
            .TakeWhile(static candidate => !candidate.IsTaken)
            .Where(static candidate => candidate.Verdict.Length > 0);
        string what = taken is null ? "passed over" : "ranked higher";
        foreach (IGrouping<string, IncidentCandidate> group in passed.GroupBy(static candidate => candidate.Verdict))
        {
            AppendNames(text, [.. group], $"{what}: {group.Key}");
        }

        List<IncidentCandidate> larger = incident.Candidates
            .SkipWhile(static candidate => !candidate.IsTaken)
            .Where(candidate => candidate.SizeBytes > taken!.SizeBytes)
            .ToList();
        if (larger.Count > 0)
        {
            AppendNames(text, larger, $"larger ranked lower by {string.Join(", ", incident.RankedBy)}");
        }
    }

    private static void AppendNames(StringBuilder text, List<IncidentCandidate> candidates, string what)
    {
        string names = string.Join(", ", candidates.Take(3).Select(static candidate => candidate.Name));
        text.Append(CultureInfo.InvariantCulture, $"; {candidates.Count} {what}: {names}");
        text.Append(candidates.Count > 3 ? ", ..." : "");
    }

    private static void AppendPressure(StringBuilder text, IncidentDocument incident)
    {
        if (!incident.Acts.Exists(static act => act.Kind is "died" or "acted"))
        {
            return;
        }

        List<(long Usec, long Stall)> stalls = Stalls(incident);
        long from = stalls.Where(static stall => stall.Usec <= 1_000_000)
            .TakeLast(12)
            .Select(static stall => stall.Stall)
            .DefaultIfEmpty(0)
            .Max();
        if (from < TellingStall)
        {
            return;
        }

        foreach ((long usec, long stall) in stalls.Where(static stall => stall.Usec > 0))
        {
            if (stall <= from / 4)
            {
                text.Append($"; pressure fell from {FigureText.Percent(from)} to {FigureText.Percent(stall)}");
                text.Append($" in {FigureText.Duration(usec)}");
                return;
            }
        }

        if (stalls.Count > 0)
        {
            text.Append($"; pressure did not fall: from {FigureText.Percent(from)}");
            text.Append($" to {FigureText.Percent(stalls[^1].Stall)}");
        }
    }

    /// <summary>Between each two samples, the share of time in which all tasks stood still for memory.</summary>
    private static List<(long Usec, long Stall)> Stalls(IncidentDocument incident)
    {
        var stalls = new List<(long, long)>();
        for (int i = 1; i < incident.Samples.Count; i++)
        {
            IncidentSample before = incident.Samples[i - 1];
            IncidentSample after = incident.Samples[i];
            long elapsed = after.AfterUsec - before.AfterUsec;
            if (elapsed > 0 && Stall(before, after) is { } stall)
            {
                stalls.Add((after.AfterUsec, stall));
            }
        }

        return stalls;
    }

    /// <summary>The share of time between two samples in which all tasks stood still for memory. Millionths.</summary>
    internal static long? Stall(IncidentSample before, IncidentSample after)
    {
        long elapsed = after.AfterUsec - before.AfterUsec;
        long? stalled = after.MemoryFullTotalUsec - before.MemoryFullTotalUsec;
        return elapsed > 0 && stalled is { } usec ? Math.Clamp(usec * 1_000_000 / elapsed, 0, 1_000_000) : null;
    }

    private static IncidentSample? At(IncidentDocument incident, long usec) =>
        incident.Samples.LastOrDefault(sample => sample.AfterUsec <= usec);

    private static long? Fall(IncidentDocument incident, IncidentSample now)
    {
        IncidentSample? before = At(incident, now.AfterUsec - 1_000_000);
        if (before is null || now.AfterUsec == before.AfterUsec)
        {
            return null;
        }

        long? lost = before.AvailableBytes + (before.SwapBytes ?? 0) - now.AvailableBytes - (now.SwapBytes ?? 0);
        return lost * 1_000_000 / (now.AfterUsec - before.AfterUsec);
    }

    private static void AppendEvidence(
        StringBuilder text, IncidentDocument incident, DateTimeOffset time, bool withCommandLine)
    {
        string when = time.ToString("yyyy-MM-dd HH:mm:ss.fff zzz", CultureInfo.InvariantCulture);
        Line(text, "incident", $"{incident.Id}, {when}");
        if (incident.AskedByUid is { } uid)
        {
            Line(text, "asked by", $"user {uid}");
        }

        AppendRule(text, incident);
        foreach (IncidentComparison comparison in incident.Comparisons)
        {
            string value = FigureText.Of(comparison.Value, comparison.Unit);
            string limit = FigureText.Of(comparison.Threshold, comparison.Unit);
            Line(
                text, "",
                $"{comparison.Metric} was {value}, asked for {comparison.Sign} {limit}: "
                    + (comparison.Value is null ? "unknown" : comparison.Holds ? "true" : "false"));
        }

        if (incident.AskedByUid is null)
        {
            AppendHeld(text, incident);
        }

        if (withCommandLine)
        {
            AppendCommandLine(text, incident);
        }

        AppendCandidates(text, incident);
        AppendActs(text, incident);
    }

    private static void AppendRule(StringBuilder text, IncidentDocument incident)
    {
        if (incident.Rule.Length == 0)
        {
            return;
        }

        string watched = incident.Cgroup.Length == 0 ? "the machine" : incident.Cgroup;
        Line(text, "rule", $"{incident.Rule} ({incident.Source}), watching {watched}; pressured {incident.Daemon}");
        Line(text, "when", incident.Condition);
    }

    private static void AppendHeld(StringBuilder text, IncidentDocument incident)
    {
        string held = incident.OverAfterUsec is { } over
            ? $"for {FigureText.Duration(over + incident.ActiveBeforeUsec)}"
            : incident.SoFarUsec is { } soFar
                ? $"for {FigureText.Duration(soFar + incident.ActiveBeforeUsec)} "
                    + (incident.IsCutOff ? "at least" : "so far")
                : "on, beyond what was recorded";
        Line(text, "held", held);
    }

    private static void AppendCommandLine(StringBuilder text, IncidentDocument incident)
    {
        if (incident.IsCommandLineWithheld)
        {
            text.Append("  command line: withheld; root sees it, whose process it was, and whoever gives an\n")
                .Append(CultureInfo.InvariantCulture, $"    administrator's password: pressurectl why {incident.Id}")
                .Append(" --authenticate\n");
        }
        else if (incident.CommandLine.Length > 0)
        {
            text.Append("  command line: ").Append(incident.CommandLine).Append('\n');
        }
    }

    private static void AppendActs(StringBuilder text, IncidentDocument incident)
    {
        text.Append("\n  what happened\n");
        foreach (IncidentAct act in incident.Acts)
        {
            text.Append("  ").Append(FigureText.Offset(act.AfterUsec).PadLeft(11)).Append("  ");
            text.Append(act.Text).Append('\n');
        }

        if (incident.ActsLeftOut > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"               and {incident.ActsLeftOut} more\n");
        }
    }

    private static void AppendCandidates(StringBuilder text, IncidentDocument incident)
    {
        if (incident.Candidates.Count == 0)
        {
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"\n  candidates, best first, of {incident.CandidateCount}");
        text.Append(incident.RankedBy.Count == 0 ? "" : $", by {string.Join(", ", incident.RankedBy)}").Append('\n');
        foreach (IncidentCandidate candidate in incident.Candidates)
        {
            string refusal = candidate.Verdict.Length > 0 ? candidate.Verdict : "behind it";
            string verdict = candidate.IsTaken ? "taken" : refusal;
            text.Append("  ").Append(FigureText.Bytes(candidate.SizeBytes).PadLeft(11)).Append("  ");
            text.Append(candidate.Name);
            text.Append(candidate.Pid == 0 ? "" : $" in {Place(candidate.Cgroup)}");
            text.Append(": ").Append(verdict).Append('\n');
        }
    }

    private static void AppendSamples(StringBuilder text, IncidentDocument incident)
    {
        if (incident.Samples.Count == 0)
        {
            return;
        }

        text.Append("\n         time    available         swap   stalled    io full   exhausted in\n");
        IncidentSample? before = null;
        foreach (IncidentSample sample in incident.Samples)
        {
            string stalled = before is null ? "" : FigureText.Percent(Stall(before, sample));
            text.Append("  ").Append(FigureText.Offset(sample.AfterUsec).PadLeft(11));
            text.Append(FigureText.Bytes(sample.AvailableBytes).PadLeft(13));
            text.Append(FigureText.Bytes(sample.SwapBytes).PadLeft(13));
            text.Append(stalled.PadLeft(10));
            text.Append(FigureText.Percent(sample.IoFull).PadLeft(11));
            text.Append((sample.ExhaustionUsec is { } usec ? FigureText.Duration(usec) : "-").PadLeft(15));
            text.Append('\n');
            before = sample;
        }
    }

    private static void Line(StringBuilder text, string label, string value) =>
        text.Append("  ").Append(label.PadRight(10)).Append(value).Append('\n');

    /// <summary>Breaks at spaces, so that it fits a terminal; a long name is not broken.</summary>
    private static void Wrap(StringBuilder text, string paragraph, string indent)
    {
        int column = 0;
        foreach (string word in paragraph.Split(' '))
        {
            if (column > 0 && column + 1 + word.Length > Width)
            {
                text.Append('\n').Append(indent);
                column = indent.Length;
            }
            else if (column > 0)
            {
                text.Append(' ');
                column++;
            }

            text.Append(word);
            column += word.Length;
        }

        text.Append('\n');
    }
}
