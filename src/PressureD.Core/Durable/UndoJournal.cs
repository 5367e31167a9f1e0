using System;
using System.Buffers.Binary;
using System.Text;
using PressureD.Core.Kernel;
using PressureD.Core.Services;
using PressureD.Core.Victims;

namespace PressureD.Core.Durable;

/// <summary>
/// Reversible acts that are in effect, written before the effect. Whoever comes next, the rule's end, the next start,
/// or <c>pressured --undo</c>, puts each value back, unless somebody else has changed it meanwhile.
/// </summary>
/// <remarks>
/// Behind the <see cref="RunLedger"/> in the run store, 128 records of 512 bytes: validity mark, cgroup inode, lengths
/// of file name, old value, our value and path, whether the service manager was asked, and these four. A record whose
/// name begins with a slash is about a file of the machine and has no cgroup.
/// </remarks>
public sealed class UndoJournal
{
    /// <summary>Bytes the run store needs for ledger and journal together.</summary>
    public const int StoreBytes = RunLedger.Size + (Records * RecordSize);

    /// <summary>As many changes can be in effect at a time.</summary>
    public const int Records = 128;

    /// <summary>The longest value that can be noted.</summary>
    public const int MaxValueBytes = OurOffset - OldOffset;

    /// <summary>The longest path that can be noted.</summary>
    public const int MaxPathBytes = RecordSize - PathOffset;

    private const int RecordSize = 512;
    private const int ByManagerOffset = 28;
    private const int NameOffset = 32;
    private const int OldOffset = 64;
    private const int OurOffset = 96;
    private const int PathOffset = 128;

    /// <summary>How long one write may take before it is left to whoever comes next.</summary>
    private const long PatienceUsec = 1_000_000;

    private readonly IRunStore _store;
    private readonly byte[] _current = new byte[512];
    private readonly WaitEvent[] _events = new WaitEvent[8];
    private bool _hasLeft;

    public UndoJournal(IRunStore store) => _store = store;

    /// <summary>Notes what a control file holds, before it is changed.</summary>
    /// <param name="identity">The cgroup's inode; 0 for a file of the machine.</param>
    /// <param name="path">The cgroup's path from the root; empty for a file of the machine.</param>
    /// <param name="name">The control file's name, or an absolute path.</param>
    /// <param name="old">What it holds, as <see cref="ControlText.Read"/> gives it.</param>
    /// <param name="ours">What it will hold, as it will read back.</param>
    /// <returns>
    /// The record, or −1 when there is no room or the path is too long: then the change must not be made.
    /// </returns>
    public int Begin(
        long identity,
        ReadOnlySpan<byte> path,
        ReadOnlySpan<byte> name,
        ReadOnlySpan<byte> old,
        ReadOnlySpan<byte> ours)
    {
        if (path.Length > MaxPathBytes || name.Length > OldOffset - NameOffset
            || old.Length > MaxValueBytes || ours.Length > MaxValueBytes)
        {
            return -1;
        }

        for (int i = 0; i < Records; i++)
        {
            Span<byte> record = Record(i);
            if (BinaryPrimitives.ReadInt32LittleEndian(record) != 0)
                continue;
            BinaryPrimitives.WriteInt32LittleEndian(record[4..], path.Length);
            BinaryPrimitives.WriteInt64LittleEndian(record[8..], identity);
            BinaryPrimitives.WriteInt32LittleEndian(record[16..], name.Length);
            BinaryPrimitives.WriteInt32LittleEndian(record[20..], old.Length);
            BinaryPrimitives.WriteInt32LittleEndian(record[24..], ours.Length);
            BinaryPrimitives.WriteInt32LittleEndian(record[ByManagerOffset..], 0);
            name.CopyTo(record[NameOffset..]);
            old.CopyTo(record[OldOffset..]);
            ours.CopyTo(record[OurOffset..]);
            path.CopyTo(record[PathOffset..]);
            BinaryPrimitives.WriteInt32LittleEndian(record, 1);
            return i;
        }

        return -1;
    }

    /// <summary>The value has been put back, or there is nothing left to put it back to.</summary>
    public void End(int record) => BinaryPrimitives.WriteInt32LittleEndian(Record(record), 0);

    /// <summary>A value could not be put back by whoever noted it, and stays noted for another to try again.</summary>
    internal void Leave() => _hasLeft = true;

    /// <summary>Whether values have been left since this was asked last.</summary>
    internal bool TakeLeft()
    {
        bool hasLeft = _hasLeft;
        _hasLeft = false;
        return hasLeft;
    }

    /// <summary>
    /// Whether the service manager may have been asked to set the value for a unit: it must be told the old one, or it
    /// sets ours again.
    /// </summary>
    internal bool IsByManager(int record) =>
        BinaryPrimitives.ReadInt32LittleEndian(Record(record)[ByManagerOffset..]) != 0;

    /// <summary>Notes that the service manager is about to be asked, or that it knows the old value again.</summary>
    internal void SetByManager(int record, bool value) =>
        BinaryPrimitives.WriteInt32LittleEndian(Record(record)[ByManagerOffset..], value ? 1 : 0);

    internal long Identity(int record) => BinaryPrimitives.ReadInt64LittleEndian(Record(record)[8..]);

    /// <summary>Another cgroup of the same path has the value now.</summary>
    internal void SetIdentity(int record, long identity) =>
        BinaryPrimitives.WriteInt64LittleEndian(Record(record)[8..], identity);

    internal ReadOnlySpan<byte> Path(int record) => Part(record, PathOffset, 4);

    internal ReadOnlySpan<byte> Name(int record) => Part(record, NameOffset, 16);

    internal ReadOnlySpan<byte> Old(int record) => Part(record, OldOffset, 20);

    internal ReadOnlySpan<byte> Ours(int record) => Part(record, OurOffset, 24);

    /// <summary>Whether a record is in use.</summary>
    internal bool IsHeld(int record) => BinaryPrimitives.ReadInt32LittleEndian(Record(record)) != 0;

    /// <summary>Compares what a changed file holds now with what it held before and what we wrote.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="record">A record in use.</param>
    /// <param name="directory">
    /// The cgroup, whose identity is looked at here; <see cref="KernelDirectory.None"/> for a file of the machine; a
    /// negative errno when it could not be opened.
    /// </param>
    /// <param name="backTo">What is to be there again.</param>
    internal UndoVerdict Judge(IKernel kernel, int record, int directory, ReadOnlySpan<byte> backTo)
    {
        bool ofMachine = directory == KernelDirectory.None;
        if (directory < 0 && !ofMachine)
            return Errno.IsGone(directory) ? UndoVerdict.Gone : UndoVerdict.Unreadable;
        if (!ofMachine)
        {
            long identity = kernel.Identity(directory);
            if (identity < 0 && !Errno.IsGone((int)identity))
                return UndoVerdict.Unreadable;
            if (identity != Identity(record))
                return UndoVerdict.Gone;
        }

        int result = ControlText.Read(kernel, directory, Name(record), _current, out ReadOnlySpan<byte> current);
        if (result < 0)
            return Errno.IsGone(result) ? UndoVerdict.Gone : UndoVerdict.Unreadable;
        if (current.SequenceEqual(backTo))
            return UndoVerdict.Unchanged;
        if (current.SequenceEqual(Ours(record)))
            return UndoVerdict.Ours;

        // A rule's change may lie on a standing limit. Each has noted what was there before both, and whoever's value
        // is there puts it back.
        return IsOurs(record, current) ? UndoVerdict.Unchanged : UndoVerdict.Foreign;
    }

    /// <summary>Whether a value is that of another change of the same file.</summary>
    private bool IsOurs(int record, ReadOnlySpan<byte> value)
    {
        for (int i = 0; i < Records; i++)
        {
            if (i != record && IsHeld(i) && IsSameFile(i, record) && value.SequenceEqual(Ours(i)))
                return true;
        }

        return false;
    }

    /// <summary>Whether two records are about the same file.</summary>
    internal bool IsSameFile(int one, int other) =>
        Identity(one) == Identity(other) && Name(one).SequenceEqual(Name(other));

    /// <summary>
    /// Puts every noted value back, waiting for each write up to a second. Cgroups that are gone, or whose name another
    /// one has now, are left out, and so are values that somebody else has changed.
    /// </summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="units">
    /// Tells the service manager what it was asked to set; null leaves that out, for whoever asks it without waiting.
    /// </param>
    public UndoCounts UndoAll(IKernel kernel, IServiceManager? units = null) =>
        UndoAll(kernel, new ControlWriter(kernel), units, long.MaxValue);

    /// <summary>As above, and what would be written later than <paramref name="untilUsec"/> stays noted.</summary>
    internal UndoCounts UndoAll(IKernel kernel, ControlWriter writer, IServiceManager? units, long untilUsec)
    {
        var counts = new UndoCounts();
        for (int i = 0; i < Records; i++)
        {
            if (!IsHeld(i) || (IsByManager(i) && units is null))
                continue;
            bool ofMachine = Name(i).StartsWith("/"u8);
            int directory = ofMachine ? KernelDirectory.None : CgroupPaths.Open(kernel, Path(i));
            UndoVerdict verdict = Judge(kernel, i, directory, Old(i));
            if (IsByManager(i) && (verdict == UndoVerdict.Foreign || (MayTell(verdict) && TellManager(i, units!))))
                SetByManager(i, false);
            int result = verdict == UndoVerdict.Ours ? Write(kernel, writer, i, directory, untilUsec) : 0;
            if (directory >= 0)
                kernel.Close(directory);

            // What could not be put back stays noted, for whoever comes next.
            if (verdict == UndoVerdict.Unreadable || (result < 0 && !Errno.IsGone(result)) || IsByManager(i))
            {
                counts.Failed++;
                continue;
            }

            End(i);
            counts.Undone += verdict == UndoVerdict.Ours && result == 0 ? 1 : 0;
            counts.Foreign += verdict == UndoVerdict.Foreign ? 1 : 0;
        }

        return counts;
    }

    /// <summary>
    /// Whether the service manager may be told the old value: somebody else's, which what cannot be read may be, would
    /// be lost.
    /// </summary>
    internal static bool MayTell(UndoVerdict verdict) =>
        verdict is UndoVerdict.Ours or UndoVerdict.Unchanged or UndoVerdict.Gone;

    private bool TellManager(int record, IServiceManager units) =>
        UnitLimit.TryFind(Path(record), Name(record), out string? property)
            && UnitLimit.TryParse(Old(record), out ulong value)
            && units.TrySetLimit(Encoding.UTF8.GetString(UnitNames.OfSystem(Path(record))), property, value);

    private int Write(IKernel kernel, ControlWriter writer, int record, int directory, long untilUsec)
    {
        untilUsec = Math.Min(kernel.NowUsec + PatienceUsec, untilUsec);
        int write = -Errno.EAGAIN;
        while (kernel.NowUsec < untilUsec)
        {
            write = writer.Begin(directory, Name(record), Old(record));
            if (write != -Errno.EBUSY)
                break;
            kernel.Wait(untilUsec, _events);
        }

        if (write < 0)
            return write;
        int result;
        while (!writer.TryFinish(write, out result))
        {
            if (kernel.NowUsec >= untilUsec)
            {
                writer.Abandon(write);
                return -Errno.EAGAIN;
            }

            kernel.Wait(untilUsec, _events);
        }

        return result;
    }

    private ReadOnlySpan<byte> Part(int record, int offset, int lengthOffset)
    {
        Span<byte> bytes = Record(record);
        return bytes.Slice(offset, BinaryPrimitives.ReadInt32LittleEndian(bytes[lengthOffset..]));
    }

    private Span<byte> Record(int index) =>
        _store.Bytes.Slice(RunLedger.Size + (index * RecordSize), RecordSize);
}
