namespace PressureD.Core.Durable;

/// <summary>What became of a change that was to be put back.</summary>
internal enum UndoVerdict
{
    /// <summary>The file holds what we wrote: the old value is to be written.</summary>
    Ours,

    /// <summary>It holds what it held before: the change was never made, or somebody has put it back.</summary>
    Unchanged,

    /// <summary>Somebody else has changed it meanwhile: it is theirs now.</summary>
    Foreign,

    /// <summary>The cgroup is gone, and what was changed with it.</summary>
    Gone,

    /// <summary>It cannot be read.</summary>
    Unreadable,
}
