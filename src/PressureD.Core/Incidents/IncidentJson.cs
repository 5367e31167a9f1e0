using System;
using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using PressureD.Core.Policy;
using PressureD.Core.Policy.Expressions;
using PressureD.Core.Publishing;
using PressureD.Core.Readers;
using PressureD.Core.Victims;

namespace PressureD.Core.Incidents;

/// <summary>
/// An incident as it is kept and given out: one JSON object on one line. "format" is 1 and grows when a name goes or
/// changes its meaning; new names may come at any time. Units are in the names; what is not known is null.
/// </summary>
public sealed class IncidentJson
{
    /// <summary>The version of the shape.</summary>
    public const int Format = 1;

    private static readonly string[] Columns =
    [
        "after_usec", "available_bytes", "available_user_millionths", "swap_bytes", "time_to_exhaustion_usec",
        "memory_some_millionths", "memory_full_millionths", "memory_full_total_usec", "io_full_millionths",
        "first_value", "second_value",
    ];

    private readonly ArrayBufferWriter<byte> _buffer = new(8192);
    private readonly TextBuffer _text = new(1536);
    private readonly Utf8JsonWriter _writer;
    private readonly string _version;

    /// <param name="version">The daemon's version.</param>
    public IncidentJson(string version)
    {
        _version = version;

        _writer = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = PlainJsonEncoder.Instance });
    }

    /// <summary>Writes an incident.</summary>
    /// <param name="incident">A complete one, or the copy of one that goes on, which has "so_far_usec".</param>
    /// <param name="clockUsec">What CLOCK_REALTIME says where CLOCK_MONOTONIC says 0, microseconds.</param>
    /// <param name="toKeep">
    /// Whether this is what stays if nothing comes after it: of one that goes on it says "cut_off".
    /// </param>
    /// <returns>The line with its end, valid until the next call.</returns>
    public ReadOnlySpan<byte> Write(Incident incident, long clockUsec, bool toKeep = false)
    {
        _buffer.ResetWrittenCount();
        _writer.Reset();
        _writer.WriteStartObject();
        _writer.WriteNumber("format"u8, Format);
        _writer.WriteNumber("id"u8, incident.Id);
        _writer.WriteNumber("time_usec"u8, clockUsec + incident.OpenedUsec);
        _writer.WriteString("rule"u8, incident.Rule?.Name);
        _writer.WriteString("outcome"u8, IncidentSummary.Name(IncidentSummary.Outcome(incident)));
        if (incident.SoFarUsec > 0)
            _writer.WriteNumber("so_far_usec"u8, incident.SoFarUsec);
        if (incident.SoFarUsec > 0 && toKeep)
            _writer.WriteBoolean(IncidentHead.CutOff, true);
        _text.Clear();
        IncidentSummary.Append(_text, incident);
        _writer.WriteString("summary"u8, _text.Span);
        _writer.WriteString("daemon"u8, _version);
        _writer.WriteString("source"u8, incident.Rule?.Source);
        if (incident.AskedBy is { } uid)
            _writer.WriteNumber("asked_by_uid"u8, uid);
        _writer.WriteNumber("monotonic_usec"u8, incident.OpenedUsec);
        _writer.WriteNumber("active_before_usec"u8, incident.OpenedUsec - incident.ActiveSinceUsec);
        if (incident.OverUsec == 0)
            _writer.WriteNull("over_after_usec"u8);
        else
            _writer.WriteNumber("over_after_usec"u8, incident.OverUsec - incident.OpenedUsec);
        WriteName("cgroup"u8, incident.Cgroup, isPath: true);
        WriteCondition(incident);
        WriteActs(incident);
        WriteCandidates(incident);
        WriteVictim(incident);
        WriteSamples(incident);
        _writer.WriteNumber("incidents_lost_before"u8, incident.LostBefore);
        _writer.WriteEndObject();
        _writer.Flush();
        _buffer.Write("\n"u8);
        return _buffer.WrittenSpan;
    }

    private void WriteCondition(Incident incident)
    {
        _writer.WriteStartObject("condition"u8);
        _writer.WriteString("text"u8, incident.Rule?.When.Text);
        _writer.WriteString("evidence"u8, incident.Evidence.Span);
        _writer.WriteStartArray("comparisons"u8);
        foreach (ref readonly IncidentComparison comparison in incident.Comparisons)
        {
            _writer.WriteStartObject();
            _writer.WriteString("metric"u8, comparison.Metric.Name);
            _writer.WriteBoolean("of_machine"u8, comparison.OfHost);
            _writer.WriteString("unit"u8, UnitName(comparison.Metric.Unit));
            _writer.WriteString("comparison"u8, ExpressionText.SignOf(comparison.Comparison));
            WriteNumber("value"u8, comparison.Value);
            if (comparison.Value == Quantity.Unlimited)
                _writer.WriteBoolean("unlimited"u8, true);
            WriteNumber("threshold"u8, comparison.Threshold);
            _writer.WriteEndObject();
        }

        _writer.WriteEndArray();
        _writer.WriteEndObject();
    }

    private void WriteActs(Incident incident)
    {
        _writer.WriteStartArray("acts"u8);
        foreach (IncidentAct act in incident.Acts)
        {
            _writer.WriteStartObject();
            _writer.WriteNumber("after_usec"u8, act.TimeUsec - incident.OpenedUsec);
            _writer.WriteString("kind"u8, IncidentSummary.Name(act.Kind));
            _writer.WriteString("text"u8, act.Text.Span);
            if (act.DryRun)
                _writer.WriteBoolean("dry_run"u8, true);
            if (act.Pid > 0)
                _writer.WriteNumber("pid"u8, act.Pid);
            if (act.Comm.Length > 0)
                WriteName("comm"u8, act.Comm, isPath: false);
            if (act.Cgroup.Length > 0)
                WriteName("cgroup"u8, act.Cgroup, isPath: true);
            if (act.ExpectedBytes != Quantity.Unknown)
                _writer.WriteNumber("expected_bytes"u8, act.ExpectedBytes);
            if (act.FreedBytes != Quantity.Unknown)
                _writer.WriteNumber("freed_bytes"u8, act.FreedBytes);
            if (act.TookUsec != Quantity.Unknown)
                _writer.WriteNumber("took_usec"u8, act.TookUsec);
            _writer.WriteEndObject();
        }

        _writer.WriteEndArray();
        _writer.WriteNumber("acts_left_out"u8, incident.ActsLeftOut);
    }

    private void WriteCandidates(Incident incident)
    {
        _writer.WriteStartArray("ranked_by"u8);
        foreach (RankKey key in incident.RankedBy)
            _writer.WriteStringValue(RankKeys.Name(key));
        _writer.WriteEndArray();
        _writer.WriteStartArray("candidates"u8);
        foreach (CandidateRow candidate in incident.Candidates)
        {
            _writer.WriteStartObject();
            if (candidate.Pid > 0)
            {
                _writer.WriteNumber("pid"u8, candidate.Pid);
                _writer.WriteNumber("uid"u8, candidate.Uid);
                _writer.WriteNumber("oom_score_adj"u8, candidate.OomScoreAdj);
                WriteName("comm"u8, candidate.Comm, isPath: false);
            }

            WriteName("cgroup"u8, candidate.Path, isPath: true);
            _writer.WriteNumber("size_bytes"u8, candidate.SizeBytes);
            _writer.WriteStartArray("rank"u8);
            foreach (RankKey key in incident.RankedBy)
                WriteNumberValue(candidate.Values.Of(key));
            _writer.WriteEndArray();
            bool isRefused = candidate.Refusal != Refusal.None;
            _writer.WriteString("verdict"u8, isRefused ? RefusalText.Of(candidate.Refusal) : default);
            if (candidate.IsTaken)
                _writer.WriteBoolean("taken"u8, true);
            _writer.WriteEndObject();
        }

        _writer.WriteEndArray();
        _writer.WriteNumber("candidate_count"u8, incident.CandidatesInAll);
    }

    private void WriteVictim(Incident incident)
    {
        if (incident.VictimPid == 0)
            return;
        _writer.WriteStartObject(IncidentCommandLine.Victim);
        _writer.WriteNumber("pid"u8, incident.VictimPid);
        _writer.WriteNumber(IncidentCommandLine.Uid, incident.VictimUid);
        _text.Clear().AppendEscaped(incident.CommandLine.Span);
        if (_text.Length == 0)
            _writer.WriteNull(IncidentCommandLine.Name);
        else
            _writer.WriteString(IncidentCommandLine.Name, _text.Span);
        _writer.WriteEndObject();
    }

    private void WriteSamples(Incident incident)
    {
        _writer.WriteStartObject("samples"u8);
        _writer.WriteStartArray("columns"u8);
        foreach (string column in Columns)
            _writer.WriteStringValue(column);
        _writer.WriteEndArray();
        _writer.WriteStartArray("rows"u8);
        foreach (ref readonly IncidentSample sample in incident.Samples)
        {
            _writer.WriteStartArray();
            _writer.WriteNumberValue(sample.TimeUsec - incident.OpenedUsec);
            WriteNumberValue(sample.AvailableBytes);
            WriteNumberValue(sample.AvailableUser);
            WriteNumberValue(sample.SwapBytes);
            WriteNumberValue(sample.ExhaustionUsec);
            WriteNumberValue(sample.MemorySome);
            WriteNumberValue(sample.MemoryFull);
            WriteNumberValue(sample.MemoryFullTotalUsec);
            WriteNumberValue(sample.IoFull);
            WriteNumberValue(sample.FirstValue);
            WriteNumberValue(sample.SecondValue);
            _writer.WriteEndArray();
        }

        _writer.WriteEndArray();
        _writer.WriteEndObject();
    }

    /// <summary>A name from the kernel is bytes: what is not plain text is escaped.</summary>
    private void WriteName(ReadOnlySpan<byte> key, TextBuffer name, bool isPath)
    {
        if (name.Length == 0)
        {
            _writer.WriteNull(key);
            return;
        }

        _text.Clear();
        if (isPath && name.Span[0] != '.')
            _text.Append("/"u8);
        if (Utf8.IsValid(name.Span))
            _text.Append(name.Span);
        else
            _text.AppendEscaped(name.Span);
        _writer.WriteString(key, _text.Span);
    }

    private void WriteNumber(ReadOnlySpan<byte> key, long value)
    {
        _writer.WritePropertyName(key);
        WriteNumberValue(value);
    }

    // A time without end is as unknown as any other number that there is not.
    private void WriteNumberValue(long value)
    {
        if (value is Quantity.Unknown or Quantity.Unlimited)
            _writer.WriteNullValue();
        else
            _writer.WriteNumberValue(value);
    }

    private static ReadOnlySpan<byte> UnitName(MetricUnit unit) => unit switch
    {
        MetricUnit.Ratio => "millionths"u8,
        MetricUnit.Bytes => "bytes"u8,
        MetricUnit.Duration => "usec"u8,
        MetricUnit.BytesPerSecond => "bytes/s"u8,
        MetricUnit.CountPerSecond => "thousandths/s"u8,
        _ => "count"u8,
    };
}
