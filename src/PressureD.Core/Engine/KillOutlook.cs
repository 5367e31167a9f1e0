using PressureD.Core.Cgroups;
using PressureD.Core.Publishing;
using PressureD.Core.Victims;

namespace PressureD.Core.Engine;

/// <summary>Whom a rule would kill, as it was found last: by its own choice, or because somebody asked.</summary>
internal sealed class KillOutlook
{
    /// <summary>When somebody was found or nobody, CLOCK_MONOTONIC; 0: never looked.</summary>
    public long SeenUsec { get; private set; }

    /// <summary>Whether there was somebody.</summary>
    public bool IsSomebody { get; private set; }

    /// <summary>The process; 0 for a cgroup.</summary>
    public int Pid { get; private set; }

    /// <summary>What its death should free.</summary>
    public long SizeBytes { get; private set; }

    public TextBuffer Comm { get; } = new(64);

    /// <summary>Its cgroup; when there was nobody, the match that has nobody, empty for the machine.</summary>
    public TextBuffer Path { get; } = new(512);

    /// <summary>Who was passed over, and why, when there was nobody.</summary>
    public TextBuffer PassedOver { get; } = new(512);

    public void NoteVictim(Victim victim, long nowUsec)
    {
        SeenUsec = nowUsec;
        IsSomebody = true;
        Pid = victim.Pid;
        SizeBytes = victim.SizeBytes;
        Comm.CopyFrom(victim.Comm);
        Path.CopyFrom(victim.Path);
    }

    public void NoteNobody(TextBuffer passedOver, CgroupSlot? match, long nowUsec)
    {
        SeenUsec = nowUsec;
        IsSomebody = false;
        Path.Clear();
        if (match is not null)
            Path.Append(match.Path);
        PassedOver.CopyFrom(passedOver);
    }
}
