using System;
using PressureD.Core.Kernel;

namespace PressureD.Core.Victims;

/// <summary>
/// One file of processes that can block, read through workers: executables, arguments, environments. An answer that is
/// not there yet is asked for; whoever needs it chooses again when it has come.
/// </summary>
internal sealed class CostlyText
{
    /// <summary>
    /// So long is an answer good: a process that executes something else of the same name is noticed by then.
    /// </summary>
    private const long FreshUsec = 5_000_000;

    private const int NoPid = -1;

    private readonly IKernel _kernel;
    private readonly ProcessFile _file;
    private readonly Entry[] _entries;
    private readonly byte[] _buffer = new byte[4096];
    private readonly Entry _unreadable = new(0);
    private int _next;
    private bool _mayWait;
    private long _nowUsec;

    /// <param name="kernel">Where it is read.</param>
    /// <param name="file">What is read; what is longer than 4 KiB is cut off.</param>
    /// <param name="entries">Of how many processes it is kept.</param>
    /// <param name="characters">How much of each.</param>
    public CostlyText(IKernel kernel, ProcessFile file, int entries, int characters)
    {
        _kernel = kernel;
        _file = file;
        _entries = new Entry[entries];
        for (int i = 0; i < entries; i++)
            _entries[i] = new Entry(characters);
    }

    /// <summary>Whether some answer asked for since <see cref="BeginSelection"/> has not come yet.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>A selection starts: nothing is being waited for.</summary>
    /// <param name="nowUsec">The step's time.</param>
    /// <param name="mayWait">False when this selection must end now: what has not come by now is unreadable.</param>
    public void BeginSelection(long nowUsec, bool mayWait)
    {
        IsWaiting = false;
        _nowUsec = nowUsec;
        _mayWait = mayWait;
    }

    /// <summary>
    /// The text, each byte a character, empty while unknown or unreadable. An answer counts only for the same start
    /// time and comm: a process that has executed something else since is asked about again.
    /// </summary>
    public ReadOnlySpan<char> Of(int pid, long startTicks, ReadOnlySpan<byte> comm)
    {
        Entry entry = Find(pid, startTicks, comm) ?? Ask(pid, startTicks, comm);
        if (entry.Ticket >= 0)
            Collect(entry);

        // Workers that are all taken are no answer either, nor is a failure that says nothing of the process.
        if (_mayWait && (entry.Ticket >= 0 || entry.Pid == NoPid))
            IsWaiting = true;
        return entry.Text.AsSpan(0, entry.Length);
    }

    private Entry? Find(int pid, long startTicks, ReadOnlySpan<byte> comm)
    {
        foreach (Entry entry in _entries)
        {
            bool same = entry.Pid == pid && entry.StartTicks == startTicks
                && entry.Comm.AsSpan(0, entry.CommLength).SequenceEqual(comm);
            if (same && (entry.Ticket >= 0 || _nowUsec - entry.AskedUsec < FreshUsec))
                return entry;
        }

        return null;
    }

    private Entry Ask(int pid, long startTicks, ReadOnlySpan<byte> comm)
    {
        Entry? entry = FreeEntry();
        int ticket = entry is null ? -Errno.EBUSY : _kernel.Begin(BlockingOperation.ReadProcess(pid, _file));
        if (entry is null || ticket < 0)
            return _unreadable;
        entry.Pid = pid;
        entry.StartTicks = startTicks;
        entry.CommLength = Math.Min(comm.Length, entry.Comm.Length);
        comm[..entry.CommLength].CopyTo(entry.Comm);
        entry.Length = 0;
        entry.Ticket = ticket;
        entry.AskedUsec = _nowUsec;
        return entry;
    }

    private Entry? FreeEntry()
    {
        for (int i = 0; i < _entries.Length; i++)
        {
            Entry entry = _entries[_next];
            _next = (_next + 1) % _entries.Length;
            if (entry.Ticket >= 0)
                Collect(entry);
            if (entry.Ticket < 0)
                return entry;
        }

        return null;
    }

    private void Collect(Entry entry)
    {
        int length = _kernel.Finish(entry.Ticket, _buffer);
        if (length == -Errno.EAGAIN)
            return;
        entry.Ticket = -1;
        if (Errno.IsPassing(length))
            entry.Pid = NoPid;
        entry.Length = Math.Max(Math.Min(length, entry.Text.Length), 0);
        for (int i = 0; i < entry.Length; i++)
            entry.Text[i] = (char)_buffer[i];
    }

    private sealed class Entry(int characters)
    {
        public int Pid { get; set; } = NoPid;
        public long StartTicks { get; set; }
        public byte[] Comm { get; } = new byte[64];
        public int CommLength { get; set; }
        public char[] Text { get; } = new char[characters];
        public int Length { get; set; }
        public int Ticket { get; set; } = -1;
        public long AskedUsec { get; set; }
    }
}
