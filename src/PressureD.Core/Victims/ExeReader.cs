using System;
using PressureD.Core.Kernel;

namespace PressureD.Core.Victims;

/// <summary>
/// What processes execute, read through workers because the link can block. An answer that is not there yet is asked
/// for; whoever needs it chooses again when it has come.
/// </summary>
internal sealed class ExeReader
{
    private const int Entries = 32;

    private readonly IKernel _kernel;
    private readonly Entry[] _entries = new Entry[Entries];
    private readonly byte[] _buffer = new byte[4096];
    private readonly Entry _unreadable = new();
    private int _next;
    private bool _mayWait;

    public ExeReader(IKernel kernel)
    {
        _kernel = kernel;
        for (int i = 0; i < Entries; i++)
            _entries[i] = new Entry();
    }

    /// <summary>Whether some answer asked for since <see cref="BeginSelection"/> has not come yet.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>A selection starts: nothing is being waited for.</summary>
    /// <param name="mayWait">False when this selection must end now: what has not come by now is unreadable.</param>
    public void BeginSelection(bool mayWait)
    {
        IsWaiting = false;
        _mayWait = mayWait;
    }

    /// <summary>
    /// The executable's path, empty while unknown or unreadable. An answer counts only for the same start time and
    /// comm: a process that has executed something else since is asked about again.
    /// </summary>
    public ReadOnlySpan<char> Text(int pid, long startTicks, ReadOnlySpan<byte> comm)
    {
        Entry entry = Find(pid, startTicks, comm) ?? Ask(pid, startTicks, comm);
        if (entry.Ticket >= 0)
            Collect(entry);

        // Workers that are all taken are no answer either.
        if (_mayWait && (entry.Ticket >= 0 || ReferenceEquals(entry, _unreadable)))
            IsWaiting = true;
        return entry.Text.AsSpan(0, entry.Length);
    }

    private Entry? Find(int pid, long startTicks, ReadOnlySpan<byte> comm)
    {
        foreach (Entry entry in _entries)
        {
            bool same = entry.Pid == pid && entry.StartTicks == startTicks;
            if (same && entry.Comm.AsSpan(0, entry.CommLength).SequenceEqual(comm))
                return entry;
        }

        return null;
    }

    private Entry Ask(int pid, long startTicks, ReadOnlySpan<byte> comm)
    {
        Entry? entry = FreeEntry();
        int ticket = entry is null ? -Errno.EBUSY : _kernel.Begin(BlockingOperation.ReadProcess(pid, ProcessFile.Exe));
        if (entry is null || ticket < 0)
            return _unreadable;
        entry.Pid = pid;
        entry.StartTicks = startTicks;
        entry.CommLength = Math.Min(comm.Length, entry.Comm.Length);
        comm[..entry.CommLength].CopyTo(entry.Comm);
        entry.Length = 0;
        entry.Ticket = ticket;
        return entry;
    }

    private Entry? FreeEntry()
    {
        for (int i = 0; i < Entries; i++)
        {
            Entry entry = _entries[_next];
            _next = (_next + 1) % Entries;
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
        entry.Length = Math.Max(Math.Min(length, entry.Text.Length), 0);
        for (int i = 0; i < entry.Length; i++)
            entry.Text[i] = (char)_buffer[i];
    }

    private sealed class Entry
    {
        public int Pid { get; set; } = -1;
        public long StartTicks { get; set; }
        public byte[] Comm { get; } = new byte[64];
        public int CommLength { get; set; }
        public char[] Text { get; } = new char[512];
        public int Length { get; set; }
        public int Ticket { get; set; } = -1;
    }
}
