using System.Collections.Immutable;
using PressureD.Core.Kernel;

namespace PressureD.Simulation.ScenarioFiles;

/// <summary>Error numbers by name.</summary>
internal static class ErrnoNames
{
    private static readonly ImmutableArray<int> Numbers =
    [
        Errno.EACCES, Errno.EAGAIN, Errno.EBUSY, Errno.EINVAL, Errno.EIO, Errno.EMFILE, Errno.ENODATA, Errno.ENODEV,
        Errno.ENOENT, Errno.ENOMEM, Errno.ENOSPC, Errno.ENOSYS, Errno.EPERM, Errno.EROFS, Errno.ESRCH,
    ];

    public static ImmutableArray<string> All { get; } =
    [
        "EACCES", "EAGAIN", "EBUSY", "EINVAL", "EIO", "EMFILE", "ENODATA", "ENODEV",
        "ENOENT", "ENOMEM", "ENOSPC", "ENOSYS", "EPERM", "EROFS", "ESRCH",
    ];

    /// <summary>The number of the name at an index of <see cref="All"/>.</summary>
    public static int NumberAt(int index) => Numbers[index];
}
