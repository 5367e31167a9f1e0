using System;
using PressureD.Core.Kernel;
using PressureD.Linux.Interop;

namespace PressureD.Linux;

/// <summary>Reads directories in pieces into one buffer of its own and continues anywhere.</summary>
internal sealed unsafe class DirectoryReader
{
    // struct linux_dirent64.
    internal const int OffsetOffset = 8;
    internal const int LengthOffset = 16;
    internal const int TypeOffset = 18;
    internal const int NameOffset = 19;

    private readonly byte[] _entries = GC.AllocateUninitializedArray<byte>(32 * 1024, pinned: true);

    /// <inheritdoc cref="IKernel.ListDirectories"/>
    public int ListDirectories(int directory, Span<byte> names, ref long position)
    {
        var used = 0;
        while (true)
        {
            var length = Fill(directory, position);
            if (length < 0) return length;
            if (length == 0) return used;
            for (var at = 0; at < length;)
            {
                var entry = _entries.AsSpan(at, EntryLength(at));
                at += entry.Length;
                var name = NameOf(entry);
                if (entry[TypeOffset] == Libc.DT_DIR && !IsSelfOrParent(name))
                {
                    // An empty answer means the end of the list, so a buffer that takes no name at all is an error.
                    if (name.Length + 1 > names.Length - used) return used > 0 ? used : -Errno.EINVAL;
                    name.CopyTo(names[used..]);
                    names[used + name.Length] = 0;
                    used += name.Length + 1;
                }

                position = BitConverter.ToInt64(entry[OffsetOffset..]);
            }
        }
    }

    /// <summary>Lists the numeric names of /proc, or of a directory of threads.</summary>
    public int ListNumbers(int directory, Span<int> numbers)
    {
        var count = 0;
        long position = 0;
        while (true)
        {
            var length = Fill(directory, position);
            if (length < 0) return length;
            if (length == 0) return count;
            for (var at = 0; at < length;)
            {
                var entry = _entries.AsSpan(at, EntryLength(at));
                at += entry.Length;
                position = BitConverter.ToInt64(entry[OffsetOffset..]);
                if (!TryParse(NameOf(entry), out var number)) continue;
                if (count == numbers.Length) return count;
                numbers[count++] = number;
            }
        }
    }

    private int Fill(int directory, long position)
    {
        if (Libc.lseek(directory, position, Libc.SEEK_SET) < 0) return Libc.Result(-1);
        fixed (byte* entries = _entries)
            return Libc.Result(Libc.getdents64(directory, entries, (nuint)_entries.Length));
    }

    private int EntryLength(int at) => BitConverter.ToUInt16(_entries, at + LengthOffset);

    private static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> entry)
    {
        var name = entry[NameOffset..];
        return name[..name.IndexOf((byte)0)];
    }

    private static bool IsSelfOrParent(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("."u8) || name.SequenceEqual(".."u8);

    private static bool TryParse(ReadOnlySpan<byte> name, out int number)
    {
        number = 0;
        foreach (var digit in name)
        {
            if (digit is < (byte)'0' or > (byte)'9') return false;
            number = (number * 10) + (digit - '0');
        }

        return true;
    }
}
