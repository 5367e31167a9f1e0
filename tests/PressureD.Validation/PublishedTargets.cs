using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using PressureD.Simulation.Machine;
using PressureD.Simulation.ScenarioFiles;
using PressureD.Simulation.Scenarios;
using PressureD.Simulation.Workloads;

namespace PressureD.Validation;

/// <summary>
/// What was measured on a guest of 464 MiB (Linux 6.12) before there was this bed, mostly in single runs, and the model
/// in its place.
/// </summary>
internal static class PublishedTargets
{
    private static readonly int[] ReadMiB = [64, 72, 80, 96, 128, 192];
    private static readonly int[] TouchMiB = [72, 80, 96, 128, 192];

    /// <summary>Runs the model for each of them.</summary>
    internal static IEnumerable<PublishedTarget> Run()
    {
        foreach (PublishedTarget target in Leaks()
            .Concat(Refaults("classic", [5.9, 17.9, 11.2, 2.1, 2.0, 1.7], [4.5, 25, 5, 18, 21, 34]))
            .Concat(Refaults("generations", [1.1, 8.0, 8.0, 3.8, 1.8, 1.1], [5, 13, 16, 13, 29, 9]))
            .Concat(Touches("classic", [21, 13, 21, 12, 14]))
            .Concat(Touches("generations", [31, 22, 39, 47, 20])))
        {
            yield return target;
        }

        ScenarioOutcome swap = Small(", swap: 2GiB, lru: generations", 20, ", ceiling: 900MiB");
        yield return new("leak of 20 MB/s to 900 MB with 2 GB of swap: kernel's kills", 0, 0, Kills(swap), 0);
        yield return new("the same: highest memory some avg10, %", 44, 44, Highest(swap), 0.5);
        double gained = LeakedMiB(", zram: { size: 512MiB, ratio: 187%, incompressible: 0% }") - LeakedMiB("");
        yield return new("zram of 512 MB, ratio 1.87: how much further a leak gets, MB", 237, 237, gained, 1);
        ScenarioOutcome zram = Zram(", zram: { size: 512MiB, ratio: 187%, incompressible: 0% }");
        yield return new("the same: highest memory some avg10, %", 81, 81, Highest(zram), 0.5);
        foreach (PublishedTarget target in Protection("low", 148, 50).Concat(Protection("low", 170, 30))
            .Concat(Protection("min", 170, 50)))
        {
            yield return target;
        }
    }

    // The kernel's own selftest of memory.min and memory.low (test_memcg_protection), with its tolerances: 3 % of the
    // sum of both values for the whole, 10 % for its parts.
    private static IEnumerable<PublishedTarget> Protection(string setting, int pressureMiB, int wholeMiB)
    {
        SimulatedMachine machine = Read($$"""
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
            """).Stage.Machine;
        string what = $"{pressureMiB} MB beside page cache under memory.{setting} of 50 MB";
        yield return Used("b", wholeMiB, 3, $"{what}: left of it, MB");
        if (pressureMiB == 148)
        {
            yield return Used("b/c", 29, 10, $"{what}: with memory.low 75 MB of its own, MB");
            yield return Used("b/d", 21, 10, $"{what}: with memory.low 25 MB of its own, MB");
            yield return new($"{what}: with none of its own, MB", 0, 0, MiB("b/e"), 3);
        }
        else
        {
            int most = setting == "low" ? 1 : 0;
            yield return new($"{what}: memory.low broken", most, most, long.Min(1, Events()), 0);
        }

        double MiB(string path) => machine.FindCgroup("a/" + path)!.CurrentPages * 4 / 1024.0;

        PublishedTarget Used(string path, int expected, int percent, string name) =>
            new(name, expected, expected, MiB(path), (expected + MiB(path)) * percent / 100) { Widened = 0 };

        long Events() => machine.FindCgroup("a/b/c")!.Events.Low;
    }

    private static IEnumerable<PublishedTarget> Leaks()
    {
        (int Rate, double[] Least, double[] Most)[] measured =
        [
            (100, [1.1, 0.6, 0.4, 2.7], [1.1, 0.6, 0.4, 2.7]),
            (20, [2.8, 1.6, 0.8, 3.1], [3.2, 1.8, 1.2, 13.1]),
            (5, [10.6, 6.2, 3.2, 6.0], [10.6, 6.2, 3.2, 6.0]),
        ];
        foreach ((int rate, double[] least, double[] most) in measured)
        {
            ScenarioOutcome outcome = Small("", rate, "");
            long killUsec = outcome.KernelKills[0].TimeUsec - outcome.Stage.Machine.Options.StartUsec;
            int[] levels = [10, 5, 2];
            for (int index = 0; index < levels.Length; index++)
            {
                long belowUsec = outcome.Rows
                    .First(row => row.AvailableBytes * 100 < row.TotalBytes * levels[index]).Usec;
                yield return new(
                    $"leak of {rate} MB/s without swap: from below {levels[index]} % of MemTotal to the kernel's kill, s",
                    least[index],
                    most[index],
                    (killUsec - belowUsec) / 1e6,
                    0.1);
            }

            yield return new(
                $"leak of {rate} MB/s without swap: highest memory some avg10 before the kernel's killer, %",
                least[3],
                most[3],
                outcome.Rows.Where(row => row.Usec <= killUsec).Max(static row => row.MemorySome10) / 100.0,
                0.5);
        }
    }

    private static IEnumerable<PublishedTarget> Refaults(string lru, double[] memory, double[] io)
    {
        for (int index = 0; index < ReadMiB.Length; index++)
        {
            ScenarioRow last = Read($$"""
                duration: 60s
                machine: { lru: {{lru}}, slowdown: 10, disk: { iops: 4000/s } }
                cgroups: [ { path: job, memory.max: 64MiB } ]
                processes: [ { name: r, cgroup: job, cache-reader: { size: {{ReadMiB[index]}}MiB } } ]
                """).Rows[^1];
            string what = $"random reads of {ReadMiB[index]} MB of files in 64 MB, {lru}";
            yield return new($"{what}: memory some, %", memory[index], memory[index], last.MemorySome10 / 100.0, 0.5);
            yield return new($"{what}: io some, %", io[index], io[index], last.IoSome10 / 100.0, 0.5);
        }
    }

    private static IEnumerable<PublishedTarget> Touches(string lru, double[] memory)
    {
        for (int index = 0; index < TouchMiB.Length; index++)
        {
            ScenarioOutcome outcome = Read($$"""
                duration: 30s
                machine: { lru: {{lru}}, slowdown: 10, swap: 1GiB, disk: { iops: 2000/s } }
                cgroups: [ { path: job, memory.max: 64MiB } ]
                processes: [ { name: hot, cgroup: job, hot-set: { size: {{TouchMiB[index]}}MiB } } ]
                """);
            string what = $"random touches of {TouchMiB[index]} MB in 64 MB with swap, {lru}";
            yield return new(
                $"{what}: memory some, %", memory[index], memory[index], outcome.Rows[^1].MemorySome10 / 100.0, 0.5);
            if (index == 0)
            {
                yield return new(
                    $"{what}: touches a second, thousands",
                    3,
                    14,
                    ((HotSetWorkload)outcome.Stage.Processes[0].Workload!).Touches / 30.0 / 1000,
                    0);
            }
        }
    }

    private static int Kills(ScenarioOutcome outcome) => outcome.KernelKills.Count;

    private static ScenarioOutcome Small(string machine, int mibPerSecond, string leak) => Read($$"""
        duration: 120s
        machine: { ram: 464MiB, slowdown: 10, kernel-memory: 40MiB, slab: 10MiB, boot-cache: 10MiB{{machine}} }
        processes:
          - { name: r, cgroup: r, cache-reader: { size: 120MiB, cached: true, reads: 2000/s } }
          - { name: leak, cgroup: leak, starts: 2s, leak: { rate: {{mibPerSecond}}MiB/s{{leak}} } }
        """);

    private static ScenarioOutcome Zram(string zram) => Read($$"""
        duration: 120s
        machine: { ram: 512MiB, slowdown: 10, kernel-memory: 40MiB, slab: 10MiB, boot-cache: 10MiB{{zram}} }
        processes: [ { name: leak, cgroup: leak, leak: { rate: 20MiB/s } } ]
        """);

    private static double LeakedMiB(string zram)
    {
        ScenarioOutcome outcome = Zram(zram);
        return (outcome.KernelKills[0].TimeUsec - outcome.Stage.Machine.Options.StartUsec) * 20 / 1e6;
    }

    private static double Highest(ScenarioOutcome outcome) =>
        outcome.Rows.Max(static row => row.MemorySome10) / 100.0;

    private static ScenarioOutcome Read(string text)
    {
        ScenarioResult read = ScenarioReader.Read(
            "published", Encoding.UTF8.GetBytes("title: published\npolicy: none\n" + text), static _ => null);
        Scenario scenario = read.Scenario ?? throw new FormatException(string.Join('\n', read.Diagnostics));
        return new ScenarioRun(scenario, null) { RowUsec = 100_000 }.Run();
    }
}
