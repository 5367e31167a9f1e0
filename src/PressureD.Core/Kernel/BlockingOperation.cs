namespace PressureD.Core.Kernel;

/// <summary>Something that can hang, for a worker to do. See <see cref="IKernel.Begin"/>.</summary>
public readonly record struct BlockingOperation
{
    private BlockingOperation(BlockingKind kind, int target, ProcessFile file)
    {
        Kind = kind;
        Target = target;
        File = file;
    }

    public BlockingKind Kind { get; }

    /// <summary>
    /// A pid for <see cref="BlockingKind.ReadProcess"/>, a process handle for <see cref="BlockingKind.ReleaseMemory"/>.
    /// </summary>
    public int Target { get; }

    public ProcessFile File { get; }

    /// <summary>Reads cmdline or exe of a process; the ticket's output is the content (at most 4 KiB).</summary>
    public static BlockingOperation ReadProcess(int pid, ProcessFile file) => new(BlockingKind.ReadProcess, pid, file);

    /// <summary>
    /// Frees a dying process's memory on the worker's time (process_mrelease, 5.15). EINVAL, ESRCH and EAGAIN mean that
    /// there was nothing to do.
    /// </summary>
    public static BlockingOperation ReleaseMemory(int process) => new(BlockingKind.ReleaseMemory, process, default);
}
