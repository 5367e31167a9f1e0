using System;
using PressureD.Core.Kernel;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Kernel;

/// <summary>Files of /proc/PID.</summary>
internal sealed class ProcessFiles(SimulatedMachine machine)
{
    /// <summary>What an address space has beyond the pages in use: code, stack and maps never touched.</summary>
    private const long UntouchedPages = 800;

    private const long KernelThreadFlags = 0x208040;
    private const long ProcessFlags = 0x400000;
    private const long ExitingFlags = 0x400004;

    /// <summary>Renders a file of one thread of a process.</summary>
    public void Render(SimulatedProcess process, int thread, ProcessFile file, ByteText text)
    {
        switch (file)
        {
            case ProcessFile.Stat:
                Stat(process, thread, text);
                break;
            case ProcessFile.Statm:
                Statm(process, thread, text);
                break;
            case ProcessFile.Status:
                Status(process, thread, text);
                break;
            case ProcessFile.Cgroup:
                Cgroup(process, text);
                break;
            case ProcessFile.OomScore:
                text.Add(OomScore(process)).Add("\n"u8);
                break;
            case ProcessFile.OomScoreAdj:
                text.Add(process.OomScoreAdj).Add("\n"u8);
                break;
            case ProcessFile.Comm:
                text.Add(process.Comm).Add("\n"u8);
                break;
            case ProcessFile.Cmdline:
                Cmdline(process, thread, text);
                break;
            case ProcessFile.Environ:
                foreach (var variable in process.Options.Environment) text.Add(variable).Add("\0"u8);
                break;
            case ProcessFile.Exe:
                text.Add(process.Options.Exe.Length > 0 ? process.Options.Exe : "/usr/bin/" + process.Comm);
                break;
        }
    }

    /// <summary>
    /// Whether a thread of it still has an address space: an exiting one gives it up before its pages are freed.
    /// </summary>
    public bool HasMemory(SimulatedProcess process, int thread) =>
        !HasThreadEnded(process, thread) && HasMemory(process);

    // The main thread alone.
    private static bool HasThreadEnded(SimulatedProcess process, int thread) =>
        process.ThreadId != 0 && thread == process.Pid;

    private bool HasMemory(SimulatedProcess process) => !process.IsKernelThread
        && (process.State == ProcessState.Running
            || (process.State == ProcessState.Dying && process.StuckUntilUsec > machine.NowUsec));

    /// <summary>(1000 + badness in per mille) · 2 ÷ 3; 0 for what the kernel never chooses.</summary>
    public long OomScore(SimulatedProcess process)
    {
        var total = machine.RamPages + machine.SwapTotalPages;
        if (!HasMemory(process) || OomKiller.Badness(process, total) is not { } badness) return 0;
        return (1000 + (badness * 1000 / total)) * 2 / 3;
    }

    private byte StateLetter(SimulatedProcess process, int thread) => process.State switch
    {
        _ when HasThreadEnded(process, thread) => (byte)'Z',
        ProcessState.Zombie => (byte)'Z',
        ProcessState.Dying => process.StuckUntilUsec > machine.NowUsec ? (byte)'D' : (byte)'R',
        _ when process.DebtNsec > 0 => (byte)'D',
        _ => (byte)'S',
    };

    private void Stat(SimulatedProcess process, int thread, ByteText text)
    {
        var memory = HasMemory(process, thread);
        var pid = process.Pid;
        var group = process.IsKernelThread ? 0 : process.Options.GroupPid > 0 ? process.Options.GroupPid : pid;
        var session = process.Options.SessionPid > 0 ? process.Options.SessionPid : group;
        var ticks = process.RunNsec / 10_000_000;
        text.Add(thread).Add(" ("u8).Add(process.Comm).Add(") "u8).Add([StateLetter(process, thread)]).Add(" "u8);
        Fields(text, process.Options.ParentPid, group, session, 0, -1, Flags(process, thread));
        Fields(text, process.MinorFaults, 0, process.MajorFaults, 0, ticks, 0, 0, 0, 20, 0, Threads(process), 0);
        Fields(text, process.StartUsec / 10_000, memory ? VirtualPages(process) * Pages.Bytes : 0);
        Fields(text, memory ? process.ResidentPages : 0);
        text.Add("18446744073709551615 "u8);
        Fields(text, memory ? 94129337593856 : 0, memory ? 94129337613737 : 0, memory ? 140729051570848 : 0);
        Fields(text, 0, 0, 0, 0, process.Options.IgnoresTerm ? 16387 : 0, 0, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0);
        for (var field = 0; field < 7; field++) text.Add("0 "u8);
        text.Add(process.State == ProcessState.Zombie ? process.EndedBySignal : 0).Add("\n"u8);
    }

    private static long Flags(SimulatedProcess process, int thread)
    {
        if (process.IsKernelThread) return KernelThreadFlags;
        return process.State == ProcessState.Running && !HasThreadEnded(process, thread) ? ProcessFlags : ExitingFlags;
    }

    private static int Threads(SimulatedProcess process) => process.HasOtherThread ? 2 : 1;

    private static void Fields(ByteText text, params ReadOnlySpan<long> values)
    {
        foreach (var value in values) text.Add(value).Add(" "u8);
    }

    private static long VirtualPages(SimulatedProcess process) =>
        UntouchedPages + process.ResidentPages + process.SwappedPages;

    private void Statm(SimulatedProcess process, int thread, ByteText text)
    {
        if (!HasMemory(process, thread))
        {
            text.Add("0 0 0 0 0 0 0\n"u8);
            return;
        }

        var shared = process.Resident(RegionKind.File) + process.Resident(RegionKind.Shmem);
        var data = process.Resident(RegionKind.Anon) + process.SwappedPages;
        text.Add(VirtualPages(process)).Add(" "u8).Add(process.ResidentPages).Add(" "u8).Add(shared);
        text.Add(" 178 0 "u8).Add(data).Add(" 0\n"u8);
    }

    private void Status(SimulatedProcess process, int thread, ByteText text)
    {
        text.Add("Name:\t"u8);
        foreach (var unit in System.Text.Encoding.UTF8.GetBytes(process.Comm))
        {
            // The kernel escapes these two here, and only here.
            if (unit == (byte)'\n') text.Add("\\n"u8);
            else if (unit == (byte)'\\') text.Add("\\\\"u8);
            else text.Add([unit]);
        }

        var letter = StateLetter(process, thread);
        var uid = process.Options.Uid;
        text.Add("\nUmask:\t0022\nState:\t"u8).Add([letter]).Add(letter switch
        {
            (byte)'Z' => " (zombie)"u8,
            (byte)'D' => " (disk sleep)"u8,
            (byte)'R' => " (running)"u8,
            _ => " (sleeping)"u8,
        });
        text.Add("\nTgid:\t"u8).Add(process.Pid).Add("\nNgid:\t0\nPid:\t"u8).Add(thread);
        text.Add("\nPPid:\t"u8).Add(process.Options.ParentPid).Add("\nTracerPid:\t0\nUid:"u8);
        for (var count = 0; count < 4; count++) text.Add("\t"u8).Add(uid);
        text.Add("\nGid:"u8);
        for (var count = 0; count < 4; count++) text.Add("\t"u8).Add(uid);
        text.Add("\nFDSize:\t64\nGroups:\t \nNStgid:\t"u8).Add(process.Pid).Add("\nNSpid:\t"u8).Add(process.Pid);
        text.Add("\nNSpgid:\t"u8).Add(process.Pid).Add("\nNSsid:\t"u8).Add(process.Pid).Add("\n"u8);
        if (HasMemory(process, thread)) StatusMemory(process, text);
        text.Add("Threads:\t"u8).Add(Threads(process));
        text.Add("\nSigQ:\t0/3738\nSigPnd:\t0000000000000000\nShdPnd:\t0000000000000000\n"u8);
        text.Add("SigBlk:\t0000000000000000\nSigIgn:\t"u8);
        text.Add(process.Options.IgnoresTerm ? "0000000000004003"u8 : "0000000000000000"u8);
        text.Add("\nSigCgt:\t0000000000000000\nCapInh:\t0000000000000000\nCapPrm:\t0000000000000000\n"u8);
        text.Add("CapEff:\t0000000000000000\nCapBnd:\t000001ffffffffff\nCapAmb:\t0000000000000000\n"u8);
        text.Add("NoNewPrivs:\t0\nSeccomp:\t0\nSeccomp_filters:\t0\n"u8);
        text.Add("voluntary_ctxt_switches:\t1\nnonvoluntary_ctxt_switches:\t0\n"u8);
    }

    private static void StatusMemory(SimulatedProcess process, ByteText text)
    {
        var anon = process.Resident(RegionKind.Anon);
        var total = VirtualPages(process);
        StatusKiB(text, "VmPeak:\t"u8, total);
        StatusKiB(text, "VmSize:\t"u8, total);
        StatusKiB(text, "VmLck:\t"u8, process.LockedPages);
        StatusKiB(text, "VmPin:\t"u8, 0);
        StatusKiB(text, "VmHWM:\t"u8, process.ResidentPages);
        StatusKiB(text, "VmRSS:\t"u8, process.ResidentPages);
        StatusKiB(text, "RssAnon:\t"u8, anon);
        StatusKiB(text, "RssFile:\t"u8, process.Resident(RegionKind.File));
        StatusKiB(text, "RssShmem:\t"u8, process.Resident(RegionKind.Shmem));
        StatusKiB(text, "VmData:\t"u8, anon + process.SwappedPages);
        StatusKiB(text, "VmStk:\t"u8, 33);
        StatusKiB(text, "VmExe:\t"u8, 5);
        StatusKiB(text, "VmLib:\t"u8, 382);
        StatusKiB(text, "VmPTE:\t"u8, process.PageTablePages);
        StatusKiB(text, "VmSwap:\t"u8, process.SwappedPages);
        text.Add("HugetlbPages:\t       0 kB\nCoreDumping:\t0\nTHP_enabled:\t1\n"u8);
    }

    private static void StatusKiB(ByteText text, ReadOnlySpan<byte> label, long pages) =>
        text.Add(label).Add(Pages.ToKiB(pages), 8).Add(" kB\n"u8);

    private void Cgroup(SimulatedProcess process, ByteText text)
    {
        var path = process.Cgroup.Path;
        if (machine.Options.Profile.Cgroups != CgroupMode.Unified)
            text.Add("9:memory:"u8).Add(path).Add("\n1:name=systemd:"u8).Add(path).Add("\n"u8);
        if (machine.Options.Profile.Cgroups == CgroupMode.None) return;
        text.Add("0::"u8).Add(path).Add(process.Cgroup.Removed ? " (deleted)\n"u8 : "\n"u8);
    }

    private void Cmdline(SimulatedProcess process, int thread, ByteText text)
    {
        if (!HasMemory(process, thread)) return;
        if (process.Options.Arguments.Count == 0) text.Add(process.Comm).Add("\0"u8);
        foreach (var argument in process.Options.Arguments) text.Add(argument).Add("\0"u8);
    }
}
