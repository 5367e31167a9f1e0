using System;
using System.Runtime.CompilerServices;
using PressureD.Core.Kernel;
using PressureD.Linux.Interop;

namespace PressureD.Linux;

public sealed unsafe partial class LinuxKernel
{
    /// <inheritdoc/>
    public int OpenFile(int directory, ReadOnlySpan<byte> path) =>
        _descriptors.Enter(OpenControl(directory, path, Libc.O_RDONLY), DescriptorKind.File);

    /// <inheritdoc/>
    public int Read(int file, Span<byte> buffer)
    {
        if (_descriptors.KindOf(file) is not (DescriptorKind.File or DescriptorKind.Trigger)) return -Errno.EBADF;
        var length = 0;
        fixed (byte* start = buffer)
        {
            while (length < buffer.Length)
            {
                var got = Libc.Result(Libc.pread(file, start + length, (nuint)(buffer.Length - length), length));
                if (got == -Errno.EINTR) continue;
                if (got < 0) return got;
                if (got == 0) break;
                length += got;
                if (KernelPage.IsWhole(length, buffer.Length)) break;
            }
        }

        return length;
    }

    /// <inheritdoc/>
    public int ReadFree(out long memoryBytes, out long swapBytes)
    {
        SystemInfo info;
        var result = Libc.Result(Libc.sysinfo(&info));
        var unitBytes = result < 0 ? 0 : info.UnitBytes;
        memoryBytes = result < 0 ? 0 : (long)info.FreeMemory * unitBytes;
        swapBytes = result < 0 ? 0 : (long)info.FreeSwap * unitBytes;
        return result;
    }

    /// <inheritdoc/>
    public int WriteControl(int directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (!IsDirectory(directory)) return -Errno.EBADF;
        var file = OpenControl(directory, name, Libc.O_WRONLY);
        if (file < 0) return file;
        var result = WriteOnce(file, value);
        _ = Libc.close(file);
        return result;
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public int ArmTrigger(int directory, ReadOnlySpan<byte> path, StallKind kind, int stallUsec, int windowUsec)
    {
        Span<byte> text = stackalloc byte[TriggerText.MaxBytes];
        var length = TriggerText.Format(kind, stallUsec, windowUsec, text);
        if (length < 0) return length;
        var file = OpenControl(directory, path, Libc.O_RDWR);
        if (file < 0) return file;
        var result = WriteOnce(file, text[..length]);
        if (result == 0) result = _waitSet.Add(file, Libc.EPOLLPRI);
        if (result < 0)
        {
            _ = Libc.close(file);
            return result;
        }

        var trigger = _descriptors.Enter(file, DescriptorKind.Trigger);
        if (trigger >= 0) _descriptors.SetWatched(trigger, true);
        return trigger;
    }

    private int OpenControl(int directory, ReadOnlySpan<byte> path, int flags) =>
        directory == KernelDirectory.None || IsDirectory(directory)
            ? ControlPath.Open(directory, path, flags)
            : -Errno.EBADF;

    /// <summary>One write: the kernel takes each write to a control file as a whole command.</summary>
    private static int WriteOnce(int file, ReadOnlySpan<byte> value)
    {
        fixed (byte* start = value)
        {
            while (true)
            {
                var written = Libc.Result(Libc.write(file, start, (nuint)value.Length));
                if (written == -Errno.EINTR) continue;
                if (written < 0) return written;
                return written == value.Length ? 0 : -Errno.EIO;
            }
        }
    }
}
