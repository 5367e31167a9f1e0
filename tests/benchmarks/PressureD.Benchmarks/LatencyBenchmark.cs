using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Text;
using System.Threading;
using PressureD.Core.Loop;
using PressureD.Core.Policy;
using PressureD.Linux;

namespace PressureD.Benchmarks;

/// <summary>
/// How long it takes from the sample that makes a condition true to the signal, choosing among all processes of this machine.
/// It ends only processes that it started itself.
/// </summary>
internal static class LatencyBenchmark
{
    private const int Kills = 200;

    /// <summary>The rarer case, in which nothing could be looked at ahead of need: each takes a new loop.</summary>
    private const int ColdKills = 40;

    /// <summary>The brake holds back after so many within a minute; a new loop knows nothing of them.</summary>
    private const int KillsPerLoop = 40;

    /// <summary>So long the loop runs between two kills: the dead are accounted for, and who is left is looked at.</summary>
    private const long SettleUsec = 700_000;

    private static readonly byte[] Plenty = Meminfo(availableKib: 8_000_000);

    /// <summary>
    /// A machine is rarely at its end from one sample to the next: when it comes near, the daemon looks ahead.
    /// </summary>
    private static readonly byte[] Little = Meminfo(availableKib: 600_000);
    private static readonly byte[] NothingLeft = Meminfo(availableKib: 100_000);

    public static void Run(int processes)
    {
        using LinuxKernel real = LinuxKernel.Open();
        using var sleepers = new SleepingProcesses(Bench.CgroupMount(real), processes);
        bool isCancelled = false;
        ConsoleCancelEventHandler leave = (_, cancelling) => cancelling.Cancel = isCancelled = true;
        Console.CancelKeyPress += leave;
        PolicySet policy = Bench.Policy(PolicyFor(sleepers.Name));
        var bare = new List<double>(Kills);
        var times = new List<double>(Kills);
        while (times.Count < Kills && !Volatile.Read(ref isCancelled))
            times.AddRange(InOneLoop(real, policy, sleepers, Little, KillsPerLoop, bare, ref isCancelled));
        var cold = new List<double>(ColdKills);
        while (cold.Count < ColdKills && !Volatile.Read(ref isCancelled))
            cold.AddRange(InOneLoop(real, policy, sleepers, Plenty, 1, [], ref isCancelled));

        Console.CancelKeyPress -= leave;
        if (isCancelled)
            throw new BenchmarkException("interrupted");
        double promiseMsec = processes <= 300 ? 5 : 20;
        double p99 = Say($"{processes} processes", times);
        Say("  beside that, open, read and close of each /proc/PID/statm alone", bare);
        Console.WriteLine($"  promised: p99 of {promiseMsec} ms" + (p99 <= promiseMsec ? "" : " - NOT KEPT"));
        Say($"{processes} processes, from plenty to nothing within one sample", cold);
    }

    /// <returns>The 99th percentile.</returns>
    private static double Say(string what, List<double> times)
    {
        double[] sorted = [.. times];
        Array.Sort(sorted);
        double p99 = Bench.Percentile(sorted, 0.99);
        Console.WriteLine(
            $"latency: {what}, {sorted.Length} times: median {Bench.Percentile(sorted, 0.5):0.00} ms, "
            + $"p90 {Bench.Percentile(sorted, 0.9):0.00} ms, p99 {p99:0.00} ms, longest {sorted[^1]:0.00} ms");
        return p99;
    }

    private static List<double> InOneLoop(
        LinuxKernel real,
        PolicySet policy,
        SleepingProcesses sleepers,
        byte[] before,
        int kills,
        List<double> bare,
        ref bool isCancelled)
    {
        var times = new List<double>(kills);
        var kernel = new ScriptedKernel(real);
        kernel.Show(before);
        using DaemonLoop loop = Bench.Loop(kernel, policy);
        Settle(kernel, loop);
        while (times.Count < kills && !Volatile.Read(ref isCancelled))
        {
            times.Add(Kill(real, kernel, loop));
            kernel.Show(before);
            sleepers.ReplaceDead();
            Settle(kernel, loop);
            bare.Add(BareReads.OfAllProcesses());
        }

        return times;
    }

    private static void Settle(ScriptedKernel kernel, DaemonLoop loop)
    {
        long settled = kernel.NowUsec + SettleUsec;
        while (kernel.NowUsec < settled)
            loop.Step();
    }

    /// <returns>Milliseconds.</returns>
    private static double Kill(LinuxKernel real, ScriptedKernel kernel, DaemonLoop loop)
    {
        kernel.Show(NothingLeft);
        real.Wake();
        long steps = 0;
        while (kernel.SignalledAt == 0)
        {
            loop.Step();
            if (++steps > 1000)
                throw new BenchmarkException("nobody was signalled within 1,000 steps");
        }

        return Stopwatch.GetElapsedTime(kernel.ReadAt, kernel.SignalledAt).TotalMilliseconds;
    }

    /// <summary>As the shipped policy asks and chooses, but among our own processes only.</summary>
    private static string PolicyFor(string cgroup) =>
        $$"""
        version: 1
        limits:
          kills-per-minute: 48
        protect:
          - { session-leader: true }
          - { unit: dbus.service }
          - { cgroup: "user.slice/**", comm: "^(Xorg|X|Xwayland|gnome-shell|kwin_wayland|kwin_x11|mutter|cinnamon|muffin)$" }
        avoid:
          - { comm: "^(dpkg|apt|apt-get|aptitude|dnf|dnf5|yum|rpm|zypper|pacman|packagekitd|unattended-upgr)$", uid: 0 }
        rules:
          - name: out-of-memory-now
            when: mem.available_user <= 4%
            cooldown: 500ms
            then:
              - kill:
                  from: "{{cgroup}}/**"
                  victim: process
                  culprit: [growth, size]
                  rank: [growth, badness]
                  signal: KILL
                  min-size: 4KiB
        """;

    private static byte[] Meminfo(long availableKib) => Encoding.ASCII.GetBytes(
        $"""
        MemTotal:       16000000 kB
        MemFree:        {availableKib} kB
        MemAvailable:   {availableKib} kB
        Buffers:               0 kB
        Cached:                0 kB
        SwapCached:            0 kB
        AnonPages:       4000000 kB
        Shmem:                 0 kB
        SwapTotal:             0 kB
        SwapFree:              0 kB
        Dirty:                 0 kB
        Committed_AS:    4000000 kB

        """);
}
