using System;
using System.Collections.Generic;
using System.Text;
using PressureD.Core.Kernel;

namespace PressureD.Core.Tests.Loop;

/// <summary>A kernel of fixed bytes that allocates nothing itself, so that all that is allocated is the caller's.</summary>
internal sealed class ReplayKernel : IKernel
{
    private readonly List<ReplayFile> _files = [];
    private readonly Held[] _held = new Held[16384];

    public ReplayKernel() => Array.Fill(_held, new Held(null, null, null));

    public ReplayCgroup Root { get; } = new("", 1);

    public List<ReplayProcess> Processes { get; } = [];

    public int KillSignals { get; private set; }

    /// <summary>How often a process' status was read: the dearest of its files.</summary>
    public int StatusReads { get; private set; }

    /// <summary>What meminfo says after each further kill.</summary>
    public List<byte[]> MeminfoAfterKills { get; } = [];

    public int OpenDescriptors { get; private set; }

    public long NowUsec { get; set; } = 60_000_000;

    public KernelFeatures Features { get; } = new()
    {
        Cgroups = CgroupMode.Unified,
        CgroupMount = "/sys/fs/cgroup",
        MemoryController = true,
        Psi = true,
        ShortTriggerWindows = true,
        CgroupKill = true,
        ProcessHandles = true,
        ReleaseMemory = true,
        Container = false,
        OwnPid = 50,
        OwnCgroup = "/system.slice/pressured.service",
        PageBytes = 4096,
        ClockTicks = 100,
    };

    public ReplayFile Set(string path, string content)
    {
        var file = new ReplayFile(Encoding.UTF8.GetBytes(path), Encoding.UTF8.GetBytes(content));
        _files.Add(file);
        return file;
    }

    public int OpenFile(int directory, ReadOnlySpan<byte> path)
    {
        if (directory != KernelDirectory.None)
            return _held[directory].Cgroup!.Find(path) is { } control ? Enter(new Held(null, control, null)) : -Errno.ENOENT;
        foreach (ReplayFile file in _files)
        {
            if (path.SequenceEqual(file.Name))
                return Enter(new Held(null, file, null));
        }

        return -Errno.ENOENT;
    }

    public int Read(int file, Span<byte> buffer)
    {
        if (_held[file].File is not { } held)
            return -Errno.EBADF;
        if (held.Owner is { IsGone: true })
            return -Errno.ENODEV;
        held.Content.CopyTo(buffer);
        return held.Content.Length;
    }

    public int ReadFree(out long memoryBytes, out long swapBytes)
    {
        memoryBytes = swapBytes = 0;
        return -Errno.ENOSYS;
    }

    public int OpenCgroupRoot() => Enter(new Held(Root, null, null));

    public int OpenDirectory(int directory, ReadOnlySpan<byte> name)
    {
        foreach (ReplayCgroup child in _held[directory].Cgroup!.Children)
        {
            if (name.SequenceEqual(child.Name))
                return child.OpenErrno != 0 ? -child.OpenErrno : Enter(new Held(child, null, null));
        }

        return -Errno.ENOENT;
    }

    public long Owner(int directory) => 0;

    public long Identity(int directory) =>
        _held[directory].Cgroup is { IdentityErrno: not 0 } cgroup
            ? -cgroup.IdentityErrno
            : _held[directory].Cgroup!.Inode;

    public int ListDirectories(int directory, Span<byte> names, ref long position)
    {
        ReplayCgroup cgroup = _held[directory].Cgroup!;
        if (cgroup.IsGone)
            return -Errno.ENOENT;
        if (cgroup.ListErrno != 0)
            return -cgroup.ListErrno;
        int written = 0;
        while (position < cgroup.Children.Count)
        {
            byte[] name = cgroup.Children[(int)position].Name;
            if (written + name.Length + 1 > names.Length)
                break;
            name.CopyTo(names[written..]);
            written += name.Length;
            names[written++] = 0;
            position++;
        }

        return written;
    }

    public int WriteControl(int directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => -Errno.ENOENT;

    public int GetXattr(int directory, ReadOnlySpan<byte> name, Span<byte> value) => -Errno.ENODATA;

    public int SetXattr(int directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => 0;

    public int ListProcesses(Span<int> pids)
    {
        int count = 0;
        foreach (ReplayProcess process in Processes)
        {
            if (process.IsAlive)
                pids[count++] = process.Pid;
        }

        return count;
    }

    public int ListThreads(int pid, Span<int> threads)
    {
        threads[0] = pid;
        return Find(pid) is null ? -Errno.ENOENT : 1;
    }

    public int ReadProcess(int pid, ProcessFile file, Span<byte> buffer)
    {
        StatusReads += file == ProcessFile.Status ? 1 : 0;
        if (Find(pid) is not { IsAlive: true } process)
            return -Errno.ESRCH;
        byte[] content = process.Content(file);
        content.CopyTo(buffer);
        return content.Length;
    }

    public int OpenProcess(int pid) =>
        Find(pid) is { IsAlive: true } process ? Enter(new Held(null, null, process)) : -Errno.ESRCH;

    public int Signal(int process, int signal)
    {
        ReplayProcess target = _held[process].Process!;
        if (!target.IsAlive)
            return -Errno.ESRCH;
        if (signal != Signals.Kill)
            return 0;
        target.IsAlive = false;
        if (KillSignals < MeminfoAfterKills.Count)
            _files[0].Content = MeminfoAfterKills[KillSignals];
        KillSignals++;
        return 0;
    }

    public int ArmTrigger(int directory, ReadOnlySpan<byte> path, StallKind kind, int stallUsec, int windowUsec) =>
        -Errno.EINVAL;

    public int Watch(int descriptor) => 0;

    public int Begin(in BlockingOperation operation) => -Errno.EBUSY;

    public int Finish(int ticket, Span<byte> output) => -Errno.EAGAIN;

    public int Wait(long deadlineUsec, Span<WaitEvent> events)
    {
        NowUsec = Math.Max(NowUsec, deadlineUsec);
        return 0;
    }

    public void Close(int descriptor)
    {
        _held[descriptor] = new Held(null, null, null);
        OpenDescriptors--;
    }

    private ReplayProcess? Find(int pid)
    {
        foreach (ReplayProcess process in Processes)
        {
            if (process.Pid == pid)
                return process;
        }

        return null;
    }

    private int Enter(in Held held)
    {
        for (int i = 3; i < _held.Length; i++)
        {
            if (_held[i].IsFree)
            {
                _held[i] = held;
                OpenDescriptors++;
                return i;
            }
        }

        return -Errno.EMFILE;
    }

    private readonly record struct Held(ReplayCgroup? Cgroup, ReplayFile? File, ReplayProcess? Process)
    {
        public bool IsFree => Cgroup is null && File is null && Process is null;
    }
}
