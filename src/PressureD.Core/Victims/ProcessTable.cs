using System;
using PressureD.Core.Cgroups;
using PressureD.Core.Kernel;
using PressureD.Core.Readers;

namespace PressureD.Core.Victims;

/// <summary>All processes that hold memory, with how fast each grows, from scans of /proc.</summary>
internal sealed class ProcessTable
{
    /// <summary>
    /// Room for any status: a process can be in 65536 groups (NGROUPS_MAX) of up to ten digits, and whoever may set
    /// them must not become invisible by it. What is not needed of it is never touched, and so never resident.
    /// </summary>
    public const int StatusBytes = 1 << 20;

    /// <summary>What was found of a process so long ago is not taken for granted.</summary>
    private const long MaxAgeUsec = 20_000_000;

    private const int InitialCapacity = 1024;

    /// <summary>
    /// So many processes are kept, the largest. Whoever can fork can make any number, and must not make this process
    /// grow until it falls: all tables together have to fit into its heap.
    /// </summary>
    internal const int MaxEntries = 4096;

    /// <summary>
    /// With fewer, there is room for more: when some are left out for want of entries, half of them stay.
    /// </summary>
    private const int RoomyEntries = MaxEntries * 7 / 16;

    /// <summary>
    /// Of so many of those that are left out it is remembered what they held; others are asked anew by every scan.
    /// </summary>
    private const int MaxLeftOut = 4 * MaxEntries;

    /// <summary>So many are asked at all; the kernel's own limit (pid_max) is 32 times as high.</summary>
    internal const int MaxPids = 1 << 17;

    /// <summary>A machine that has about as many processes as there is room for has now more and now fewer.</summary>
    private const long TruncatedUsec = 30_000_000;

    internal static readonly string LargestReason =
        $"more than {MaxEntries} processes, or very long names of cgroups: the last look was at the largest alone";

    internal static readonly string ListedReason =
        $"more than {MaxPids} processes: the last look was not at those with the highest numbers";

    /// <summary>A shorter distance would measure how a process faults rather than how it grows.</summary>
    private const long MinGrowthSpanUsec = 200_000;

    /// <summary>
    /// A scan ahead of need reads one in so many of the processes in full, in turn: what changes seldom, and what does
    /// not show in statm (pages that went to swap while as many came in), is never older than that many of them. A
    /// choice that follows has the cheapest file of each left to read.
    /// </summary>
    private const int ScansBetweenReads = 8;

    /// <summary>Who held less is not worth waiting for.</summary>
    private const long MinLeaverBytes = 16L << 20;

    private readonly IKernel _kernel;
    private readonly Leaver[] _leavers = new Leaver[8];
    private readonly OtherThreads _others;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(StatusBytes);
    private int[] _pids = new int[InitialCapacity];
    private ProcessEntry[] _entries = new ProcessEntry[InitialCapacity];
    private ProcessEntry[] _previous = new ProcessEntry[InitialCapacity];
    private int _count;
    private Memoryless[] _without = new Memoryless[InitialCapacity];
    private Memoryless[] _previousWithout = new Memoryless[InitialCapacity];
    private int _withoutCount;
    private int _previousWithoutCount;
    private PathTable _paths = new();
    private PathTable _previousPaths = new();
    private PathTable? _sparePaths;
    private long[] _sizes = [];
    private LeftOut[] _leftOut = [];
    private LeftOut[] _previousLeftOut = [];
    private int _leftOutCount;
    private int _previousLeftOutCount;

    /// <summary>
    /// Who holds less finds no room, nor who holds as much and had none; −1 as long as there is room for all.
    /// </summary>
    private long _leftOutBytes = -1;
    private string? _truncation;
    private long _notAllUsec;
    private int _previousCount;
    private int _turn;

    /// <summary>
    /// Why something of the process being looked at, which is there, could not be read: a negative errno; 0: nothing.
    /// </summary>
    private int _unread;

    public ProcessTable(IKernel kernel)
    {
        _kernel = kernel;
        _others = new OtherThreads(kernel);
        Subject = new Subject(kernel);
    }

    /// <summary>One process looked at: by scans, and between them by whoever examines candidates.</summary>
    public Subject Subject { get; }

    /// <summary>By ascending pid.</summary>
    public ReadOnlySpan<ProcessEntry> Entries => _entries.AsSpan(0, _count);

    /// <summary>
    /// Those whose memory went from one scan to another; it may still be given back, which takes a big process seconds.
    /// Places are used again, and hold nothing at first.
    /// </summary>
    public ReadOnlySpan<Leaver> Leavers => _leavers;

    /// <summary>
    /// Whether the last scan could not list processes, or not read one that it did not know, for want of something
    /// that says nothing of them: the one that matters may be missing.
    /// </summary>
    public bool IsLacking { get; private set; }

    /// <summary>Whether the last scan left processes out, none larger than the smallest that it kept.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>What has kept scans of late from looking at every process; null for nothing.</summary>
    public string? Truncation => ScannedUsec - _notAllUsec < TruncatedUsec && _notAllUsec != 0 ? _truncation : null;

    /// <summary>When the last scan was; 0 before the first.</summary>
    public long ScannedUsec { get; private set; }

    /// <summary>When the youngest started, clock ticks since boot.</summary>
    public long YoungestTicks { get; private set; }

    /// <summary>The cgroup of a process, without a leading slash; empty for the root, or if it is not known.</summary>
    public ReadOnlySpan<byte> CgroupOf(in ProcessEntry entry) => _paths[entry.CgroupPath];

    /// <summary>Lists every process there is now.</summary>
    /// <param name="pids">In no order; none when they cannot be listed. Good until the next scan.</param>
    /// <returns>How many, or a negative errno.</returns>
    public int List(out ReadOnlySpan<int> pids)
    {
        int listed = ListAll();
        pids = _pids.AsSpan(0, Math.Max(listed, 0));
        return listed;
    }

    /// <summary>
    /// What the last scan found of one process, or what it holds now if it was left out; nothing when it is not there
    /// or holds no memory.
    /// </summary>
    public ProcessEntry Of(int pid)
    {
        foreach (ref readonly ProcessEntry entry in Entries)
        {
            if (entry.Pid == pid)
                return entry;
        }

        var leftOut = new ProcessEntry { Pid = pid };
        if (IsTruncated)
            TryReadMemory(pid, ref leftOut);
        return leftOut;
    }

    /// <summary>Those that hold most, the largest first, by their places in <see cref="Entries"/>.</summary>
    /// <param name="from">In what; below whatever match when it is relative to one.</param>
    /// <param name="indexes">Gets as many as there is room for.</param>
    /// <returns>How many.</returns>
    public int Largest(CgroupPattern from, Span<int> indexes)
    {
        ReadOnlySpan<ProcessEntry> entries = Entries;
        int count = 0;
        for (int i = 0; i < entries.Length; i++)
        {
            if (count == indexes.Length && entries[indexes[count - 1]].SizeBytes >= entries[i].SizeBytes)
                continue;
            if (!from.BelowMatch && !PathPrefixes.IsFrom(from, null, CgroupOf(entries[i])))
                continue;
            InsertBySize(i, indexes, ref count);
        }

        return count;
    }

    /// <summary>Puts a process among larger and smaller ones; the smallest goes where there is no room.</summary>
    /// <param name="index">Its place in <see cref="Entries"/>.</param>
    /// <param name="indexes">The others', the largest first.</param>
    /// <param name="count">How many there are.</param>
    public void InsertBySize(int index, Span<int> indexes, ref int count)
    {
        ReadOnlySpan<ProcessEntry> entries = Entries;
        int at = count < indexes.Length ? count++ : count - 1;
        for (; at > 0 && entries[indexes[at - 1]].SizeBytes < entries[index].SizeBytes; at--)
            indexes[at] = indexes[at - 1];
        indexes[at] = index;
    }

    /// <summary>Reads every process; nothing when that was done at the same time already.</summary>
    /// <param name="nowUsec">The step's time.</param>
    /// <param name="ahead">Whether nobody waits for it.</param>
    public void Scan(long nowUsec, bool ahead = false)
    {
        if (nowUsec == ScannedUsec && _count > 0)
            return;
        int listed = ListAll();
        IsLacking = listed < 0;
        if (IsLacking)
            return;

        // Who was too small the last time is so again, unless whoever took the room has gone meanwhile: then all are
        // looked at once more. Where long names of cgroups take it, nobody is known to be too small beforehand.
        bool isKnown = _count >= RoomyEntries;
        if (!isKnown)
            _leftOutBytes = -1;
        ReadAll(listed, nowUsec, ahead);
        if (!isKnown || !IsTruncated || _count >= RoomyEntries)
            return;
        _leftOutBytes = -1;
        ReadAll(listed, nowUsec, ahead: false);
    }

    private void ReadAll(int listed, long nowUsec, bool ahead)
    {
        (_entries, _previous) = (_previous, _entries);
        (_without, _previousWithout) = (_previousWithout, _without);
        (_paths, _previousPaths) = (_previousPaths, _paths);
        _paths.Clear();
        _previousCount = _count;
        _previousWithoutCount = _withoutCount;
        (_leftOut, _previousLeftOut) = (_previousLeftOut, _leftOut);
        _previousLeftOutCount = _leftOutCount;
        _count = _withoutCount = _leftOutCount = 0;
        YoungestTicks = 0;
        ScannedUsec = nowUsec;

        if (listed - _previousWithoutCount <= MaxEntries)
            _leftOutBytes = -1;
        IsTruncated = false;
        if (listed == MaxPids)
            NoteTruncation(ListedReason);
        Span<int> pids = _pids.AsSpan(0, listed);
        pids.Sort(static (a, b) => a.CompareTo(b));
        int previous = 0;
        int without = 0;
        int leftOut = 0;
        _turn += ahead ? 1 : 0;
        foreach (int pid in pids)
        {
            while (previous < _previousCount && _previous[previous].Pid < pid)
                previous++;
            bool known = previous < _previousCount && _previous[previous].Pid == pid;
            ProcessEntry before = known ? _previous[previous] : default;
            bool isDue = ahead && (pid + _turn) % ScansBetweenReads == 0;
            bool isKnownWell = known && !isDue && nowUsec - before.ReadUsec <= MaxAgeUsec;
            while (without < _previousWithoutCount && _previousWithout[without].Pid < pid)
                without++;
            bool isKnownWithout = without < _previousWithoutCount && _previousWithout[without].Pid == pid;
            long withoutUsec = isKnownWithout && !isDue ? _previousWithout[without].ReadUsec : 0;
            if (nowUsec - withoutUsec > MaxAgeUsec)
                withoutUsec = 0;
            while (leftOut < _previousLeftOutCount && _previousLeftOut[leftOut].Pid < pid)
                leftOut++;
            LeftOut asked = leftOut < _previousLeftOutCount ? _previousLeftOut[leftOut] : default;
            if (asked.Pid != pid || isDue || nowUsec - asked.ReadUsec > MaxAgeUsec)
                asked = default;
            _unread = 0;
            bool isRead = TryRead(pid, before, asked, ref isKnownWell, ref withoutUsec, out ProcessEntry entry);
            if (!isRead && _unread < 0 && known)
            {
                // What cannot be read at this moment has not changed by that: it would lead no order any more, and
                // somebody else would.
                Keep(before, _previousPaths[before.CgroupPath]);
                continue;
            }

            if (!isRead)
            {
                IsLacking |= Errno.IsPassing(_unread);
                if (withoutUsec != 0 && _withoutCount < _without.Length)
                    _without[_withoutCount++] = new Memoryless(pid, withoutUsec);
                NoteLeaver(before, nowUsec);
                continue;
            }

            // Of somebody who is left out nothing more is read.
            if (entry.SizeBytes < _leftOutBytes || (entry.SizeBytes == _leftOutBytes && !known))
            {
                LeaveOut(entry);
                continue;
            }

            isRead = isKnownWell || TryReadStanding(pid, ref entry);
            if (_unread < 0 && known)
            {
                Keep(before, _previousPaths[before.CgroupPath]);
                continue;
            }

            IsLacking |= Errno.IsPassing(_unread);
            if (!isRead)
            {
                NoteLeaver(before, nowUsec);
                continue;
            }

            SetGrowth(ref entry, before, known, nowUsec);
            Keep(entry, isKnownWell ? _previousPaths[before.CgroupPath] : Subject.Cgroup);
        }

        // Who had found room at first comes after others.
        _leftOut.AsSpan(0, _leftOutCount).Sort(static (a, b) => a.Pid.CompareTo(b.Pid));
    }

    private void Keep(ProcessEntry entry, ReadOnlySpan<byte> cgroup)
    {
        YoungestTicks = Math.Max(YoungestTicks, entry.StartTicks);
        if (_count == MaxEntries || _paths.IsFull)
            LeaveOutSmaller();
        if (entry.SizeBytes < _leftOutBytes)
        {
            LeaveOut(entry);
            return;
        }

        // Last, for those that are left out must not fill the table of paths, and numbers change with them.
        entry.CgroupPath = _paths.FindOrAdd(cgroup);
        _entries[_count++] = entry;
    }

    private void LeaveOut(in ProcessEntry entry)
    {
        IsTruncated = true;
        NoteTruncation(LargestReason);
        if (_leftOut.Length == 0)
            _leftOut = new LeftOut[MaxLeftOut];
        if (_leftOutCount < MaxLeftOut)
            _leftOut[_leftOutCount++] = new LeftOut(entry.Pid, entry.Statm, entry.SizeBytes, entry.ReadUsec);
    }

    /// <summary>Keeps the larger half, in its order; of those that are as large as the smallest of it, some.</summary>
    private void LeaveOutSmaller()
    {
        if (_sizes.Length == 0)
            _sizes = new long[MaxEntries];
        for (int i = 0; i < _count; i++)
            _sizes[i] = _entries[i].SizeBytes;
        Span<long> sizes = _sizes.AsSpan(0, _count);
        sizes.Sort(static (a, b) => a.CompareTo(b));
        int leaving = (_count + 1) / 2;
        _leftOutBytes = sizes[leaving - 1];
        int equal = leaving - sizes.IndexOf(_leftOutBytes);
        PathTable before = _paths;
        (_sparePaths, _paths) = (before, _sparePaths ?? new PathTable());
        _paths.Clear();
        int kept = 0;
        for (int i = 0; i < _count; i++)
        {
            ref ProcessEntry entry = ref _entries[i];
            if (entry.SizeBytes < _leftOutBytes || (entry.SizeBytes == _leftOutBytes && equal-- > 0))
            {
                LeaveOut(entry);
                continue;
            }

            entry.CgroupPath = _paths.FindOrAdd(before[entry.CgroupPath]);
            _entries[kept++] = entry;
        }

        _count = kept;
    }

    private void NoteTruncation(string reason)
    {
        _truncation = reason;
        _notAllUsec = ScannedUsec;
    }

    private void NoteLeaver(in ProcessEntry before, long nowUsec)
    {
        if (before.SizeBytes < MinLeaverBytes)
            return;
        int oldest = 0;
        for (int i = 1; i < _leavers.Length; i++)
        {
            if (_leavers[i].SinceUsec < _leavers[oldest].SinceUsec)
                oldest = i;
        }

        _leavers[oldest] = new Leaver(before.Pid, before.StartTicks, before.SizeBytes, nowUsec);
    }

    private int ListAll()
    {
        while (true)
        {
            int listed = _kernel.ListProcesses(_pids);
            if (listed < 0)
                return listed;
            if (listed < _pids.Length || listed == MaxPids)
                return listed;

            // More processes than ever before: the only time the tables grow.
            _pids = new int[_pids.Length * 2];
            if (_pids.Length > MaxEntries)
                continue;
            Array.Resize(ref _entries, _pids.Length);
            Array.Resize(ref _previous, _pids.Length);
            Array.Resize(ref _without, _pids.Length);
            Array.Resize(ref _previousWithout, _pids.Length);
        }
    }

    /// <summary>
    /// Most processes of a machine are as they were, and statm says so for a third of what status costs the kernel; of
    /// those that hold more or less, nearly all are otherwise who they were. Nobody is signalled by what was found
    /// earlier: whoever is chosen is read anew.
    /// </summary>
    /// <param name="pid">The process.</param>
    /// <param name="before">What the scan before found of it.</param>
    /// <param name="asked">What it held when it was left out; nothing if that does not count any more.</param>
    /// <param name="isKnownWell">
    /// Whether all of that still counts; false afterwards when what seldom changes is to be read as well.
    /// </param>
    /// <param name="withoutUsec">
    /// When it was found to be one that has no memory at all, as kernel threads have none; 0 for never.
    /// </param>
    /// <param name="entry">What there is of it now.</param>
    private bool TryRead(
        int pid,
        in ProcessEntry before,
        in LeftOut asked,
        ref bool isKnownWell,
        ref long withoutUsec,
        out ProcessEntry entry)
    {
        entry = default;
        int length = _kernel.ReadProcess(pid, ProcessFile.Statm, _buffer);
        if (Errno.IsGone(length))
            return false;
        bool isTold = ProcessStatmReader.TryRead(_buffer.AsSpan(0, Math.Max(length, 0)), out ProcessStatm statm);
        int source = pid;
        if (isTold && !statm.HasMemory && !TryFindThread(pid, ref withoutUsec, out source, out statm))
            return false;
        isKnownWell &= isTold;
        if (!isKnownWell)
        {
            entry.Pid = pid;
            entry.Statm = statm;
            if (isTold && asked.Statm == statm && asked.SizeBytes <= _leftOutBytes)
            {
                entry.SizeBytes = asked.SizeBytes;
                entry.ReadUsec = asked.ReadUsec;
                return true;
            }

            entry.ReadUsec = ScannedUsec;
            return TryReadMemory(source, ref entry);
        }

        entry = before;
        if (statm == before.Statm)
            return true;
        entry.Statm = statm;
        return TryReadMemory(source, ref entry);
    }

    /// <summary>
    /// Who has no memory by its own files may be a process whose main thread has ended and whose others go on: theirs
    /// show what it holds. Kernel threads are many, and are asked once in a while.
    /// </summary>
    private bool TryFindThread(int pid, ref long withoutUsec, out int thread, out ProcessStatm statm)
    {
        thread = 0;
        statm = default;
        if (withoutUsec != 0)
            return false;
        int result = StatFile.Read(_kernel, pid, _buffer, out ProcessStat stat);
        if (result < 0)
            return Fail(result);
        if (stat.Threads > 1)
            return (thread = _others.FindWithMemory(pid, out statm)) > 0 || (thread < 0 && Fail(thread));
        withoutUsec = ScannedUsec;
        return false;
    }

    /// <summary>What it holds, and whose it is, by the files of one of its threads.</summary>
    private bool TryReadMemory(int thread, ref ProcessEntry entry)
    {
        int length = _kernel.ReadProcess(thread, ProcessFile.Status, _buffer);
        if (length <= 0 || !ProcessStatusReader.TryRead(_buffer.AsSpan(0, length), out ProcessStatus status))
            return Fail(length);
        if (!status.HasMemory)
            return false;
        entry.Uid = status.EffectiveUid;

        // A kernel without swap has no line for it.
        entry.SwapBytes = Math.Max(status.SwapBytes, 0);
        entry.PageTableBytes = Math.Max(status.PageTableBytes, 0);
        entry.SizeBytes = status.FreedBytes;
        entry.RssBytes = Math.Max(status.RssAnonBytes, 0) + Math.Max(status.RssFileBytes, 0)
            + Math.Max(status.RssShmemBytes, 0);
        return true;
    }

    /// <summary>What seldom changes. Of somebody whose stat or cgroup cannot be read, less is known.</summary>
    private bool TryReadStanding(int pid, ref ProcessEntry entry)
    {
        int length = _kernel.ReadProcess(pid, ProcessFile.OomScoreAdj, _buffer);
        if (length <= 0 || !ValueReader.TryRead(_buffer.AsSpan(0, length), out long adj))
            return Fail(length);
        entry.OomScoreAdj = (int)adj;
        int result = Subject.Load(pid, entry.Uid);
        entry.HasCgroup = Subject.HasCgroup;
        entry.IsTooDeep = Subject.IsTooDeep;
        if (result < 0)
        {
            // The next look asks again.
            entry.ReadUsec = 0;
            Fail(result);
            return true;
        }

        entry.StartTicks = Subject.Stat.StartTicks;
        entry.Group = Subject.Stat.ProcessGroup;
        entry.Session = Subject.Stat.Session;
        ReadOnlySpan<byte> comm = Subject.Comm;
        entry.CommLength = (byte)Math.Min(comm.Length, 16);
        comm[..entry.CommLength].CopyTo(entry.Comm);
        return true;
    }

    /// <summary>Notes that something could not be read.</summary>
    /// <param name="result">What the call answered; not negative when it was cut off.</param>
    /// <returns>False.</returns>
    private bool Fail(int result)
    {
        if (!Errno.IsGone(result))
            _unread = result < 0 ? result : -Errno.EIO;
        return false;
    }

    private static void SetGrowth(ref ProcessEntry entry, in ProcessEntry before, bool known, long nowUsec)
    {
        if (!known)
        {
            entry.BaseSizeBytes = entry.SizeBytes;
            entry.BaseUsec = nowUsec;
            return;
        }

        long elapsedUsec = nowUsec - before.BaseUsec;
        if (elapsedUsec < MinGrowthSpanUsec)
        {
            entry.GrowthBytesPerSecond = before.GrowthBytesPerSecond;
            entry.BaseSizeBytes = before.BaseSizeBytes;
            entry.BaseUsec = before.BaseUsec;
            return;
        }

        entry.GrowthBytesPerSecond =
            (long)((Int128)(entry.SizeBytes - before.BaseSizeBytes) * 1_000_000 / elapsedUsec);
        entry.BaseSizeBytes = entry.SizeBytes;
        entry.BaseUsec = nowUsec;
    }
}
