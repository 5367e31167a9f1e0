using System;
using System.Collections.Immutable;
using System.Threading;
using PressureD.Core.Engine;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Core.Victims;

namespace PressureD.Core.Incidents;

/// <summary>
/// The record of one firing: what was so, what was done about it, and what came of it. One of a fixed pool: the loop
/// fills it, then whoever writes it has it alone until <see cref="Release"/>.
/// </summary>
public sealed class Incident
{
    internal const int MaxActs = 8;
    internal const int MaxCandidates = 8;
    internal const int MaxComparisons = 10;
    internal const int MaxBefore = 16;
    internal const int MaxSamples = 40;

    private readonly IncidentAct[] _acts = new IncidentAct[MaxActs];
    private readonly IncidentComparison[] _comparisons = new IncidentComparison[MaxComparisons];
    private readonly IncidentSample[] _samples = new IncidentSample[MaxSamples];
    private readonly CandidateRow[] _candidates = new CandidateRow[MaxCandidates];
    private int _stage;

    internal Incident()
    {
        for (int i = 0; i < _acts.Length; i++)
            _acts[i] = new IncidentAct();
        for (int i = 0; i < _candidates.Length; i++)
            _candidates[i] = new CandidateRow();
    }

    /// <summary>From 1, ascending.</summary>
    public long Id { get; internal set; }

    /// <summary>The rule that fired; null when somebody asked for it without naming one.</summary>
    public Rule? Rule { get; internal set; }

    /// <summary>The user who asked for it; null when a rule did it by itself.</summary>
    public uint? AskedBy { get; internal set; }

    /// <summary>When it was opened: CLOCK_MONOTONIC, microseconds.</summary>
    public long OpenedUsec { get; internal set; }

    /// <summary>
    /// When the rule became active; earlier than <see cref="OpenedUsec"/> if it still was from before.
    /// </summary>
    public long ActiveSinceUsec { get; internal set; }

    /// <summary>When the condition no longer held; 0 when it still did.</summary>
    public long OverUsec { get; internal set; }

    /// <summary>Of a copy of one that goes on: how long it has by now. 0: it is complete.</summary>
    public long SoFarUsec { get; private set; }

    /// <summary>The cgroup that the rule watches, raw bytes; empty for the machine.</summary>
    public TextBuffer Cgroup { get; } = new(160);

    /// <summary>The condition's values in words.</summary>
    public TextBuffer Evidence { get; } = new(384);

    /// <summary>The condition's comparisons with their values.</summary>
    public ReadOnlySpan<IncidentComparison> Comparisons => _comparisons.AsSpan(0, ComparisonCount);

    /// <summary>What was done, and what was not and why, in order.</summary>
    public ReadOnlySpan<IncidentAct> Acts => _acts.AsSpan(0, ActCount);

    /// <summary>What found no place among the acts.</summary>
    public int ActsLeftOut { get; internal set; }

    /// <summary>Before, at, and after it.</summary>
    public ReadOnlySpan<IncidentSample> Samples => _samples.AsSpan(0, SampleCount);

    /// <summary>Incidents before this one that found no place in the pool.</summary>
    public long LostBefore { get; internal set; }

    /// <summary>What may be left out first when there are too many: nothing was done but to say something.</summary>
    public bool IsMinor
    {
        get
        {
            foreach (IncidentAct act in Acts)
            {
                if (act.Kind is not (IncidentActKind.Said or IncidentActKind.Notified))
                    return false;
            }

            return true;
        }
    }

    internal MatchState? Match { get; set; }

    /// <summary>Something was added that is not to be lost if the daemon ends before it is complete.</summary>
    internal bool IsDue { get; set; }

    internal IncidentStage Stage
    {
        get => (IncidentStage)Volatile.Read(ref _stage);
        set => Volatile.Write(ref _stage, (int)value);
    }

    /// <summary>When something last was added that what comes after is of interest for.</summary>
    internal long LastActUsec { get; set; }

    internal long SampleSpacingUsec { get; set; }

    internal int ActCount { get; set; }

    internal int ComparisonCount { get; set; }

    internal int SampleCount { get; set; }

    internal int BeforeCount { get; set; }

    internal Span<IncidentSample> SampleSlots => _samples;

    internal Span<IncidentComparison> ComparisonSlots => _comparisons;

    internal ReadOnlySpan<IncidentAct> ActSlots => _acts;

    /// <summary>
    /// Among whom the victim was chosen, the best first, with why each was passed over; and the one that was taken.
    /// </summary>
    internal ReadOnlySpan<CandidateRow> Candidates => _candidates.AsSpan(0, CandidateCount);

    /// <summary>The process that was chosen last, of a group its largest; 0 when none was.</summary>
    internal int VictimPid { get; private set; }

    /// <summary>Whose it was.</summary>
    internal uint VictimUid { get; private set; }

    /// <summary>
    /// What it was started as, as <see cref="CommandLines.Of"/>. Not for everybody: it goes into the file, and nowhere
    /// else.
    /// </summary>
    internal TextBuffer CommandLine { get; } = new(CommandLines.MostBytes);

    /// <summary>How many candidates there were in all.</summary>
    internal int CandidatesInAll { get; private set; }

    /// <summary>By what they were ordered.</summary>
    internal ImmutableArray<RankKey> RankedBy { get; private set; } = [];

    private int CandidateCount { get; set; }

    /// <summary>
    /// Copies the candidates of a choice; those of one that found nobody only while there are no others.
    /// </summary>
    internal void TakeCandidates(CandidateReport report)
    {
        if (report.Action is null || (HasVictim && report.Taken is null))
            return;
        ReadOnlySpan<CandidateRow> rows = report.Rows;
        CandidateCount = Math.Min(rows.Length, MaxCandidates);
        for (int i = 0; i < CandidateCount; i++)
            _candidates[i].CopyFrom(rows[i]);

        // Whoever was taken is told of, however many came before it.
        if (report.Taken is { } taken && !HasVictim)
            _candidates[CandidateCount - 1].CopyFrom(taken);
        CandidatesInAll = report.Candidates;
        RankedBy = report.Action.Rank;
    }

    /// <summary>Notes who was chosen.</summary>
    internal void TakeVictim(Victim victim)
    {
        VictimPid = victim.Pid;
        VictimUid = victim.Uid;
        CommandLine.CopyFrom(victim.CommandLine);
    }

    private bool HasVictim
    {
        get
        {
            foreach (CandidateRow candidate in Candidates)
            {
                if (candidate.IsTaken)
                    return true;
            }

            return false;
        }
    }

    /// <summary>Gives it back to the pool. Whoever wrote it, once.</summary>
    public void Release() => Stage = IncidentStage.Free;

    /// <summary>
    /// Takes everything that is told of another; whose slot it is stays as it is.
    /// </summary>
    /// <param name="other">The other.</param>
    /// <param name="nowUsec">The time, if it goes on; null: it is complete.</param>
    internal void CopyFrom(Incident other, long? nowUsec)
    {
        SoFarUsec = nowUsec is { } now ? Math.Max(now - other.OpenedUsec, 1) : 0;
        Id = other.Id;
        Rule = other.Rule;
        AskedBy = other.AskedBy;
        OpenedUsec = other.OpenedUsec;
        ActiveSinceUsec = other.ActiveSinceUsec;
        OverUsec = other.OverUsec;
        Cgroup.CopyFrom(other.Cgroup);
        Evidence.CopyFrom(other.Evidence);
        ComparisonCount = other.ComparisonCount;
        other.Comparisons.CopyTo(_comparisons);
        ActCount = other.ActCount;
        for (int i = 0; i < ActCount; i++)
            _acts[i].CopyFrom(other._acts[i]);
        ActsLeftOut = other.ActsLeftOut;
        SampleCount = other.SampleCount;
        other.Samples.CopyTo(_samples);
        LostBefore = other.LostBefore;
        CandidateCount = other.CandidateCount;
        for (int i = 0; i < CandidateCount; i++)
            _candidates[i].CopyFrom(other._candidates[i]);
        CandidatesInAll = other.CandidatesInAll;
        RankedBy = other.RankedBy;
        VictimPid = other.VictimPid;
        VictimUid = other.VictimUid;
        CommandLine.CopyFrom(other.CommandLine);
    }

    internal void Clear()
    {
        Rule = null;
        SoFarUsec = 0;
        IsDue = false;
        Match = null;
        AskedBy = null;
        OverUsec = 0;
        ActsLeftOut = 0;
        LostBefore = 0;
        ActCount = 0;
        ComparisonCount = 0;
        SampleCount = 0;
        BeforeCount = 0;
        CandidateCount = 0;
        CandidatesInAll = 0;
        RankedBy = [];
        VictimPid = 0;
        VictimUid = 0;
        CommandLine.Clear();
        Cgroup.Clear();
        Evidence.Clear();
    }

    private static ReadOnlySpan<byte> Blank => "                                                               "u8;

    /// <summary>Makes its memory resident.</summary>
    internal void Touch()
    {
        _samples.AsSpan().Clear();
        _comparisons.AsSpan().Clear();
        CommandLine.Append(Blank).Clear();
        foreach (IncidentAct act in _acts)
        {
            act.Clear();
            act.Text.Append(Blank).Clear();
        }
    }
}
