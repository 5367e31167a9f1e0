using System;

namespace PressureD.Core.Readers;

/// <summary>A process as <c>/proc/PID/status</c> tells it.</summary>
public struct ProcessStatus
{
    /// <summary>
    /// The process has memory: VmRSS is there. False for kernel threads, zombies and a process that is exiting.
    /// </summary>
    public bool HasMemory;

    /// <summary><c>R S D T t Z X I</c> and others, as in proc(5).</summary>
    public byte State;

    /// <summary>The process id, also when the file is that of one thread.</summary>
    public int Tgid;

    /// <summary>0 for pid 1 and for what has its parent in another pid namespace.</summary>
    public int ParentPid;

    /// <summary>Effective user id in the reader's user namespace.</summary>
    public uint EffectiveUid;

    /// <summary>Resident anonymous bytes; <see cref="Quantity.Unknown"/> when the line is missing.</summary>
    public long RssAnonBytes;

    /// <summary>Resident bytes of files; <see cref="Quantity.Unknown"/> when the line is missing.</summary>
    public long RssFileBytes;

    /// <summary>Resident shared memory and tmpfs; <see cref="Quantity.Unknown"/> when the line is missing.</summary>
    public long RssShmemBytes;

    /// <summary>Anonymous bytes swapped out; <see cref="Quantity.Unknown"/> when the line is missing.</summary>
    public long SwapBytes;

    /// <summary>Bytes of page tables; <see cref="Quantity.Unknown"/> when the line is missing.</summary>
    public long PageTableBytes;

    /// <summary>Threads of the process; 0 while it is being torn down.</summary>
    public int Threads;

    /// <summary>Effective capabilities, one bit each.</summary>
    public long CapEff;

    /// <summary>
    /// Pid namespaces from the reader's down to the process's own: 1 when they are the same, 0 unknown.
    /// </summary>
    public int NsPidDepth;

    /// <summary>
    /// What its death frees, bytes: anonymous memory, swap and page tables. Shared memory and file cache stay.
    /// </summary>
    public readonly long FreedBytes =>
        Math.Max(RssAnonBytes, 0) + Math.Max(SwapBytes, 0) + Math.Max(PageTableBytes, 0);

    /// <inheritdoc cref="ProcessStat.HasEnded"/>
    public readonly bool HasEnded => ProcessStat.IsEnd(State, Threads);
}
