using PressureD.Core.Publishing;
using PressureD.Core.Victims;

namespace PressureD.Core.Incidents;

/// <summary>One of those who could have been the victim of an incident. Preallocated and used again.</summary>
internal sealed class IncidentCandidate
{
    /// <summary>Bytes of a path that are kept: its end, which tells more.</summary>
    public const int CgroupBytes = 96;

    /// <summary>The process, of a group its largest member; 0 for a cgroup.</summary>
    public int Pid { get; private set; }

    public uint Uid { get; private set; }

    public int OomScoreAdj { get; private set; }

    /// <summary>What its death would have freed. Bytes.</summary>
    public long SizeBytes { get; private set; }

    /// <summary>What it was ordered by.</summary>
    public KeyValues Values { get; private set; }

    /// <summary>
    /// Why it was passed over; <see cref="Refusal.None"/> for the one that was taken, and for those behind it.
    /// </summary>
    public Refusal Refusal { get; private set; }

    /// <summary>It is the one that was chosen.</summary>
    public bool IsTaken { get; private set; }

    /// <summary>Its comm, raw bytes; empty for a cgroup.</summary>
    public TextBuffer Comm { get; } = new(16);

    /// <summary>The cgroup that it is, or is in, raw bytes.</summary>
    public TextBuffer Cgroup { get; } = new(CgroupBytes);

    public void CopyFrom(CandidateRow row)
    {
        Pid = row.Pid;
        Uid = row.Uid;
        OomScoreAdj = row.OomScoreAdj;
        SizeBytes = row.SizeBytes;
        Values = row.Values;
        Refusal = row.Refusal;
        IsTaken = row.IsTaken;
        Comm.CopyFrom(row.Comm);
        Cgroup.Clear().AppendEnd(row.Path.Span, CgroupBytes);
    }
}
