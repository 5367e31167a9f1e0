using PressureD.Core.Kernel;
using PressureD.Linux.Interop;

namespace PressureD.Linux;

/// <summary>
/// What each descriptor is, by its number. It keeps a stale number from closing or waiting for a descriptor that
/// belongs to somebody else in this process.
/// </summary>
internal sealed class DescriptorTable(int capacity)
{
    private readonly DescriptorKind[] _kinds = new DescriptorKind[capacity];
    private readonly bool[] _watched = new bool[capacity];

    /// <summary>How many are open.</summary>
    public int Count { get; private set; }

    /// <summary>One more than the highest number that fits.</summary>
    public int Capacity => _kinds.Length;

    /// <summary>Enters a new descriptor, or passes the errno of its opening on.</summary>
    /// <returns>The descriptor; EMFILE, having closed it, when its number is beyond the table.</returns>
    public int Enter(int descriptor, DescriptorKind kind)
    {
        if (descriptor < 0) return descriptor;
        if (descriptor >= _kinds.Length)
        {
            _ = Libc.close(descriptor);
            return -Errno.EMFILE;
        }

        _kinds[descriptor] = kind;
        _watched[descriptor] = false;
        Count++;
        return descriptor;
    }

    public DescriptorKind KindOf(int descriptor) =>
        (uint)descriptor < (uint)_kinds.Length ? _kinds[descriptor] : DescriptorKind.None;

    public bool IsWatched(int descriptor) => _watched[descriptor];

    public void SetWatched(int descriptor, bool watched) => _watched[descriptor] = watched;

    /// <summary>Forgets a descriptor that is about to be closed.</summary>
    public void Remove(int descriptor)
    {
        _kinds[descriptor] = DescriptorKind.None;
        _watched[descriptor] = false;
        Count--;
    }
}
