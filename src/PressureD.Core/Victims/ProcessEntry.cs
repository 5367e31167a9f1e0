using System.Runtime.CompilerServices;
using PressureD.Core.Readers;

namespace PressureD.Core.Victims;

/// <summary>What scans found of one process.</summary>
internal struct ProcessEntry
{
    public int Pid;
    public uint Uid;
    public int OomScoreAdj;

    /// <summary>What the cheapest file said of it, at the last scan.</summary>
    public ProcessStatm Statm;

    /// <summary>When all that is here was read last.</summary>
    public long ReadUsec;

    /// <summary>
    /// Anonymous memory, swap and page tables: what its death frees. Shared memory and file cache stay.
    /// </summary>
    public long SizeBytes;

    /// <summary>Resident: anonymous, file and shared.</summary>
    public long RssBytes;

    public long SwapBytes;

    public long PageTableBytes;

    /// <summary>Change of <see cref="SizeBytes"/>, bytes a second.</summary>
    public long GrowthBytesPerSecond;

    /// <summary>The size and time from which growth is measured next.</summary>
    public long BaseSizeBytes;
    public long BaseUsec;

    /// <summary>When it started, clock ticks since boot.</summary>
    public long StartTicks;

    /// <summary>Its process group and session.</summary>
    public int Group;
    public int Session;

    /// <summary>Its cgroup's number in the table's paths.</summary>
    public int CgroupPath;

    /// <summary>As <see cref="Subject.HasCgroup"/>.</summary>
    public bool HasCgroup;

    /// <summary>As <see cref="Subject.IsTooDeep"/>.</summary>
    public bool IsTooDeep;

    public byte CommLength;
    public CommBytes Comm;

    /// <summary>Room for TASK_COMM_LEN (include/linux/sched.h); only kernel threads have longer names.</summary>
    [InlineArray(16)]
    internal struct CommBytes
    {
        private byte _first;
    }
}
