using System;
using System.Buffers.Binary;
using PressureD.Core.Kernel;

namespace PressureD.Core.Durable;

/// <summary>
/// Reversible acts that are in effect, written before the effect. Whoever comes next, the rule's end, the next start,
/// or <c>pressured --undo</c>, puts each value back.
/// </summary>
/// <remarks>
/// Behind the <see cref="RunLedger"/> in the run store, 16 records of 512 bytes: validity mark, cgroup inode, lengths
/// of file name, old value and path, and these three.
/// </remarks>
public sealed class UndoJournal
{
    /// <summary>Bytes the run store needs for ledger and journal together.</summary>
    public const int StoreBytes = RunLedger.Size + (Records * RecordSize);

    private const int Records = 16;
    private const int RecordSize = 512;
    private const int NameOffset = 32;
    private const int ValueOffset = 64;
    private const int PathOffset = 96;

    private readonly IRunStore _store;

    public UndoJournal(IRunStore store) => _store = store;

    /// <summary>Notes what a control file held, before it is changed.</summary>
    /// <returns>
    /// The record, or −1 when there is no room or the path is too long: then the change must not be made.
    /// </returns>
    public int Begin(long identity, ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, ReadOnlySpan<byte> oldValue)
    {
        if (path.Length > RecordSize - PathOffset || name.Length > ValueOffset - NameOffset
            || oldValue.Length > PathOffset - ValueOffset)
        {
            return -1;
        }

        for (int i = 0; i < Records; i++)
        {
            Span<byte> record = Record(i);
            if (BinaryPrimitives.ReadInt32LittleEndian(record) != 0)
                continue;
            BinaryPrimitives.WriteInt64LittleEndian(record[8..], identity);
            BinaryPrimitives.WriteInt32LittleEndian(record[16..], name.Length);
            BinaryPrimitives.WriteInt32LittleEndian(record[20..], oldValue.Length);
            BinaryPrimitives.WriteInt32LittleEndian(record[24..], path.Length);
            name.CopyTo(record[NameOffset..]);
            oldValue.CopyTo(record[ValueOffset..]);
            path.CopyTo(record[PathOffset..]);
            BinaryPrimitives.WriteInt32LittleEndian(record, 1);
            return i;
        }

        return -1;
    }

    /// <summary>The value has been put back, or there is nothing left to put it back to.</summary>
    public void End(int record) => BinaryPrimitives.WriteInt32LittleEndian(Record(record), 0);

    /// <summary>
    /// Puts every noted value back. Cgroups that are gone, or whose name another one has now, are left out.
    /// </summary>
    /// <returns>How many values were written back, and how many could not be.</returns>
    public (int Undone, int Failed) UndoAll(IKernel kernel)
    {
        int undone = 0;
        int failed = 0;
        for (int i = 0; i < Records; i++)
        {
            ReadOnlySpan<byte> record = Record(i);
            if (BinaryPrimitives.ReadInt32LittleEndian(record) == 0)
                continue;
            int result = Undo(kernel, record);
            if (result == 0)
                undone++;
            else if (!Errno.IsGone(result))
                failed++;

            // What could not be put back stays noted, for whoever comes next.
            if (result == 0 || Errno.IsGone(result))
                End(i);
        }

        return (undone, failed);
    }

    private static int Undo(IKernel kernel, ReadOnlySpan<byte> record)
    {
        int nameLength = BinaryPrimitives.ReadInt32LittleEndian(record[16..]);
        int valueLength = BinaryPrimitives.ReadInt32LittleEndian(record[20..]);
        int pathLength = BinaryPrimitives.ReadInt32LittleEndian(record[24..]);
        int directory = CgroupPaths.Open(kernel, record.Slice(PathOffset, pathLength));
        if (directory < 0)
            return directory;
        int result = kernel.Identity(directory) == BinaryPrimitives.ReadInt64LittleEndian(record[8..])
            ? kernel.WriteControl(
                directory, record.Slice(NameOffset, nameLength), record.Slice(ValueOffset, valueLength))
            : -Errno.ENOENT;
        kernel.Close(directory);
        return result;
    }

    private Span<byte> Record(int index) =>
        _store.Bytes.Slice(RunLedger.Size + (index * RecordSize), RecordSize);
}
