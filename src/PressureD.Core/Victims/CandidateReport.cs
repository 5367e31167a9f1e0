using System;
using PressureD.Core.Policy;

namespace PressureD.Core.Victims;

/// <summary>
/// The candidates of the last choice, best first, with what they were ordered by and why each was passed over: of fixed
/// size, filled in place, good until the next choice. Whoever keeps it copies it.
/// </summary>
internal sealed class CandidateReport
{
    /// <summary>How many candidates are told of.</summary>
    public const int MaxRows = 16;

    private readonly CandidateRow[] _rows = new CandidateRow[MaxRows];

    public CandidateReport()
    {
        for (int i = 0; i < MaxRows; i++)
            _rows[i] = new CandidateRow();
    }

    /// <summary>The action whose keys the rows' values are of; null before the first choice.</summary>
    public KillAction? Action { get; private set; }

    /// <summary>How many candidates there were in all.</summary>
    public int Candidates { get; private set; }

    /// <summary>
    /// How many were looked at until one was taken or the list was at its end, those that are not told of included.
    /// </summary>
    public int Examined { get; set; }

    /// <summary>The best of them, and then, if it was not among these, the one that was taken.</summary>
    public ReadOnlySpan<CandidateRow> Rows => _rows.AsSpan(0, Count);

    /// <summary>The one that was taken; null when nobody was.</summary>
    public CandidateRow? Taken
    {
        get
        {
            foreach (CandidateRow row in Rows)
            {
                if (row.IsTaken)
                    return row;
            }

            return null;
        }
    }

    private int Count { get; set; }

    /// <summary>A choice begins.</summary>
    public void Begin(KillAction action, int candidates)
    {
        Action = action;
        Candidates = candidates;
        Examined = 0;
        Count = 0;
    }

    /// <summary>Takes everything from another.</summary>
    public void CopyFrom(CandidateReport other)
    {
        Action = other.Action;
        Candidates = other.Candidates;
        Examined = other.Examined;
        Count = other.Count;
        for (int i = 0; i < Count; i++)
            _rows[i].CopyFrom(other._rows[i]);
    }

    /// <summary>The next row, empty; the last one again when all are in use.</summary>
    public CandidateRow Add()
    {
        Count = Math.Min(Count + 1, MaxRows);
        CandidateRow row = _rows[Count - 1];
        row.Clear();
        return row;
    }
}
