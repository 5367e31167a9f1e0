namespace PressureD.Core.Kernel;

/// <summary>Files of /proc/PID.</summary>
/// <remarks>
/// Those up to <see cref="Comm"/> are rendered from kernel structures and are read on the loop. The others touch the
/// process's own memory or its mmap lock, can block for seconds on a swapped-out process, and go through
/// <see cref="IKernel.Begin"/>.
/// </remarks>
public enum ProcessFile
{
    Stat,
    Statm,
    Status,
    Cgroup,
    OomScore,
    OomScoreAdj,
    Comm,

    /// <summary>Arguments, NUL-separated. Blocking.</summary>
    Cmdline,

    /// <summary>The target of the exe link. Blocking, and needs ptrace access.</summary>
    Exe,

    /// <summary>The environment at its start, NUL-separated. Blocking, and needs ptrace access.</summary>
    Environ,
}
