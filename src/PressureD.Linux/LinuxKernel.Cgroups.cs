using System;
using System.Runtime.CompilerServices;
using PressureD.Core.Kernel;
using PressureD.Linux.Interop;

namespace PressureD.Linux;

public sealed unsafe partial class LinuxKernel
{
    private const int XattrNameBytes = 256;

    /// <inheritdoc/>
    [SkipLocalsInit]
    public int OpenCgroupRoot()
    {
        if (Features.Cgroups == CgroupMode.None) return -Errno.ENOENT;
        Span<byte> terminated = stackalloc byte[NativePath.MaxBytes];
        var result = NativePath.Terminate(_cgroupMount, terminated);
        return result < 0 ? result : EnterDirectory(Libc.AT_FDCWD, terminated);
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public int OpenDirectory(int directory, ReadOnlySpan<byte> name)
    {
        if (!IsDirectory(directory)) return -Errno.EBADF;
        Span<byte> terminated = stackalloc byte[NativePath.MaxBytes];
        var result = NativePath.TerminateComponent(name, terminated);
        return result < 0 ? result : EnterDirectory(directory, terminated);
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public long Identity(int directory)
    {
        var result = Stat(directory, Libc.STATX_INO, out var buffer);
        return result < 0 ? result : (long)buffer.Inode;
    }

    /// <inheritdoc/>
    public long Owner(int directory)
    {
        var result = Stat(directory, Libc.STATX_UID, out var buffer);
        return result < 0 ? result : buffer.UserId;
    }

    private int Stat(int directory, uint mask, out StatxBuffer buffer)
    {
        buffer = default;
        if (!IsDirectory(directory)) return -Errno.EBADF;
        byte empty = 0;
        fixed (StatxBuffer* output = &buffer)
            return Libc.Result(Libc.statx(directory, &empty, Libc.AT_EMPTY_PATH, mask, output));
    }

    /// <inheritdoc/>
    public int ListDirectories(int directory, Span<byte> names, ref long position) =>
        IsDirectory(directory) ? _directories.ListDirectories(directory, names, ref position) : -Errno.EBADF;

    /// <inheritdoc/>
    [SkipLocalsInit]
    public int GetXattr(int directory, ReadOnlySpan<byte> name, Span<byte> value)
    {
        if (!IsDirectory(directory)) return -Errno.EBADF;
        Span<byte> terminated = stackalloc byte[XattrNameBytes];
        var result = NativePath.Terminate(name, terminated);
        if (result < 0) return result;
        fixed (byte* start = terminated)
        fixed (byte* output = value)
            return Libc.Result(Libc.fgetxattr(directory, start, output, (nuint)value.Length));
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public int SetXattr(int directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (!IsDirectory(directory)) return -Errno.EBADF;
        Span<byte> terminated = stackalloc byte[XattrNameBytes];
        var result = NativePath.Terminate(name, terminated);
        if (result < 0) return result;
        fixed (byte* start = terminated)
        fixed (byte* input = value)
            return Libc.Result(Libc.fsetxattr(directory, start, input, (nuint)value.Length, 0));
    }

    // Attributes need a real descriptor: a path-only one answers EBADF.
    private int EnterDirectory(int directory, ReadOnlySpan<byte> terminated)
    {
        var flags = Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC | Libc.O_NOFOLLOW;
        fixed (byte* start = terminated)
            return _descriptors.Enter(Libc.Result(Libc.openat(directory, start, flags, 0)), DescriptorKind.Directory);
    }
}
