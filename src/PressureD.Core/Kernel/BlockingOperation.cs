using System;

namespace PressureD.Core.Kernel;

/// <summary>Something that can hang, for a worker to do. See <see cref="IKernel.Begin"/>.</summary>
public readonly record struct BlockingOperation
{
    /// <summary>The longest path or name that can be written to.</summary>
    public const int MaxPathBytes = 64;

    /// <summary>The longest value that can be written.</summary>
    public const int MaxValueBytes = 64;

    private BlockingOperation(BlockingKind kind, int target, ProcessFile file)
    {
        Kind = kind;
        Target = target;
        File = file;
    }

    public BlockingKind Kind { get; }

    /// <summary>
    /// A pid for <see cref="BlockingKind.ReadProcess"/>, a process handle for <see cref="BlockingKind.ReleaseMemory"/>,
    /// a directory for <see cref="BlockingKind.Write"/>.
    /// </summary>
    public int Target { get; }

    public ProcessFile File { get; }

    /// <summary>What is written to; see <see cref="Write"/>.</summary>
    public ReadOnlyMemory<byte> Path { get; private init; }

    /// <summary>What is written.</summary>
    public ReadOnlyMemory<byte> Value { get; private init; }

    /// <summary>
    /// Reads cmdline, exe or environ of a process; the ticket's output is the content (at most 4 KiB).
    /// </summary>
    public static BlockingOperation ReadProcess(int pid, ProcessFile file) => new(BlockingKind.ReadProcess, pid, file);

    /// <summary>
    /// Frees a dying process's memory on the worker's time (process_mrelease, 5.15). EINVAL, ESRCH and EAGAIN mean that
    /// there was nothing to do.
    /// </summary>
    public static BlockingOperation ReleaseMemory(int process) => new(BlockingKind.ReleaseMemory, process, default);

    /// <summary>
    /// Writes a file in one write, once: 0, or the write's errno, where EAGAIN (memory.reclaim: not all was found) is
    /// given as ETIMEDOUT, because EAGAIN says that a ticket still runs. Writing memory.high and memory.max reclaims in
    /// the writer, memory.reclaim is nothing else, and cgroup.freeze waits for a lock under which others allocate.
    /// </summary>
    /// <param name="directory">
    /// A held cgroup, or <see cref="KernelDirectory.None"/> with an absolute path. The operation keeps the cgroup
    /// itself: the caller may close its descriptor meanwhile.
    /// </param>
    /// <param name="path">
    /// One control file's name, or an absolute path; ENAMETOOLONG beyond <see cref="MaxPathBytes"/>.
    /// </param>
    /// <param name="value">Copied at once; EINVAL beyond <see cref="MaxValueBytes"/>.</param>
    public static BlockingOperation Write(int directory, ReadOnlyMemory<byte> path, ReadOnlyMemory<byte> value) =>
        new(BlockingKind.Write, directory, default) { Path = path, Value = value };
}
