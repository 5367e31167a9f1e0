using System;

namespace PressureD.Core.Kernel;

/// <summary>
/// The kernel as the loop sees it: bytes, descriptors and errno values. The real kernel and the simulated one implement
/// it, and one contract suite runs against both.
/// </summary>
/// <remarks>
/// Every method that can fail returns a negative <see cref="Errno"/> value; "gone" (see <see cref="Errno.IsGone"/>) is
/// a normal outcome. Nothing allocates once the process is warm, and nothing blocks except <see cref="Wait"/>. All
/// calls come from one thread. Descriptors (files, directories, processes, triggers) are non-negative and share one
/// number space; each is given back with <see cref="Close"/>.
/// </remarks>
public interface IKernel
{
    /// <summary>
    /// CLOCK_MONOTONIC in microseconds: it does not advance while the machine is suspended, when nothing stalls.
    /// </summary>
    long NowUsec { get; }

    /// <summary>What was found when the kernel was opened: the cgroup mode, PSI, capabilities.</summary>
    KernelFeatures Features { get; }

    /// <summary>
    /// Opens a file for reading and keeps it. <paramref name="path"/> is absolute when <paramref name="directory"/> is
    /// <see cref="KernelDirectory.None"/>, else relative to a held cgroup directory (for which it is one control file's
    /// name).
    /// </summary>
    /// <returns>A descriptor, or a negative errno (ENOENT: this machine or this cgroup has no such file).</returns>
    int OpenFile(int directory, ReadOnlySpan<byte> path);

    /// <summary>
    /// Reads a held file from its beginning until its end or until the buffer is full. The kernel renders the content
    /// anew each time; a short read is not the end, so the implementation reads on until it gets nothing.
    /// </summary>
    /// <returns>
    /// The length, equal to the buffer's when the file may be longer; or a negative errno. A held file whose cgroup was
    /// removed answers ENODEV, even when a cgroup of the same name exists again.
    /// </returns>
    int Read(int file, Span<byte> buffer);

    /// <summary>
    /// Free memory and free swap in bytes: what MemFree and SwapFree of /proc/meminfo say, from the counters behind
    /// them (sysinfo(2)) and at a small part of that file's price.
    /// </summary>
    /// <returns>0, or a negative errno, with which nothing is known.</returns>
    int ReadFree(out long memoryBytes, out long swapBytes);

    /// <summary>Opens the top of the cgroup v2 tree.</summary>
    /// <returns>A directory descriptor, or ENOENT when no cgroup2 file system is mounted.</returns>
    int OpenCgroupRoot();

    /// <summary>Opens a cgroup below a held one by a name of one component.</summary>
    int OpenDirectory(int directory, ReadOnlySpan<byte> name);

    /// <summary>
    /// The cgroup's identity: its inode number, which a recreated cgroup of the same name does not share.
    /// </summary>
    /// <returns>The number, or a negative errno.</returns>
    long Identity(int directory);

    /// <summary>
    /// The user to whom a held cgroup's directory belongs: root, or who it was delegated to.
    /// </summary>
    /// <returns>The user's number, or a negative errno.</returns>
    long Owner(int directory);

    /// <summary>
    /// Lists the child cgroups of a held directory as NUL-terminated names, continuing at <paramref name="position"/>
    /// (0 at first; its value is the kernel's own).
    /// </summary>
    /// <returns>Bytes written, 0 at the end of the list, or a negative errno.</returns>
    int ListDirectories(int directory, Span<byte> names, ref long position);

    /// <summary>
    /// Writes a control file in one write, at once: cgroup.kill, which nothing may delay, and cgroup.freeze beside it.
    /// Every other write goes through <see cref="Begin"/>.
    /// </summary>
    /// <returns>0, or a negative errno.</returns>
    int WriteControl(int directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value);

    /// <summary>The value of an extended attribute of a held directory.</summary>
    /// <returns>Its length, or a negative errno (ENODATA: not set, or a trusted one that we may not see).</returns>
    int GetXattr(int directory, ReadOnlySpan<byte> name, Span<byte> value);

    /// <summary>Sets an extended attribute of a held directory.</summary>
    /// <returns>0, or a negative errno.</returns>
    int SetXattr(int directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value);

    /// <summary>All process ids (thread group leaders), ascending order not promised.</summary>
    /// <returns>
    /// How many were written, equal to the buffer's length when there may be more; or a negative errno.
    /// </returns>
    int ListProcesses(Span<int> pids);

    /// <summary>The ids of a process's threads, its own among them.</summary>
    /// <returns>
    /// How many were written, equal to the buffer's length when there may be more; or a negative errno (ENOENT: gone).
    /// </returns>
    int ListThreads(int pid, Span<int> threads);

    /// <summary>
    /// Reads one of the files of a process, or of one thread of it, that cannot block on its memory. Where the main
    /// thread has ended alone, memory shows in the files of the other threads only.
    /// </summary>
    /// <returns>The length, or a negative errno (ENOENT or ESRCH: the process is gone).</returns>
    int ReadProcess(int pid, ProcessFile file, Span<byte> buffer);

    /// <summary>
    /// Opens a handle that keeps naming this process even if its pid is used again (pidfd_open, 5.3).
    /// </summary>
    int OpenProcess(int pid);

    /// <summary>Sends a signal through a process handle (pidfd_send_signal, 5.1); signal 0 probes.</summary>
    /// <returns>0, or a negative errno (ESRCH: it has been reaped; EPERM: not ours to signal).</returns>
    int Signal(int process, int signal);

    /// <summary>
    /// Arms a PSI trigger. The event is a wake-up, never proof: an unprivileged trigger can fire without cause.
    /// </summary>
    /// <param name="directory">A held cgroup, or <see cref="KernelDirectory.None"/> with an absolute path.</param>
    /// <param name="path">The pressure file.</param>
    /// <param name="kind">Which of its lines is watched.</param>
    /// <param name="stallUsec">Stall within the window that raises the event.</param>
    /// <param name="windowUsec">Window; without CAP_SYS_RESOURCE a multiple of 2 s, else EINVAL.</param>
    /// <returns>
    /// A descriptor that <see cref="Wait"/> reports as <see cref="WaitKind.Pressure"/>, or a negative errno.
    /// </returns>
    int ArmTrigger(int directory, ReadOnlySpan<byte> path, StallKind kind, int stallUsec, int windowUsec);

    /// <summary>
    /// Adds a held descriptor to what <see cref="Wait"/> reports: a process (its exit), or a cgroup.events file (a
    /// change). Triggers are watched from the moment they are armed. The removal of a cgroup ends its triggers with an
    /// event; its cgroup.events file may be reported as gone or never again, and reading it tells (ENODEV).
    /// </summary>
    /// <returns>0, or a negative errno (ENOSPC: too many).</returns>
    int Watch(int descriptor);

    /// <summary>
    /// Hands an operation that can hang to a worker. It ends as a <see cref="WaitKind.Ticket"/> event, or is waited for
    /// by nobody: either way <see cref="Finish"/> gives the ticket back.
    /// </summary>
    /// <returns>A ticket, or EBUSY when every worker and queue place is taken.</returns>
    int Begin(in BlockingOperation operation);

    /// <summary>Takes the result of a begun operation and gives the ticket back.</summary>
    /// <returns>
    /// The operation's result (for reads the length), a negative errno, or EAGAIN while it still runs.
    /// </returns>
    int Finish(int ticket, Span<byte> output);

    /// <summary>
    /// The only call that blocks: until the deadline, or until something watched happened. It also returns, with no
    /// event, when another thread asked for a step.
    /// </summary>
    /// <returns>How many events were written.</returns>
    int Wait(long deadlineUsec, Span<WaitEvent> events);

    /// <summary>Gives a descriptor of any kind back and stops watching it.</summary>
    void Close(int descriptor);
}
