using System;
using PressureD.Core.Cgroups;
using PressureD.Core.Kernel;
using PressureD.Core.Publishing;

namespace PressureD.Core.Victims;

/// <summary>
/// What the largest candidates were started as, read by a worker ahead of need, so that an incident can tell it of its
/// victim. A kill takes what is known and asks for nothing: a reader holds the memory of whom it reads, for as long as
/// a page takes to come back from swap.
/// </summary>
internal sealed class CommandLines
{
    /// <summary>What is kept of each; of a longer one the beginning, and three dots.</summary>
    public const int MostBytes = 256;

    private const int Places = 32;

    /// <summary>So many of the largest are asked about, of those whom one kill could take.</summary>
    private const int Largest = 8;

    /// <summary>
    /// So old an answer is asked for anew, where that cannot wait for swap: a process may have executed something else
    /// of the same name.
    /// </summary>
    private const long FreshUsec = 30_000_000;

    /// <summary>An answer that is taken so late may be of what the process executed before.</summary>
    private const long LateUsec = 5_000_000;

    private readonly IKernel _kernel;
    private readonly Place[] _places = new Place[Places];
    private readonly byte[] _buffer = new byte[2 * MostBytes];
    private int _ticket = -1;
    private int _askedPid;
    private long _askedStart;
    private long _askedUsec;

    public CommandLines(IKernel kernel)
    {
        _kernel = kernel;
        for (int i = 0; i < Places; i++)
            _places[i] = new Place();
    }

    /// <summary>Whether it is an answer of these that has come.</summary>
    public bool IsOfThese(in WaitEvent waitEvent) =>
        waitEvent.Kind == WaitKind.Ticket && _ticket >= 0 && waitEvent.Descriptor == _ticket;

    /// <summary>Takes what has come, and asks for one more: the other worker stays free for what matters.</summary>
    /// <param name="processes">Scanned a moment ago.</param>
    /// <param name="from">Whom a kill could take.</param>
    /// <param name="nowUsec">The step's time.</param>
    /// <param name="mayWaitForSwap">
    /// Whether to ask those too that have something in swap, once. Not when one of them may be killed any moment.
    /// </param>
    public void LookAhead(ProcessTable processes, CgroupPattern from, long nowUsec, bool mayWaitForSwap)
    {
        if (_ticket >= 0 && !TryTake(processes.Subject, nowUsec))
            return;
        Span<int> largest = stackalloc int[Largest];
        foreach (int index in largest[..processes.Largest(from, largest)])
        {
            ref readonly ProcessEntry entry = ref processes.Entries[index];
            Place? known = Find(entry.Pid, entry.StartTicks);
            bool isFresh = known is not null && nowUsec - known.AskedUsec < FreshUsec;
            bool mayAsk = entry.SwapBytes == 0 || (mayWaitForSwap && known is null);
            if (isFresh || !mayAsk)
                continue;
            _ticket = _kernel.Begin(BlockingOperation.ReadProcess(entry.Pid, ProcessFile.Cmdline));
            _askedPid = entry.Pid;
            _askedStart = entry.StartTicks;
            _askedUsec = nowUsec;
            return;
        }
    }

    /// <summary>
    /// A space in place of each NUL, any bytes otherwise; empty when it is not known, or of what the process executed
    /// before it had this name.
    /// </summary>
    public ReadOnlySpan<byte> Of(int pid, long startTicks, ReadOnlySpan<byte> comm)
    {
        Place? place = Find(pid, startTicks);
        return place is not null && place.Comm.Span.SequenceEqual(comm) ? place.Text.Span : default;
    }

    private Place? Find(int pid, long startTicks)
    {
        foreach (Place place in _places)
        {
            if (place.Pid == pid && place.StartTicks == startTicks)
                return place;
        }

        return null;
    }

    /// <returns>False while it is still being read.</returns>
    private bool TryTake(Subject subject, long nowUsec)
    {
        int length = _kernel.Finish(_ticket, _buffer);
        if (length == -Errno.EAGAIN)
            return false;
        _ticket = -1;
        if (nowUsec - _askedUsec > LateUsec)
            return true;
        Place place = Find(_askedPid, _askedStart) ?? Oldest();
        place.Pid = _askedPid;
        place.StartTicks = _askedStart;
        place.AskedUsec = _askedUsec;
        place.Text.Clear();
        place.Comm.Clear();

        // Whoever is the same process now was it when it was read. What cannot be read is asked for again later.
        if (length <= 0 || subject.Load(_askedPid, 0) < 0 || subject.Stat.StartTicks != _askedStart)
            return true;
        Span<byte> line = _buffer.AsSpan(0, length);
        line = line[..line.TrimEnd("\0 "u8).Length];
        line.Replace((byte)0, (byte)' ');
        place.Text.Append(line);
        place.Comm.Append(subject.Comm);
        return true;
    }

    private Place Oldest()
    {
        Place oldest = _places[0];
        foreach (Place place in _places)
        {
            if (place.AskedUsec < oldest.AskedUsec)
                oldest = place;
        }

        return oldest;
    }

    private sealed class Place
    {
        public int Pid { get; set; }

        public long StartTicks { get; set; }

        public long AskedUsec { get; set; }

        /// <summary>The kernel's name of it when its command line had been read.</summary>
        public TextBuffer Comm { get; } = new(64);

        public TextBuffer Text { get; } = new(MostBytes);
    }
}
