namespace PressureD.Core.Readers;

/// <summary>A process as <c>/proc/PID/stat</c> tells it.</summary>
public struct ProcessStat
{
    /// <summary>PF_KTHREAD of include/linux/sched.h.</summary>
    private const uint KernelThreadFlag = 0x0020_0000;

    /// <summary>PF_EXITING of include/linux/sched.h.</summary>
    private const uint ExitingFlag = 0x0000_0004;

    /// <summary>The process id in the reader's pid namespace.</summary>
    public int Pid;

    /// <summary><c>R S D T t Z X I</c> and others, as in proc(5).</summary>
    public byte State;

    /// <summary>0 for pid 1 and for what has its parent in another pid namespace.</summary>
    public int ParentPid;

    /// <summary>The process group's id.</summary>
    public int ProcessGroup;

    /// <summary>The session's id: the pid of its leader.</summary>
    public int Session;

    /// <summary>The kernel's PF_* flags.</summary>
    public uint Flags;

    /// <summary>CPU time of all its threads in user and kernel mode, in clock ticks; its exit counts in it.</summary>
    public long CpuTicks;

    /// <summary>Threads of the process; 0 while it is being torn down.</summary>
    public int Threads;

    /// <summary>When it started, in clock ticks since boot. With the pid, this identifies a process.</summary>
    public long StartTicks;

    /// <summary>Virtual size in bytes; 0 without memory of its own.</summary>
    public long VirtualBytes;

    /// <summary>Resident pages; 0 for kernel threads and zombies.</summary>
    public long RssPages;

    /// <summary>Where comm begins in the text that was read.</summary>
    public int CommOffset;

    /// <summary>Bytes of comm, as they are: any byte but NUL may be among them.</summary>
    public int CommLength;

    /// <summary>It has no memory of its own and cannot be killed.</summary>
    public readonly bool IsKernelThread => (Flags & KernelThreadFlag) != 0;

    /// <summary>The main thread is on its way out, and gives its memory back if no other thread holds it.</summary>
    public readonly bool IsExiting => (Flags & ExitingFlag) != 0;

    /// <summary>
    /// Whether it is dead but for its parent's looking. A leader that alone has ended leaves a process that lives on.
    /// </summary>
    public readonly bool HasEnded => IsEnd(State, Threads);

    internal static bool IsEnd(byte state, long threads) => state is (byte)'X' or (byte)'Z' && threads <= 1;
}
