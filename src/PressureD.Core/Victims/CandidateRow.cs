using PressureD.Core.Publishing;

namespace PressureD.Core.Victims;

/// <summary>One of a choice's candidates, in a <see cref="CandidateReport"/> or kept with an incident.</summary>
internal sealed class CandidateRow
{
    /// <summary>Bytes of a path that are kept: its end, which tells more.</summary>
    public const int PathBytes = 96;

    /// <summary>The process, of a group its largest member; 0 for a cgroup.</summary>
    public int Pid { get; set; }

    public uint Uid { get; set; }

    public int OomScoreAdj { get; set; }

    /// <summary>What its death frees. Bytes.</summary>
    public long SizeBytes { get; set; }

    /// <summary>What it was ordered by: the values of the action's rank keys.</summary>
    public KeyValues Values { get; set; }

    /// <summary>
    /// Why it was passed over; <see cref="Refusal.None"/> for the one that was taken, and for those behind it.
    /// </summary>
    public Refusal Refusal { get; set; }

    /// <summary>It is the one that was chosen.</summary>
    public bool IsTaken { get; set; }

    /// <summary>The kernel's name of the process, raw; empty for a cgroup.</summary>
    public TextBuffer Comm { get; } = new(16);

    /// <summary>The cgroup that it is, or is in, without a leading slash, raw; its end when it is longer.</summary>
    public TextBuffer Path { get; } = new(PathBytes);

    /// <summary>Takes everything from another.</summary>
    public void CopyFrom(CandidateRow other)
    {
        Pid = other.Pid;
        Uid = other.Uid;
        OomScoreAdj = other.OomScoreAdj;
        SizeBytes = other.SizeBytes;
        Values = other.Values;
        Refusal = other.Refusal;
        IsTaken = other.IsTaken;
        Comm.CopyFrom(other.Comm);
        Path.CopyFrom(other.Path);
    }

    public void Clear()
    {
        Pid = 0;
        Uid = 0;
        OomScoreAdj = 0;
        Refusal = Refusal.None;
        IsTaken = false;
        Comm.Clear();
        Path.Clear();
    }
}
