using System;
using System.Buffers.Binary;
using System.IO;
using System.Text;
using PressureD.Core.Kernel;
using PressureD.Linux.Interop;

namespace PressureD.Linux;

/// <summary>A run store in a shared mapping of a file, which a restart of the same boot finds as it was left.</summary>
/// <remarks>
/// The file is meant for a tmpfs such as /run: there a store into the mapping reaches no disk. Its room is allocated
/// and locked at once, so that no later store can fail or block.
/// </remarks>
public sealed unsafe class RunStore : IRunStore, IDisposable
{
    private const int HeaderBytes = 64;
    private const int VersionOffset = 8;
    private const int LengthOffset = 12;
    private const int BootIdOffset = 16;
    private const int BootIdBytes = 36;
    private const int Version = 1;
    private const string FileName = "state";

    private readonly int _length;
    private readonly nuint _mappedBytes;
    private readonly int _file;
    private byte* _mapping;

    private RunStore(int file, byte* mapping, nuint mappedBytes, int length)
    {
        _file = file;
        _mapping = mapping;
        _mappedBytes = mappedBytes;
        _length = length;
    }

    private static ReadOnlySpan<byte> Magic => "PRESSURD"u8;

    /// <summary>
    /// The errno for which the mapping could not be locked into memory (ENOMEM, EPERM: the limit), else 0.
    /// </summary>
    public int LockErrno { get; private init; }

    /// <summary>Whether a previous process of this boot left this content; else it is all zeros.</summary>
    public bool Restored { get; private init; }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The store was closed.</exception>
    public Span<byte> Bytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(_mapping is null, this);
            return new Span<byte>(_mapping + HeaderBytes, _length);
        }
    }

    /// <summary>
    /// Opens or creates the store of a directory and holds it until this is disposed or the process ends.
    /// </summary>
    /// <param name="directory">An existing directory that only we may write to, on a tmpfs.</param>
    /// <param name="length">Bytes of the block. A file made for another length is begun anew.</param>
    /// <exception cref="RunStoreBusyException">Another process holds it.</exception>
    /// <exception cref="IOException">
    /// It cannot be used; the message says why. Nothing was changed that was not ours.
    /// </exception>
    public static RunStore Open(string directory, int length) => Open(directory, length, ReadBootId());

    internal static RunStore Open(string directory, int length, string bootId)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        if (Encoding.ASCII.GetByteCount(bootId) != BootIdBytes)
            throw new IOException($"the boot id \"{bootId}\" does not have {BootIdBytes} characters");
        var path = Path.Combine(directory, FileName);
        var file = OpenOwn(path);
        try
        {
            return Map(path, file, length, bootId);
        }
        catch
        {
            _ = Libc.close(file);
            throw;
        }
    }

    /// <summary>Gives the mapping and the file back; the content stays for the next process.</summary>
    public void Dispose()
    {
        if (_mapping is null) return;
        _ = Libc.munmap(_mapping, _mappedBytes);
        _mapping = null;
        _ = Libc.close(_file);
    }

    private static string ReadBootId() => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    /// <summary>
    /// Opens the file, having made sure that it is a plain file of ours alone and that no other process holds it.
    /// </summary>
    private static int OpenOwn(string path)
    {
        const uint OwnerOnly = 0x180; // rw-------
        const uint Mask = Libc.STATX_TYPE | Libc.STATX_UID | Libc.STATX_NLINK | Libc.STATX_INO;
        var flags = Libc.O_RDWR | Libc.O_CREAT | Libc.O_NOFOLLOW | Libc.O_CLOEXEC | Libc.O_NONBLOCK;
        int file;
        fixed (byte* start = Encoding.UTF8.GetBytes(path + '\0'))
            file = Libc.openat(Libc.AT_FDCWD, start, flags, OwnerOnly);
        if (file < 0) throw Failure(path, "cannot be opened");
        var problem = "";
        StatxBuffer found;
        byte empty = 0;
        if (Libc.statx(file, &empty, Libc.AT_EMPTY_PATH, Mask, &found) < 0) problem = "cannot be examined";
        else if ((found.Mode & Libc.S_IFMT) != Libc.S_IFREG) problem = "is not a regular file";
        else if (found.LinkCount != 1) problem = "has a second name";
        else if (Libc.flock(file, Libc.LOCK_EX | Libc.LOCK_NB) < 0)
        {
            _ = Libc.close(file);
            throw new RunStoreBusyException(path, LockHolder.Find(found.Inode));
        }
        else if (found.UserId != Libc.geteuid()) problem = $"belongs to user {found.UserId}";
        else if (Libc.fchmod(file, OwnerOnly) < 0) problem = "cannot be made private";
        if (problem.Length == 0) return file;
        _ = Libc.close(file);
        throw new IOException($"the run store {path} {problem}");
    }

    private static RunStore Map(string path, int file, int length, string bootId)
    {
        var page = (long)Environment.SystemPageSize;
        var bytes = (HeaderBytes + length + page - 1) / page * page;
        if (Libc.ftruncate(file, bytes) < 0) throw Failure(path, "cannot be resized");
        var allocated = Libc.posix_fallocate(file, 0, bytes);
        if (allocated != 0) throw new IOException($"the run store {path} has no room: {Errno.Name(allocated)}");
        var address = Libc.mmap(null, (nuint)bytes, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_SHARED, file, 0);
        if (address == Libc.MAP_FAILED) throw Failure(path, "cannot be mapped");
        var mapping = (byte*)address;
        var locked = Libc.Result(Libc.mlock(mapping, (nuint)bytes));
        var restored = IsLeftBy(bootId, new ReadOnlySpan<byte>(mapping, HeaderBytes), length);
        if (!restored) Begin(new Span<byte>(mapping, (int)bytes), length, bootId);
        return new RunStore(file, mapping, (nuint)bytes, length) { LockErrno = -locked, Restored = restored };
    }

    private static bool IsLeftBy(string bootId, ReadOnlySpan<byte> header, int length) =>
        header.StartsWith(Magic)
        && BinaryPrimitives.ReadInt32LittleEndian(header[VersionOffset..]) == Version
        && BinaryPrimitives.ReadInt32LittleEndian(header[LengthOffset..]) == length
        && header.Slice(BootIdOffset, BootIdBytes).SequenceEqual(Encoding.ASCII.GetBytes(bootId));

    // The magic is cleared first and written last: whatever ends us in between, the next process begins anew as well.
    private static void Begin(Span<byte> whole, int length, string bootId)
    {
        whole.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(whole[VersionOffset..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(whole[LengthOffset..], length);
        Encoding.ASCII.GetBytes(bootId, whole[BootIdOffset..]);
        Magic.CopyTo(whole);
    }

    private static IOException Failure(string path, string what) =>
        new($"the run store {path} {what}: {Libc.LastErrorName()}");
}
