using System.Collections.Generic;

namespace PressureD.Simulation.Fuzz;

/// <summary>
/// Looks whether steps allocate once everything has its size. What happens for the first time may allocate, and so may
/// a cgroup that is new; whatever does so again and again is no first time. That is told by its size: what a collection
/// for other threads takes from this one is of any size.
/// </summary>
internal sealed class FuzzAllocations
{
    /// <summary>So many steps may do something for the first time that takes as much.</summary>
    private const int FirstTimes = 8;

    /// <summary>How long a change of the tree may take until the daemon has noticed it everywhere.</summary>
    private const long NoticeUsec = 3_000_000;

    private readonly Dictionary<long, int> _stepsBySize = [];
    private long _treeUsec;
    private (int Count, long Inode) _tree;

    /// <summary>A step has ended.</summary>
    /// <param name="usec">When.</param>
    /// <param name="bytes">What it allocated.</param>
    /// <param name="tree">How many cgroups there are, and the inode of the latest.</param>
    /// <returns>Whether it is one too many that allocated.</returns>
    public bool IsOneTooMany(long usec, long bytes, (int Count, long Inode) tree)
    {
        if (tree != _tree) _treeUsec = usec;
        _tree = tree;
        if (bytes <= 0 || usec - _treeUsec < NoticeUsec) return false;
        var steps = _stepsBySize.GetValueOrDefault(bytes) + 1;
        _stepsBySize[bytes] = steps;
        return steps > FirstTimes;
    }
}
