using System;
using System.Text;
using PressureD.Core.Kernel;
using PressureD.Linux.Interop;

namespace PressureD.Linux;

/// <summary>How the daemon itself stays able to run when memory is short. All of it before the loop.</summary>
public static unsafe class ProcessMemory
{
    private static readonly int PageBytes = Environment.SystemPageSize;

    /// <summary>
    /// Locks every page of the process once it was touched. Where the lock limit forbids it, the limit is raised first,
    /// for which CAP_SYS_RESOURCE is needed; with CAP_IPC_LOCK no limit applies.
    /// </summary>
    /// <returns>0, or a negative errno: EPERM or ENOMEM (the limit), EINVAL (before Linux 4.4).</returns>
    public static int LockAll()
    {
        // Without on-fault every reserved page of the collector would become resident: then rather not locked at all.
        const int Flags = Libc.MCL_CURRENT | Libc.MCL_FUTURE | Libc.MCL_ONFAULT;
        var result = Libc.Result(Libc.mlockall(Flags));
        if (result is not (-Errno.EPERM or -Errno.ENOMEM)) return result;
        var unlimited = new ResourceLimit { Soft = Libc.RLIM_INFINITY, Hard = Libc.RLIM_INFINITY };
        if (Libc.setrlimit(Libc.RLIMIT_MEMLOCK, &unlimited) < 0) return result;
        return Libc.Result(Libc.mlockall(Flags));
    }

    /// <summary>
    /// From now on what is large goes back to the kernel when it is freed. Left to itself the C library keeps as much
    /// as was ever freed at once, so that one message of many MiB on the bus would stay, locked, as long as the daemon
    /// runs.
    /// </summary>
    public static void ReturnLargeBlocks()
    {
        // Where it begins by itself, but that it does not grow any more.
        const int LargeBytes = 128 * 1024;
        _ = Libc.mallopt(Libc.M_MMAP_THRESHOLD, LargeBytes);
    }

    /// <summary>
    /// Lets go of what was needed only once: pages of program and libraries that are as they are in the file. What
    /// may run when memory is short stays, all of it, whether it has run yet or not: the program up to the tables
    /// that only native exceptions read, the code of the C library, and that of the library to journal and bus. What
    /// else is used again comes back from the page cache, and is locked then if <see cref="LockAll"/> was called; so
    /// rehearse after this what must not wait for a disk. Other threads may go on meanwhile.
    /// </summary>
    /// <returns>
    /// Bytes let go of, or a negative errno: EINVAL before Linux 5.18 (MADV_DONTNEED_LOCKED), where all stays.
    /// </returns>
    public static long ReleaseUnchangedFilePages()
    {
        // Longer than any line: the longest begins a mapping and ends with a path.
        const int BufferBytes = 8192;
        Span<byte> buffer = stackalloc byte[BufferBytes];
        int file;
        fixed (byte* path = "/proc/self/smaps\0"u8)
            file = Libc.Result(Libc.openat(Libc.AT_FDCWD, path, Libc.O_RDONLY | Libc.O_CLOEXEC, 0));
        if (file < 0) return file;
        long released = 0;
        var held = 0;
        var mapping = default(MemoryMapping);
        var own = ProgramImage.Find();
        while (true)
        {
            int length;
            fixed (byte* free = buffer[held..])
                length = Libc.Result(Libc.read(file, free, (nuint)(BufferBytes - held)));
            if (length == -Errno.EINTR) continue;
            if (length <= 0)
            {
                _ = Libc.close(file);
                return length < 0 ? length : released;
            }

            held += length;
            var taken = 0;
            for (int end; (end = buffer[taken..held].IndexOf((byte)'\n')) >= 0; taken += end + 1)
            {
                if (!mapping.Take(buffer.Slice(taken, end)) || !mapping.IsUnchangedFile) continue;
                var kept = KeptUpTo(mapping, own);
                // Before Linux 5.14 what has not been used yet stays where it is.
                if (kept > mapping.Start) _ = Advise(mapping.Start, kept, Libc.MADV_POPULATE_READ);
                if (kept == mapping.End) continue;
                var result = Advise(kept, mapping.End, Libc.MADV_DONTNEED_LOCKED);
                if (result < 0)
                {
                    _ = Libc.close(file);
                    return result;
                }

                if (kept == mapping.Start) released += mapping.ResidentKib * 1024;
            }

            buffer[taken..held].CopyTo(buffer);
            held -= taken;
        }
    }

    /// <summary>The end of what stays of a mapping; its beginning if nothing does.</summary>
    private static nuint KeptUpTo(in MemoryMapping mapping, in ProgramImage own)
    {
        if (mapping.IsCode && mapping.IsLibraryInUse) return mapping.End;
        if (mapping.Start < own.Start || mapping.Start >= own.UnwindTables) return mapping.Start;
        return mapping.End < own.UnwindTables ? mapping.End : own.UnwindTables & ~(nuint)(PageBytes - 1);
    }

    private static int Advise(nuint start, nuint end, int advice) =>
        Libc.Result(Libc.madvise((void*)start, end - start, advice));

    /// <summary>
    /// Sets how readily the kernel's OOM killer takes this process, unless whoever started it has already: a value
    /// other than 0 is left alone.
    /// </summary>
    /// <param name="adjustment">-1000 (never) to 1000.</param>
    /// <returns>0, or a negative errno: EACCES (lower than CAP_SYS_RESOURCE allows), EINVAL (out of range).</returns>
    public static int SetOomScoreAdj(int adjustment)
    {
        var value = Encoding.ASCII.GetBytes($"{adjustment}");
        fixed (byte* path = "/proc/self/oom_score_adj\0"u8)
        fixed (byte* text = value)
        {
            var file = Libc.Result(Libc.openat(Libc.AT_FDCWD, path, Libc.O_RDWR | Libc.O_CLOEXEC, 0));
            if (file < 0) return file;
            byte first;
            var result = Libc.Result(Libc.read(file, &first, 1));
            if (result == 1 && first == (byte)'0')
                result = Libc.Result(Libc.write(file, text, (nuint)value.Length));
            _ = Libc.close(file);
            return result < 0 ? result : 0;
        }
    }

    /// <summary>
    /// Raises the limit of open descriptors, to the hard limit at least and further where that is allowed.
    /// </summary>
    /// <param name="wanted">How many are wanted; a higher limit is left as it is.</param>
    /// <returns>The limit now in force, or a negative errno.</returns>
    public static int RaiseOpenFiles(int wanted)
    {
        ResourceLimit limit;
        var result = Libc.Result(Libc.getrlimit(Libc.RLIMIT_NOFILE, &limit));
        if (result < 0) return result;
        var want = (ulong)wanted;
        if (limit.Soft < want)
        {
            var raised = new ResourceLimit { Soft = want, Hard = limit.Hard > want ? limit.Hard : want };
            var withinHard = new ResourceLimit { Soft = limit.Hard < want ? limit.Hard : want, Hard = limit.Hard };
            if (Libc.setrlimit(Libc.RLIMIT_NOFILE, &raised) < 0)
            {
                result = Libc.Result(Libc.setrlimit(Libc.RLIMIT_NOFILE, &withinHard));
                if (result < 0) return result;
            }

            _ = Libc.getrlimit(Libc.RLIMIT_NOFILE, &limit);
        }

        return limit.Soft > int.MaxValue ? int.MaxValue : (int)limit.Soft;
    }
}
