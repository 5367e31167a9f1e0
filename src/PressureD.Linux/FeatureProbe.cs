using System;
using System.IO;
using System.Text;
using PressureD.Core.Kernel;
using PressureD.Linux.Interop;

namespace PressureD.Linux;

/// <summary>Finds out what this machine has, by trying it. Runs once, before the loop.</summary>
internal static unsafe class FeatureProbe
{
    private const string HostMemoryPressure = "/proc/pressure/memory";

    public static KernelFeatures Probe()
    {
        var mounts = MountTable.Parse(ReadText("/proc/self/mountinfo"));
        var hasTree = mounts.Mount.Length > 0;
        var memory = hasTree && Contains(ReadText(Path.Combine(mounts.Mount, "cgroup.controllers")), "memory");
        var release = Answers(Libc.SYS_process_mrelease, -1);
        var psi = ReadText(HostMemoryPressure).StartsWith("some ", StringComparison.Ordinal);
        var shortWindows = psi && CanArm(1_000_000);
        return new KernelFeatures
        {
            Cgroups = !hasTree ? CgroupMode.None : mounts.HasV1 && !memory ? CgroupMode.Hybrid : CgroupMode.Unified,
            HasCgroups1 = mounts.HasV1,
            CgroupMount = mounts.Mount,
            MemoryController = memory,
            Psi = psi,
            Triggers = psi && (shortWindows || CanArm(2_000_000)),
            ShortTriggerWindows = shortWindows,
            CgroupKill = hasTree && HasCgroupKill(mounts.Mount, release),
            ProcessHandles = Answers(Libc.SYS_pidfd_open, -1) && Answers(Libc.SYS_pidfd_send_signal, -1),
            ReleaseMemory = release,
            Container = IsContainer(mounts),
            OwnPid = Environment.ProcessId,
            OwnCgroup = mounts.OwnCgroup(ReadText("/proc/self/cgroup")),
            PageBytes = (int)Libc.sysconf(Libc.SC_PAGESIZE),
            ClockTicks = (int)Libc.sysconf(Libc.SC_CLK_TCK),
        };
    }

    /// <summary>
    /// A call with an impossible argument fails for that argument's sake when it exists and is allowed.
    /// </summary>
    private static bool Answers(int number, int impossible)
    {
        var result = Libc.Result(Libc.syscall(number, impossible, 0, 0, 0));
        return result is -Errno.EBADF or -Errno.EINVAL or -Errno.ESRCH;
    }

    private static bool CanArm(int windowUsec)
    {
        Span<byte> text = stackalloc byte[TriggerText.MaxBytes];
        // Nine tenths of the window: whatever is going on now, the probe is closed before it could fire.
        var length = TriggerText.Format(StallKind.Full, windowUsec / 10 * 9, windowUsec, text);
        fixed (byte* path = Encoding.UTF8.GetBytes(HostMemoryPressure + '\0'))
        fixed (byte* start = text)
        {
            var file = Libc.openat(Libc.AT_FDCWD, path, Libc.O_RDWR | Libc.O_NONBLOCK | Libc.O_CLOEXEC, 0);
            if (file < 0) return false;
            var written = Libc.write(file, start, (nuint)length);
            _ = Libc.close(file);
            return written == length;
        }
    }

    /// <summary>The root has no cgroup.kill; any other cgroup shows whether this kernel has it.</summary>
    private static bool HasCgroupKill(string mount, bool releaseMemory)
    {
        if (File.Exists(Path.Combine(mount, "cgroup.kill"))) return true;
        try
        {
            foreach (var child in Directory.EnumerateDirectories(mount))
                return File.Exists(Path.Combine(child, "cgroup.kill"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }

        // No cgroup to look at. process_mrelease (5.15) came one release after cgroup.kill (5.14).
        return releaseMemory;
    }

    /// <summary>
    /// A manager's mark, or a cgroup tree whose top is not the true root: only the true root has no cgroup.type.
    /// </summary>
    private static bool IsContainer(MountTable mounts) =>
        File.Exists("/run/systemd/container") || File.Exists("/.dockerenv") || File.Exists("/run/.containerenv")
        || (mounts.Mount.Length > 0
            && (mounts.Root != "/" || File.Exists(Path.Combine(mounts.Mount, "cgroup.type"))));

    private static bool Contains(string words, string word) =>
        Array.IndexOf(words.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries), word) >= 0;

    /// <summary>A file's text, empty when it cannot be read: absence is an answer here.</summary>
    private static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
