using System;
using System.Buffers.Text;

namespace PressureD.Core.Readers;

/// <summary>Reads <c>/proc/PID/status</c>.</summary>
public static class ProcessStatusReader
{
    [Flags]
    private enum Seen
    {
        None = 0,
        State = 1,
        Tgid = 2,
        ParentPid = 4,
        Uid = 8,
        Threads = 16,
        All = State | Tgid | ParentPid | Uid | Threads,
    }

    /// <summary>
    /// False when a line that every process has is missing. The line of threads stands after those of memory, so a
    /// text cut off between them (supplementary groups can fill a buffer) is never taken for a process without memory.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out ProcessStatus status)
    {
        status = new ProcessStatus
        {
            RssAnonBytes = Quantity.Unknown,
            RssFileBytes = Quantity.Unknown,
            RssShmemBytes = Quantity.Unknown,
            SwapBytes = Quantity.Unknown,
            PageTableBytes = Quantity.Unknown,
        };
        var seen = Seen.None;
        var lines = new TextCursor(text);
        // The name cannot forge a line: the kernel writes its newlines as \n and its backslashes twice.
        while (lines.TryLine(out ReadOnlySpan<byte> line))
        {
            int colon = line.IndexOf((byte)':');
            if (colon < 0)
                continue;
            var value = new TextCursor(line[(colon + 1)..]);
            value.SkipBlanks();
            seen |= ReadIdentity(line[..colon], ref value, ref status);
            ReadMemory(line[..colon], ref value, ref status);
        }

        return seen == Seen.All;
    }

    private static Seen ReadIdentity(ReadOnlySpan<byte> key, ref TextCursor value, ref ProcessStatus status)
    {
        switch (key.Length)
        {
            case 3 when key.SequenceEqual("Uid"u8):
                // Real, effective, saved and file system user id.
                if (!value.TryNumber(out long _) || !value.TrySkip("\t"u8) || !value.TryNumber(out long uid)
                    || uid is < 0 or > uint.MaxValue)
                    return Seen.None;
                status.EffectiveUid = (uint)uid;
                return Seen.Uid;
            case 4 when key.SequenceEqual("Tgid"u8):
                return TryReadInt(ref value, out status.Tgid) ? Seen.Tgid : Seen.None;
            case 4 when key.SequenceEqual("PPid"u8):
                return TryReadInt(ref value, out status.ParentPid) ? Seen.ParentPid : Seen.None;
            case 5 when key.SequenceEqual("State"u8):
                if (value.Rest.IsEmpty)
                    return Seen.None;
                status.State = value.Rest[0];
                return Seen.State;
            case 5 when key.SequenceEqual("NSpid"u8):
                while (value.TryWord(out ReadOnlySpan<byte> _))
                    status.NsPidDepth++;
                return Seen.None;
            case 6 when key.SequenceEqual("CapEff"u8):
                if (Utf8Parser.TryParse(value.Rest, out long bits, out int _, 'x'))
                    status.CapEff = bits;
                return Seen.None;
            case 7 when key.SequenceEqual("Threads"u8):
                return TryReadInt(ref value, out status.Threads) ? Seen.Threads : Seen.None;
            default:
                return Seen.None;
        }
    }

    private static void ReadMemory(ReadOnlySpan<byte> key, ref TextCursor value, ref ProcessStatus status)
    {
        switch (key.Length)
        {
            case 5 when key.SequenceEqual("VmRSS"u8):
                status.HasMemory = true;
                break;
            case 5 when key.SequenceEqual("VmPTE"u8):
                status.PageTableBytes = ReadBytes(ref value);
                break;
            case 6 when key.SequenceEqual("VmSwap"u8):
                status.SwapBytes = ReadBytes(ref value);
                break;
            case 7 when key.SequenceEqual("RssAnon"u8):
                status.RssAnonBytes = ReadBytes(ref value);
                break;
            case 7 when key.SequenceEqual("RssFile"u8):
                status.RssFileBytes = ReadBytes(ref value);
                break;
            case 8 when key.SequenceEqual("RssShmem"u8):
                status.RssShmemBytes = ReadBytes(ref value);
                break;
        }
    }

    private static bool TryReadInt(ref TextCursor value, out int number)
    {
        bool taken = value.TryNumber(out long wide) && value.Rest.IsEmpty && wide is >= 0 and <= int.MaxValue;
        number = taken ? (int)wide : 0;
        return taken;
    }

    private static long ReadBytes(ref TextCursor value) =>
        value.TryNumber(out long kibibytes) && kibibytes >= 0 && value.Rest.SequenceEqual(" kB"u8)
            ? Quantity.FromKibibytes(kibibytes)
            : Quantity.Unknown;
}
