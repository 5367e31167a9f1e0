using System;
using System.Collections.Generic;
using System.Text.Json;
using PressureD.Cli.Commands;

namespace PressureD.Cli.Incidents;

/// <summary>An incident as the daemon keeps it, read. What is missing or of another type is left empty.</summary>
internal sealed class IncidentDocument
{
    /// <summary>The newest version of the shape that is understood.</summary>
    private const int KnownFormat = 1;

    private IncidentDocument(JsonElement root)
    {
        Id = Number(root, "id") ?? 0;
        Time = DateTimeOffset.UnixEpoch.AddTicks((Number(root, "time_usec") ?? 0) * TimeSpan.TicksPerMicrosecond);
        Rule = Text(root, "rule");
        Outcome = Text(root, "outcome");
        Summary = Text(root, "summary");
        Daemon = Text(root, "daemon");
        Source = Text(root, "source");
        Cgroup = Name(root, "cgroup");
        ActiveBeforeUsec = Number(root, "active_before_usec") ?? 0;
        OverAfterUsec = Number(root, "over_after_usec");
        SoFarUsec = Number(root, "so_far_usec");
        IsCutOff = root.TryGetProperty("cut_off", out JsonElement cutOff) && cutOff.ValueKind == JsonValueKind.True;
        ActsLeftOut = Number(root, "acts_left_out") ?? 0;
        CandidateCount = Number(root, "candidate_count") ?? 0;
        AskedByUid = Number(root, "asked_by_uid");
        JsonElement condition = root.TryGetProperty("condition", out JsonElement found) ? found : default;
        Condition = Text(condition, "text");
        foreach (JsonElement item in Items(condition, "comparisons"))
        {
            Comparisons.Add(IncidentComparison.Parse(item));
        }

        foreach (JsonElement item in Items(root, "acts"))
        {
            Acts.Add(IncidentAct.Parse(item));
        }

        foreach (JsonElement key in Items(root, "ranked_by"))
        {
            RankedBy.Add(key.ValueKind == JsonValueKind.String ? key.GetString()! : "");
        }

        foreach (JsonElement item in Items(root, "candidates"))
        {
            Candidates.Add(IncidentCandidate.Parse(item));
        }

        JsonElement victim = root.TryGetProperty("victim", out JsonElement chosen) ? chosen : default;
        CommandLine = Name(victim, "command_line");
        IsCommandLineWithheld = victim.ValueKind == JsonValueKind.Object
            && victim.TryGetProperty("command_line_withheld", out JsonElement withheld)
            && withheld.ValueKind == JsonValueKind.True;
        if (root.TryGetProperty("samples", out JsonElement samples))
        {
            ReadSamples(samples);
        }
    }

    internal long Id { get; }

    internal DateTimeOffset Time { get; }

    internal string Rule { get; }

    internal string Outcome { get; }

    internal string Summary { get; }

    internal string Daemon { get; }

    internal string Source { get; }

    /// <summary>The cgroup that the rule watched; empty for the machine.</summary>
    internal string Cgroup { get; }

    /// <summary>The user who asked for it; null when a rule did it by itself.</summary>
    internal long? AskedByUid { get; }

    internal long ActiveBeforeUsec { get; }

    internal long? OverAfterUsec { get; }

    /// <summary>How long it had gone on when this was told; null when it is complete.</summary>
    internal long? SoFarUsec { get; }

    /// <summary>Whether nothing more came of it to disk: most likely the daemon ended.</summary>
    internal bool IsCutOff { get; }

    internal string Condition { get; }

    internal List<IncidentComparison> Comparisons { get; } = [];

    internal List<IncidentAct> Acts { get; } = [];

    internal long ActsLeftOut { get; }

    internal List<IncidentCandidate> Candidates { get; } = [];

    internal long CandidateCount { get; }

    /// <summary>The keys by which candidates were ordered.</summary>
    internal List<string> RankedBy { get; } = [];

    /// <summary>What the victim was started as; empty when it is not known, or not for this user.</summary>
    internal string CommandLine { get; }

    /// <summary>It is known, and not for this user.</summary>
    internal bool IsCommandLineWithheld { get; }

    internal List<IncidentSample> Samples { get; } = [];

    /// <summary>Reads an incident.</summary>
    /// <exception cref="FormatException">It is none, it is cut off, or it is of a newer shape.</exception>
    internal static IncidentDocument Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || Number(root, "format") is not { } format)
            {
                throw new FormatException("it is not an incident");
            }

            return format <= KnownFormat
                ? new IncidentDocument(root)
                : throw new FormatException($"it has format {format}, a newer pressurectl is needed");
        }
        catch (JsonException e)
        {
            throw new FormatException($"it is cut off or damaged: {e.Message}", e);
        }
    }

    internal static string Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out JsonElement value)
            && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";

    /// <summary>A name that somebody else chose: what could forge lines or steer a terminal is escaped.</summary>
    internal static string Name(JsonElement json, string name) => NameText.Of(Text(json, name));

    internal static long? Number(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out JsonElement value)
            ? Number(value)
            : null;

    private static long? Number(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) ? number : null;

    private static IEnumerable<JsonElement> Items(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out JsonElement value)
            && value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray()
            : [];

    private void ReadSamples(JsonElement samples)
    {
        var columns = new Dictionary<string, int>();
        foreach (JsonElement column in Items(samples, "columns"))
        {
            columns.TryAdd(column.GetString() ?? "", columns.Count);
        }

        foreach (JsonElement row in Items(samples, "rows"))
        {
            long? Value(string name) => columns.TryGetValue(name, out int index)
                && row.ValueKind == JsonValueKind.Array && index < row.GetArrayLength()
                ? Number(row[index])
                : null;
            Samples.Add(new IncidentSample(
                Value("after_usec") ?? 0,
                Value("available_bytes"),
                Value("swap_bytes"),
                Value("time_to_exhaustion_usec"),
                Value("memory_full_total_usec"),
                Value("io_full_millionths"),
                Value("first_value")));
        }
    }
}
