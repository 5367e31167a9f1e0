using System;
using PressureD.Core.Kernel;
using PressureD.Core.Readers;

namespace PressureD.Core.Victims;

/// <summary>
/// The threads of a process beside its main one. When that has ended alone, theirs are the files that show what the
/// process holds; but of a process that is being torn down the main thread is often the first to have ended as well,
/// and then none of the others shows anything.
/// </summary>
internal sealed class OtherThreads
{
    private readonly IKernel _kernel;
    private readonly int[] _threads = new int[256];
    private readonly byte[] _buffer = new byte[256];

    public OtherThreads(IKernel kernel) => _kernel = kernel;

    /// <summary>Looks for one that shows memory.</summary>
    /// <returns>
    /// Its id; 0 when none does; a negative errno when that is not known, because they cannot be listed or one of them
    /// cannot be read.
    /// </returns>
    public int FindWithMemory(int pid, out ProcessStatm statm)
    {
        statm = default;
        int count = _kernel.ListThreads(pid, _threads);
        int result = Math.Min(count, 0);
        for (int i = 0; i < count; i++)
        {
            int thread = _threads[i];
            if (thread == pid)
                continue;
            int length = _kernel.ReadProcess(thread, ProcessFile.Statm, _buffer);
            if (Errno.IsGone(length))
                continue;
            if (!ProcessStatmReader.TryRead(_buffer.AsSpan(0, Math.Max(length, 0)), out statm))
                result = length < 0 ? length : -Errno.EIO;
            else if (statm.HasMemory)
                return thread;
        }

        return result;
    }

    /// <summary>
    /// Whether a process is on its way out. Of one with several threads the main one may be ending alone, and the
    /// others go on with the memory.
    /// </summary>
    public bool IsLeaving(int pid, in ProcessStat stat) =>
        stat.IsExiting && !stat.HasEnded && (stat.Threads <= 1 || FindWithMemory(pid, out _) == 0);
}
