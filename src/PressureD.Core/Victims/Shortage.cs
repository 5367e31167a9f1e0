using PressureD.Core.Kernel;

namespace PressureD.Core.Victims;

/// <summary>
/// Whether something could not be read since a choice began, for want of something that says nothing of it: the one to
/// blame may be missing, and to go on without it would be another one's end.
/// </summary>
internal sealed class Shortage
{
    public bool IsNoted { get; private set; }

    /// <summary>A choice begins.</summary>
    public void Begin() => IsNoted = false;

    /// <summary>Something is missing.</summary>
    public void Note() => IsNoted = true;

    /// <summary>Takes the result of a call, which may say so.</summary>
    public void Note(int result) => IsNoted |= Errno.IsPassing(result);
}
