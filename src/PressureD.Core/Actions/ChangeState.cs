using PressureD.Core.Kernel;

namespace PressureD.Core.Actions;

/// <summary>Where a <see cref="ChangeRunner"/> stands with one match.</summary>
internal sealed class ChangeState : ActionState
{
    /// <summary>The cgroups of the act under way, the largest first.</summary>
    public Target[] Targets { get; } = new Target[TargetFinder.MaxTargets];

    public int TargetCount { get; set; }

    /// <summary>More matched than are acted on at a time.</summary>
    public bool IsCut { get; set; }

    /// <summary>The next target to be changed.</summary>
    public int NextTarget { get; set; }

    /// <summary>The next change of that target.</summary>
    public int NextChange { get; set; }

    /// <summary>Whether targets have been chosen and not all are done with.</summary>
    public bool IsActing { get; set; }

    /// <summary>Writes that workers have not ended yet.</summary>
    public int Pending { get; private set; }

    /// <summary>Files that were changed.</summary>
    public int Changed { get; private set; }

    /// <summary>Files that could not be.</summary>
    public int Failed { get; private set; }

    /// <summary>Why the last of them could not be, as a negative errno.</summary>
    public int Error { get; private set; }

    /// <summary>Tells the writes of this act from those of one before that had not ended by then.</summary>
    public int Act { get; private set; }

    /// <summary>Since when targets are being chosen or written; 0 when none are.</summary>
    public long SinceUsec { get; set; }

    /// <summary>After its time limit the act rests for as long again; 0 when it does not.</summary>
    public long RestUntilUsec { get; set; }

    public void Begin(long nowUsec)
    {
        IsActing = true;
        Act++;
        NextTarget = 0;
        NextChange = 0;
        Pending = 0;
        Changed = 0;
        Failed = 0;
        SinceUsec = nowUsec;
    }

    /// <summary>A write was handed to a worker.</summary>
    public void NoteBegun() => Pending++;

    /// <summary>A worker has ended a write.</summary>
    public void Note(int act, int result)
    {
        if (act != Act)
            return;
        Pending--;
        if (result >= 0)
            Changed++;
        else if (!Errno.IsGone(result))
            NoteFailed(result);
    }

    /// <summary>A file could not be changed.</summary>
    public void NoteFailed(int result)
    {
        Failed++;
        Error = result;
    }
}
