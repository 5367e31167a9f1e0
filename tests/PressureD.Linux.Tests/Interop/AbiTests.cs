using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using PressureD.Core.Kernel;
using PressureD.Linux.Interop;
using Xunit.Abstractions;

namespace PressureD.Linux.Tests.Interop;

/// <summary>
/// Our numbers and layouts are those of this system's C headers: a program compiled with them prints them.
/// </summary>
public sealed class AbiTests(ITestOutputHelper output)
{
    private static readonly string[] Headers =
    [
        "dirent.h", "errno.h", "fcntl.h", "malloc.h", "poll.h", "sched.h", "signal.h", "stddef.h", "stdio.h", "sys/epoll.h",
        "sys/eventfd.h", "sys/file.h", "sys/mman.h", "sys/resource.h", "sys/stat.h", "sys/syscall.h", "time.h",
        "unistd.h",
    ];

    [CompilerFact]
    public void Numbers_and_layouts_are_those_of_the_C_headers()
    {
        var ours = Files().Concat(Waiting()).Concat(Memory()).Concat(Errors()).ToDictionary();
        var directory = Directory.CreateTempSubdirectory("pressured-abi-").FullName;
        try
        {
            var theirs = Compute([.. ours.Keys], directory);
            foreach (var (expression, value) in ours)
                Assert.True(theirs[expression] == value, $"{expression} is {theirs[expression]}, ours is {value}");
            output.WriteLine($"{ours.Count} numbers agree");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static Dictionary<string, long> Files() => new()
    {
        ["O_RDONLY"] = Libc.O_RDONLY,
        ["O_WRONLY"] = Libc.O_WRONLY,
        ["O_RDWR"] = Libc.O_RDWR,
        ["O_CREAT"] = Libc.O_CREAT,
        ["O_NONBLOCK"] = Libc.O_NONBLOCK,
        ["O_CLOEXEC"] = Libc.O_CLOEXEC,
        ["O_DIRECTORY"] = Libc.O_DIRECTORY,
        ["O_NOFOLLOW"] = Libc.O_NOFOLLOW,
        ["SEEK_SET"] = Libc.SEEK_SET,
        ["AT_FDCWD"] = Libc.AT_FDCWD,
        ["AT_EMPTY_PATH"] = Libc.AT_EMPTY_PATH,
        ["F_DUPFD_CLOEXEC"] = Libc.F_DUPFD_CLOEXEC,
        ["LOCK_EX"] = Libc.LOCK_EX,
        ["LOCK_NB"] = Libc.LOCK_NB,
        ["S_IFMT"] = Libc.S_IFMT,
        ["S_IFREG"] = Libc.S_IFREG,
        ["DT_DIR"] = Libc.DT_DIR,
        ["STATX_TYPE"] = Libc.STATX_TYPE,
        ["STATX_MODE"] = Libc.STATX_MODE,
        ["STATX_NLINK"] = Libc.STATX_NLINK,
        ["STATX_UID"] = Libc.STATX_UID,
        ["STATX_INO"] = Libc.STATX_INO,
        ["STATX_SIZE"] = Libc.STATX_SIZE,
        ["sizeof(struct statx)"] = Marshal.SizeOf<StatxBuffer>(),
        ["offsetof(struct statx, stx_nlink)"] = OffsetOf<StatxBuffer>(nameof(StatxBuffer.LinkCount)),
        ["offsetof(struct statx, stx_uid)"] = OffsetOf<StatxBuffer>(nameof(StatxBuffer.UserId)),
        ["offsetof(struct statx, stx_mode)"] = OffsetOf<StatxBuffer>(nameof(StatxBuffer.Mode)),
        ["offsetof(struct statx, stx_ino)"] = OffsetOf<StatxBuffer>(nameof(StatxBuffer.Inode)),
        ["offsetof(struct statx, stx_size)"] = OffsetOf<StatxBuffer>(nameof(StatxBuffer.SizeBytes)),
        ["offsetof(struct dirent64, d_off)"] = DirectoryReader.OffsetOffset,
        ["offsetof(struct dirent64, d_reclen)"] = DirectoryReader.LengthOffset,
        ["offsetof(struct dirent64, d_type)"] = DirectoryReader.TypeOffset,
        ["offsetof(struct dirent64, d_name)"] = DirectoryReader.NameOffset,
        ["sizeof(((struct dirent64 *)0)->d_off)"] = sizeof(long),
        ["sizeof(((struct dirent64 *)0)->d_reclen)"] = sizeof(ushort),
    };

    private static Dictionary<string, long> Waiting() => new()
    {
        ["EPOLL_CLOEXEC"] = Libc.EPOLL_CLOEXEC,
        ["EPOLL_CTL_ADD"] = Libc.EPOLL_CTL_ADD,
        ["EPOLL_CTL_DEL"] = Libc.EPOLL_CTL_DEL,
        ["EPOLLIN"] = Libc.EPOLLIN,
        ["EPOLLPRI"] = Libc.EPOLLPRI,
        ["EPOLLERR"] = Libc.EPOLLERR,
        ["EPOLLHUP"] = Libc.EPOLLHUP,
        ["EFD_SEMAPHORE"] = Libc.EFD_SEMAPHORE,
        ["EFD_NONBLOCK"] = Libc.EFD_NONBLOCK,
        ["EFD_CLOEXEC"] = Libc.EFD_CLOEXEC,
        ["sizeof(struct epoll_event)"] = Libc.EpollEventBytes,
        ["offsetof(struct epoll_event, events)"] = 0,
        ["offsetof(struct epoll_event, data)"] = Libc.EpollDataOffset,
        ["SYS_pidfd_send_signal"] = Libc.SYS_pidfd_send_signal,
        ["SYS_pidfd_open"] = Libc.SYS_pidfd_open,
        ["SYS_process_mrelease"] = Libc.SYS_process_mrelease,
        ["CLOCK_MONOTONIC"] = Libc.CLOCK_MONOTONIC,
        ["sizeof(struct timespec)"] = Marshal.SizeOf<Timespec>(),
        ["offsetof(struct timespec, tv_sec)"] = OffsetOf<Timespec>(nameof(Timespec.Seconds)),
        ["offsetof(struct timespec, tv_nsec)"] = OffsetOf<Timespec>(nameof(Timespec.Nanoseconds)),
        ["_SC_CLK_TCK"] = Libc.SC_CLK_TCK,
        ["_SC_PAGESIZE"] = Libc.SC_PAGESIZE,
        ["SIGHUP"] = Signals.Hup,
        ["SIGINT"] = Signals.Int,
        ["SIGKILL"] = Signals.Kill,
        ["SIGTERM"] = Signals.Term,
        ["AT_FDCWD - 0"] = KernelDirectory.None,
    };

    private static Dictionary<string, long> Memory() => new()
    {
        ["M_MMAP_THRESHOLD"] = Libc.M_MMAP_THRESHOLD,
        ["MCL_CURRENT"] = Libc.MCL_CURRENT,
        ["MCL_FUTURE"] = Libc.MCL_FUTURE,
        ["MCL_ONFAULT"] = Libc.MCL_ONFAULT,
        ["PROT_READ"] = Libc.PROT_READ,
        ["PROT_WRITE"] = Libc.PROT_WRITE,
        ["MAP_SHARED"] = Libc.MAP_SHARED,
        ["(long)MAP_FAILED"] = Libc.MAP_FAILED,
        ["MADV_POPULATE_READ"] = Libc.MADV_POPULATE_READ,
        ["MADV_DONTNEED_LOCKED"] = Libc.MADV_DONTNEED_LOCKED,
        ["RLIMIT_NOFILE"] = Libc.RLIMIT_NOFILE,
        ["RLIMIT_MEMLOCK"] = Libc.RLIMIT_MEMLOCK,
        ["(long)RLIM_INFINITY"] = unchecked((long)Libc.RLIM_INFINITY),
        ["sizeof(struct rlimit)"] = Marshal.SizeOf<ResourceLimit>(),
        ["offsetof(struct rlimit, rlim_cur)"] = OffsetOf<ResourceLimit>(nameof(ResourceLimit.Soft)),
        ["offsetof(struct rlimit, rlim_max)"] = OffsetOf<ResourceLimit>(nameof(ResourceLimit.Hard)),
    };

    /// <summary>Every error number of the port, by its name.</summary>
    private static Dictionary<string, long> Errors() => typeof(Errno).GetFields()
        .Where(field => field.IsLiteral)
        .ToDictionary(field => field.Name, field => (long)(int)field.GetRawConstantValue()!);

    private static long OffsetOf<T>(string field) => (long)Marshal.OffsetOf<T>(field);

    private static Dictionary<string, long> Compute(string[] expressions, string directory)
    {
        var source = new StringBuilder("#define _GNU_SOURCE\n");
        foreach (var header in Headers) source.Append($"#include <{header}>\n");
        source.Append("int main(void) {\n");
        foreach (var expression in expressions) source.Append($"  printf(\"%lld\\n\", (long long)({expression}));\n");
        source.Append("  return 0;\n}\n");
        var sourceFile = Path.Combine(directory, "abi.c");
        var program = Path.Combine(directory, "abi");
        File.WriteAllText(sourceFile, source.ToString());
        Run(CompilerFactAttribute.Compiler, "-o", program, sourceFile);
        var lines = Run(program).Split('\n');
        return expressions.Select((expression, index) => (expression, long.Parse(lines[index]))).ToDictionary();
    }

    private static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program}: {errors.Result}");
        return text;
    }
}
