using System;
using PressureD.Core.Kernel;
using PressureD.Linux.Interop;

namespace PressureD.Linux;

public sealed unsafe partial class LinuxKernel
{
    /// <inheritdoc/>
    public int ListProcesses(Span<int> pids) => _directories.ListNumbers(_proc, pids);

    /// <inheritdoc/>
    public int ListThreads(int pid, Span<int> threads)
    {
        var directory = ProcReader.OpenTasks(_proc, pid);
        if (directory < 0) return directory;
        var count = _directories.ListNumbers(directory, threads);
        _ = Libc.close(directory);
        return count;
    }

    /// <inheritdoc/>
    public int ReadProcess(int pid, ProcessFile file, Span<byte> buffer) =>
        file is ProcessFile.Cmdline or ProcessFile.Exe or ProcessFile.Environ
            ? -Errno.EINVAL
            : ProcReader.Read(_proc, pid, file, buffer);

    /// <inheritdoc/>
    public int OpenProcess(int pid)
    {
        if (pid <= 0) return -Errno.EINVAL;
        var descriptor = Libc.Result(Libc.syscall(Libc.SYS_pidfd_open, pid, 0, 0, 0));
        return _descriptors.Enter(descriptor, DescriptorKind.Process);
    }

    /// <inheritdoc/>
    public int Signal(int process, int signal)
    {
        if (!IsProcess(process)) return -Errno.EBADF;
        return Libc.Result(Libc.syscall(Libc.SYS_pidfd_send_signal, process, signal, 0, 0));
    }

    /// <inheritdoc/>
    public int Begin(in BlockingOperation operation)
    {
        switch (operation.Kind)
        {
            case BlockingKind.ReadProcess:
                return _workers.Begin(operation, operation.Target);
            case BlockingKind.ReleaseMemory:
                return IsProcess(operation.Target) ? BeginWithOwn(operation) : -Errno.EBADF;
            case BlockingKind.Write:
                if (operation.Path.Length > BlockingOperation.MaxPathBytes) return -Errno.ENAMETOOLONG;
                if (operation.Value.Length > BlockingOperation.MaxValueBytes) return -Errno.EINVAL;
                if (operation.Target == KernelDirectory.None) return _workers.Begin(operation, operation.Target);
                return IsDirectory(operation.Target) ? BeginWithOwn(operation) : -Errno.EBADF;
            default:
                return -Errno.EINVAL;
        }
    }

    /// <inheritdoc/>
    public int Finish(int ticket, Span<byte> output) => _workers.Finish(ticket, output);

    // The worker has a descriptor of its own: the loop may close its one meanwhile, and the number may be used again.
    private int BeginWithOwn(in BlockingOperation operation)
    {
        var own = Libc.Result(Libc.fcntl(operation.Target, Libc.F_DUPFD_CLOEXEC, 0));
        if (own < 0) return own;
        var ticket = _workers.Begin(operation, own);
        if (ticket < 0) _ = Libc.close(own);
        return ticket;
    }
}
