using System;
using System.Collections.Generic;
using System.Linq;
using PressureD.Core.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Pressure;

namespace PressureD.Validation;

/// <summary>
/// What was measured on a guest of 464 MiB (Linux 6.12) before there was this bed, mostly in single runs, and the model
/// in its place.
/// </summary>
internal static class PublishedTargets
{
    private const string Classic = "classic";
    private const string Generations = "generations";

    /// <summary>The sets that are read and touched within 64 MiB.</summary>
    private static readonly int[] ReadMiB = [60, 64, 72, 80, 96, 128, 192];
    private static readonly int[] TouchMiB = [72, 80, 96, 128, 192];

    /// <summary>Runs the model for each of them.</summary>
    internal static IEnumerable<PublishedTarget> Run() =>
    [
        .. Leak(100, Generations, new(2.6), new(1.1), new(0.6), new(0.4), new(0.52), new(2.7)),
        .. Leak(20, Classic, new(7.6), new(2.8), new(1.6), new(0.8), new(2.1), new(13.1)),
        .. Leak(20, Generations, new(7, 7.2), new(3.2), new(1.8), new(1.2), new(0.64, 1.3), new(3.1, 8.4)),
        .. Leak(5, Generations, new(25.5), new(10.6), new(6.2), new(3.2), new(1.7), new(6)),
        .. Reads(
            Classic,
            [new(0), new(5.9), new(17.9), new(11.2), new(2.1), new(2.0), new(1.7)],
            [new(6), new(4.5), new(25), new(5), new(18), new(21), new(34)],
            [0, 137, 791, 1011, 347, 633, 436],
            [0, 114, 406, 375, 3, 24, 0]),
        .. Reads(
            Generations,
            [new(0), new(1.1), new(8.0), new(8.0), new(3.8), new(1.8), new(1.1)],
            [new(1, 3), new(5), new(13), new(16), new(13), new(29), new(9)],
            [0, 111, 832, 2175, 918, 840, 220],
            [0, 27, 313, 588, 115, 36, 2]),
        .. Touches(Classic, [21, 13, 21, 12, 14], new(21), new(0)),
        .. Touches(Generations, [31, 22, 39, 47, 20], new(31), new(8)),
        .. LeakIntoSwap(),
        .. LeakIntoZram(),
        .. LeakAboveHigh(),
        LeakIntoMax(),
        .. Protection("low", 148, 50),
        .. Protection("low", 170, 30),
        .. Protection("min", 170, 50),
        .. Deaths(),
    ];

    private static IEnumerable<PublishedTarget> Leak(
        int mibPerSecond, string lru, Measured lead, Measured tenPercent, Measured fivePercent, Measured twoPercent, Measured stall, Measured some10)
    {
        PublishedRun run = Small($", lru: {lru}", mibPerSecond, "");
        Tick last = run.BeforeKill;
        double killed = last.Usec / 1e6;
        string what = $"leak of {mibPerSecond} MB/s without swap, {lru}";
        long stalledNsec = run.At(2).MemorySomeNsec;
        Tick first = run.First(tick => tick.MemorySomeNsec - stalledNsec > 1_000_000);
        yield return new($"{what}: from the first stall to the kernel's kill, s", lead, killed - (first.Usec / 1e6), 0.1);
        foreach ((int percent, Measured real) in new[] { (10, tenPercent), (5, fivePercent), (2, twoPercent) })
        {
            Tick below = run.First(tick => tick.AvailablePages * 100 < run.Machine.RamPages * percent);
            yield return new(
                $"{what}: from below {percent} % of MemTotal to the kernel's kill, s", real, killed - (below.Usec / 1e6), 0.1);
        }

        double someSeconds = (last.MemorySomeNsec - stalledNsec) / 1e9;
        double fullSeconds = (last.MemoryFullNsec - run.At(2).MemoryFullNsec) / 1e9;
        yield return new($"{what}: memory some before it, s in all", stall, someSeconds, 0.05);
        yield return new($"{what}: memory full as a share of some, %", new(90), Share(fullSeconds, someSeconds), 0.5);
        yield return new($"{what}: highest memory some avg10 before it, %", some10, run.HighestSome10, 0.5);
        yield return new($"{what}: available at the kill, MB", new(0), ToMiB(last.AvailablePages), 1);
        yield return new(
            $"{what}: free at the kill, of the min watermark, %",
            new(100),
            Share(last.FreePages, run.Machine.Watermarks.Min),
            5);
    }

    private static IEnumerable<PublishedTarget> Reads(
        string lru, Measured[] memory, Measured[] io, double[] refaults, double[] restores)
    {
        for (int index = 0; index < ReadMiB.Length; index++)
        {
            PublishedRun run = new($$"""
                duration: 60s
                machine: { lru: {{lru}}, slowdown: 10, disk: { iops: 4000/s } }
                cgroups: [ { path: job, memory.max: 64MiB } ]
                processes: [ { name: r, cgroup: job, cache-reader: { size: {{ReadMiB[index]}}MiB } } ]
                """);
            Tick half = run.At(30);
            double seconds = (run.End.Usec - half.Usec) / 1e6;
            string what = $"random reads of {ReadMiB[index]} MB of files in 64 MB, {lru}";
            yield return new(
                $"{what}: memory some, %",
                memory[index],
                Share((run.End.MemorySomeNsec - half.MemorySomeNsec) / 1e9, seconds),
                0.5);
            yield return new(
                $"{what}: io some, %", io[index], Share((run.End.IoSomeNsec - half.IoSomeNsec) / 1e9, seconds), 0.5);
            yield return new(
                $"{what}: refaults a second",
                new(refaults[index]),
                (run.End.RefaultedFile - half.RefaultedFile) / seconds,
                5);
            yield return new(
                $"{what}: restores a second",
                new(restores[index]),
                (run.End.RestoredFile - half.RestoredFile) / seconds,
                5);
        }
    }

    /// <param name="firstRestored">The share of refaults that are restores with the smallest of the sets, %.</param>
    /// <param name="lastRestored">With the largest.</param>
    private static IEnumerable<PublishedTarget> Touches(
        string lru, double[] memory, Measured firstRestored, Measured lastRestored)
    {
        for (int index = 0; index < TouchMiB.Length; index++)
        {
            PublishedRun run = new($$"""
                duration: 60s
                machine: { lru: {{lru}}, slowdown: 10, swap: 1GiB, disk: { iops: 2000/s } }
                cgroups: [ { path: job, memory.max: 64MiB } ]
                processes: [ { name: hot, cgroup: job, hot-set: { size: {{TouchMiB[index]}}MiB } } ]
                """);
            Tick half = run.At(30);
            double seconds = (run.End.Usec - half.Usec) / 1e6;
            long refaults = run.End.RefaultedAnon - half.RefaultedAnon;
            string what = $"random touches of {TouchMiB[index]} MB in 64 MB with swap, {lru}";
            yield return new(
                $"{what}: memory some, %",
                new(memory[index]),
                Share((run.End.MemorySomeNsec - half.MemorySomeNsec) / 1e9, seconds),
                0.5);
            yield return new(
                $"{what}: io some, %", new(5, 40), Share((run.End.IoSomeNsec - half.IoSomeNsec) / 1e9, seconds), 0.5);
            yield return new(
                $"{what}: pages swapped in a second, thousands",
                new(0.75, 2.8),
                (run.End.SwappedIn - half.SwappedIn) / seconds / 1000,
                0);
            yield return new(
                $"{what}: touches a second, thousands",
                new(3, 14),
                (run.End.Touches - half.Touches) / seconds / 1000,
                0);
            if (index == 0 || index == TouchMiB.Length - 1)
            {
                yield return new(
                    $"{what}: restores as a share of refaults, %",
                    index == 0 ? firstRestored : lastRestored,
                    Share(run.End.RestoredAnon - half.RestoredAnon, refaults),
                    1);
            }
        }
    }

    private static IEnumerable<PublishedTarget> LeakIntoSwap()
    {
        const string What = "leak of 20 MB/s to 900 MB with 2 GB of swap";
        PublishedRun run = Small($", swap: 2GiB, lru: {Generations}", 20, ", ceiling: 900MiB");
        Tick swaps = run.First(static tick => tick.SwappedOut > 0);
        double from = swaps.Usec / 1e6;
        Tick after = run.At(from + 30);
        double[] available = [.. run.Between(from, from + 30).Select(static tick => ToMiB(tick.AvailablePages))];
        double quick = (run.At(2).Reads - run.At(1).Reads) * 30.0;
        yield return new($"{What}: kernel's kills", new(0), run.Outcome.KernelKills.Count, 0);
        yield return new($"{What}: cache when the first page is swapped out, MB", new(14), ToMiB(swaps.CachePages), 1);
        yield return new($"{What}: least available in the 30 s after it, MB", new(8), available.Min(), 1);
        yield return new($"{What}: most available in them, MB", new(60), available.Max(), 1);
        yield return new(
            $"{What}: memory some in them, s", new(10), (after.MemorySomeNsec - swaps.MemorySomeNsec) / 1e9, 0.1);
        yield return new(
            $"{What}: how many times fewer reads another gets done in them", new(5, 40), quick / (after.Reads - swaps.Reads), 0);
        yield return new($"{What}: highest memory some avg10, %", new(44), run.HighestSome10, 0.5);
    }

    private static IEnumerable<PublishedTarget> LeakIntoZram()
    {
        const string What = "leak into zram of 512 MB, ratio 1.87";
        PublishedRun run = Zram(", zram: { size: 512MiB, ratio: 187%, incompressible: 0% }");
        Tick swaps = run.First(static tick => tick.SwappedOut > 0);
        double[] available = [.. run.Between(swaps.Usec / 1e6, run.BeforeKill.Usec / 1e6)
            .Select(static tick => ToMiB(tick.AvailablePages))];
        Array.Sort(available);
        double gained = (run.BeforeKill.Usec - Zram("").BeforeKill.Usec) * 20 / 1e6;
        yield return new($"{What}: how much further it gets, MB", new(237), gained, 1);
        yield return new($"{What}: highest memory some avg10, %", new(81), run.HighestSome10, 0.5);
        yield return new($"{What}: available while it swaps, median, MB", new(12, 14), available[available.Length / 2], 1);
        yield return new($"{What}: swap left at the kill, MB", new(0), ToMiB(run.BeforeKill.SwapFreePages), 1);
    }

    private static IEnumerable<PublishedTarget> LeakAboveHigh()
    {
        const string What = "leak of 200 MB/s above memory.high of 100 MB, no swap, after 35 s";
        PublishedRun run = new("""
            duration: 35s
            machine: { ram: 464MiB, slowdown: 10, kernel-memory: 40MiB, slab: 10MiB, boot-cache: 10MiB }
            cgroups: [ { path: job, memory.high: 100MiB } ]
            processes: [ { name: leak, cgroup: job, leak: { rate: 200MiB/s } } ]
            """);
        SimulatedCgroup job = run.Machine.FindCgroup("/job")!;
        yield return new($"{What}: memory.current, MB", new(115.5), ToMiB(job.CurrentPages), 0.5);
        yield return new(
            $"{What}: its memory some, % of the time",
            new(99.5),
            Share(job.Pressure.TotalNsec(PsiState.MemorySome) / 1e9, run.End.Usec / 1e6),
            0.5);
        yield return new(
            $"{What}: its memory some avg10, %",
            new(95),
            PsiAverages.Whole(job.Pressure.Averages(PsiState.MemorySome).Avg10),
            1);
    }

    private static PublishedTarget LeakIntoMax()
    {
        PublishedRun run = new("""
            duration: 10s
            machine: { ram: 464MiB, slowdown: 10, kernel-memory: 40MiB, slab: 10MiB, boot-cache: 10MiB }
            cgroups: [ { path: job, memory.max: 64MiB } ]
            processes: [ { name: leak, cgroup: job, leak: { rate: 100MiB/s } } ]
            """);
        double stallMs = run.Machine.FindCgroup("/job")!.Pressure.TotalNsec(PsiState.MemorySome) / 1e6;
        return new("leak into memory.max without swap: its memory some until the kill, ms", new(27), stallMs, 1);
    }

    /// <summary>
    /// The kernel's own selftest of memory.min and memory.low (test_memcg_protection), with its tolerances: 3 % of the
    /// sum of both values for the whole, 10 % for its parts.
    /// </summary>
    private static IEnumerable<PublishedTarget> Protection(string setting, int pressureMiB, int wholeMiB)
    {
        SimulatedMachine machine = new PublishedRun($$"""
            duration: 20s
            cgroups:
              - { path: a, memory.max: 200MiB }
              - { path: a/b, memory.{{setting}}: 50MiB }
              - { path: a/b/c, memory.{{setting}}: 75MiB }
              - { path: a/b/d, memory.{{setting}}: 25MiB }
              - { path: a/b/e }
              - { path: a/b/f, memory.{{setting}}: 500MiB }
              - { path: a/g }
            processes:
              - { name: c, cgroup: a/b/c, file: 50MiB }
              - { name: d, cgroup: a/b/d, file: 50MiB }
              - { name: e, cgroup: a/b/e, file: 50MiB }
              - { name: g, cgroup: a/g, leak: { rate: 40MiB/s, ceiling: {{pressureMiB}}MiB } }
            """).Machine;
        string what = $"{pressureMiB} MB beside page cache under memory.{setting} of 50 MB";
        yield return Used("b", wholeMiB, 3, "left of it");
        if (pressureMiB == 148)
        {
            yield return Used("b/c", 29, 10, "with memory.low 75 MB of its own");
            yield return Used("b/d", 21, 10, "with memory.low 25 MB of its own");
            yield return new($"{what}: with none of its own, MB", new(0), Left("b/e"), 3);
        }
        else
        {
            long broken = Math.Min(1, machine.FindCgroup("/a/b/c")!.Events.Low);
            yield return new($"{what}: memory.low broken", new(setting == "low" ? 1 : 0), broken, 0);
        }

        double Left(string path) => ToMiB(machine.FindCgroup("/a/" + path)!.CurrentPages);

        PublishedTarget Used(string path, int expected, int percent, string name)
        {
            double left = Left(path);
            return new($"{what}: {name}, MB", new(expected), left, (expected + left) * percent / 100) { Widened = 0 };
        }
    }

    /// <summary>On a native processor (Linux 6.18), not in that guest.</summary>
    private static IEnumerable<PublishedTarget> Deaths()
    {
        foreach ((int mib, bool released, double ms) in
            new[] { (256, false, 19.0), (1024, false, 73), (4096, false, 418), (4096, true, 222) })
        {
            SimulatedMachine machine = new(new MachineOptions { RamBytes = 8L << 30 });
            SimulatedProcess process = machine.Start(new ProcessOptions { AnonBytes = (long)mib << 20 });
            machine.Signal(process, Signals.Kill);
            if (released)
            {
                machine.ReleaseMemory(process);
            }

            machine.Advance(5_000_000);
            yield return new(
                $"SIGKILL to the end of {mib} MB of small pages, native{(released ? ", with process_mrelease" : "")}, ms",
                new(ms),
                (process.EndedUsec - process.DyingSinceUsec) / 1e3,
                SimulatedMachine.TickUsec / 1e3);
        }
    }

    private static PublishedRun Small(string machine, int mibPerSecond, string leak) => new($$"""
        duration: 120s
        machine: { ram: 464MiB, slowdown: 10, kernel-memory: 40MiB, slab: 10MiB, boot-cache: 10MiB{{machine}} }
        processes:
          - { name: r, cgroup: r, cache-reader: { size: 120MiB, cached: true, reads: 2000/s } }
          - { name: leak, cgroup: leak, starts: 2s, leak: { rate: {{mibPerSecond}}MiB/s{{leak}} } }
        """);

    private static PublishedRun Zram(string zram) => new($$"""
        duration: 120s
        machine: { ram: 512MiB, slowdown: 10, kernel-memory: 40MiB, slab: 10MiB, boot-cache: 10MiB{{zram}} }
        processes: [ { name: leak, cgroup: leak, leak: { rate: 20MiB/s } } ]
        """);

    private static double ToMiB(long pages) => pages / (double)Pages.PerMiB;

    private static double Share(double part, double whole) => whole == 0 ? 0 : part * 100 / whole;
}
