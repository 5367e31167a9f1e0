using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Fuzz;

/// <summary>
/// A random scenario as the lines of a scenario file, so that what fails can be made smaller, kept and read. It is
/// random in what plagues it as well: whole kinds of trouble are on or off in one seed.
/// </summary>
/// <remarks>
/// Everything that a checker must know is in names: what is in vital.slice is protected by the policy, and every kill
/// rule of a policy that is not the shipped one asks for less than <see cref="GateBytes"/> of available memory.
/// </remarks>
public sealed record FuzzScenario
{
    private const long MiB = 1L << 20;
    private const string GateKey = "# gate in bytes";
    private const string CalmKey = "# calm from, in µs";

    public required ulong Seed { get; init; }

    /// <summary>Whether the policy is the shipped one.</summary>
    public required bool Shipped { get; init; }

    /// <summary>Available memory below which the policy's own rules may kill.</summary>
    public required long GateBytes { get; init; }

    /// <summary>
    /// Whether one of the policy's own kill rules goes by available memory alone: one that asks when memory will be at
    /// its end need not act for as long as there is swap left.
    /// </summary>
    public bool KillsByLevel => Rules.Any(rule =>
        rule.Contains("{ kill:", StringComparison.Ordinal)
        && !rule.Contains("time_to_exhaustion", StringComparison.Ordinal));

    public required long DurationUsec { get; init; }

    /// <summary>When faults stop.</summary>
    public required long CalmFromUsec { get; init; }

    public required string Machine { get; init; }
    public required ImmutableArray<string> Rules { get; init; }
    public required ImmutableArray<string> Processes { get; init; }
    public required ImmutableArray<string> Script { get; init; }
    public required ImmutableArray<string> Faults { get; init; }

    /// <summary>Draws a scenario.</summary>
    /// <param name="seed">Everything follows from it.</param>
    /// <param name="durationUsec">How long it runs: at least a minute.</param>
    public static FuzzScenario Of(ulong seed, long durationUsec)
    {
        var draws = new SeededSequence(seed, "fuzz");
        var ramMiB = Pick(draws, 512, 1024, 1024, 2048, 4096);
        var shipped = draws.OnceIn(3);
        var gateMiB = ramMiB * (5 + draws.Below(11)) / 100;
        var calmUsec = durationUsec / 3 * 2;
        return new FuzzScenario
        {
            Seed = seed,
            Shipped = shipped,
            GateBytes = gateMiB * MiB,
            DurationUsec = durationUsec,
            CalmFromUsec = calmUsec,
            Machine = DrawMachine(draws, ramMiB),
            Rules = shipped ? [] : [.. DrawRules(draws, gateMiB), .. DrawMild(seed, gateMiB, ramMiB)],
            Processes = DrawProcesses(draws, ramMiB, calmUsec / 1000),
            Script = DrawScript(draws, calmUsec / 1000),
            Faults = DrawFaults(draws, seed, calmUsec / 1000),
        };
    }

    /// <summary>Reads what <see cref="ToString"/> wrote: the file of a case that is kept.</summary>
    /// <exception cref="FormatException">It is not such a file.</exception>
    public static FuzzScenario Read(string file)
    {
        var fields = new Dictionary<string, string>();
        var lists = new Dictionary<string, List<string>> { [""] = [] };
        var section = "";
        foreach (var line in file.Split('\n'))
        {
            var text = line.Trim();
            if (text.StartsWith("- ", StringComparison.Ordinal)) lists[section].Add(text[2..]);
            else if (text.EndsWith(':')) lists[section = text[..^1]] = [];
            else if (text.IndexOf(": ", StringComparison.Ordinal) is var colon and > 0)
                fields[text[..colon]] = text[(colon + 2)..];
        }

        ImmutableArray<string> List(string key) => lists.TryGetValue(key, out var items) ? [.. items] : [];
        string Field(string key) => fields.TryGetValue(key, out var value)
            ? value
            : throw new FormatException($"no '{key}:' in the file of a kept case");
        long Number(string key) => long.Parse(Field(key).TrimEnd('m', 's'), CultureInfo.InvariantCulture);
        return new FuzzScenario
        {
            Seed = ulong.Parse(Field("title").Split(' ')[^1], CultureInfo.InvariantCulture),
            Shipped = List("policy").Contains("shipped"),
            GateBytes = Number(GateKey),
            CalmFromUsec = Number(CalmKey),
            DurationUsec = Number("duration") * 1000,
            Machine = Field("machine"),
            Rules = List("rules"),
            Processes = List("processes"),
            Script = List("script"),
            Faults = List("faults"),
        };
    }

    /// <summary>The scenario's file; what checkers know beside it is in comments at its head.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(GateKey).Append(": ").Append(GateBytes).Append('\n');
        text.Append(CalmKey).Append(": ").Append(CalmFromUsec).Append('\n');
        text.Append("title: Drawn from the seed ").Append(Seed).Append('\n');
        text.Append("duration: ").Append(DurationUsec / 1000).Append("ms\n");
        text.Append("machine: ").Append(Machine).Append('\n');
        text.Append("policy:\n");
        if (Shipped) text.Append("  - shipped\n");
        text.Append(Shipped ? "  - protect: " : "  protect: ").Append("[ { cgroup: \"vital.slice/**\" } ]\n");
        if (Rules.Length > 0) text.Append("  rules:\n");
        foreach (var rule in Rules) text.Append("    - ").Append(rule).Append('\n');
        List(text, "processes", Processes);
        List(text, "script", Script);
        List(text, "faults", Faults);
        text.Append("expect: { victims: any, kernel-oom: any }\n");
        return text.ToString();
    }

    /// <summary>The same with one thing less, each of them.</summary>
    public IEnumerable<FuzzScenario> Smaller()
    {
        if (DurationUsec > 120_000_000)
            yield return this with { DurationUsec = DurationUsec / 2, CalmFromUsec = CalmFromUsec / 2 };
        for (var index = 0; index < Faults.Length; index++) yield return this with { Faults = Faults.RemoveAt(index) };
        for (var index = 0; index < Script.Length; index++)
        {
            // With what ends it: a file that nobody restores would blind the daemon for good, which is another failure.
            var ended = index + 1 < Script.Length
                && (Script[index + 1].Contains("restore: true") || Script[index + 1].Contains("remove-cgroup:"));
            if (Script[index].Contains("restore: true")) continue;
            yield return this with { Script = Script.RemoveRange(index, ended ? 2 : 1) };
        }

        for (var index = 0; index < Processes.Length; index++)
            yield return this with { Processes = Processes.RemoveAt(index) };
        for (var index = 0; index < Rules.Length; index++)
        {
            // Without any kill it would stand by by right.
            var fewer = Rules.RemoveAt(index);
            if (fewer.Any(static rule => rule.Contains("kill:", StringComparison.Ordinal)))
                yield return this with { Rules = fewer };
        }
    }

    private static void List(StringBuilder text, string key, ImmutableArray<string> items)
    {
        if (items.Length == 0) return;
        text.Append(key).Append(":\n");
        foreach (var item in items) text.Append("  - ").Append(item).Append('\n');
    }

    private static string DrawMachine(SeededSequence draws, long ramMiB)
    {
        var kernel = Pick(draws, "5.10", "6.1", "6.6", "6.12", "6.18");
        var text = new StringBuilder($"{{ ram: {ramMiB}MiB, cpus: {1 + draws.Below(8)}, kernel: \"{kernel}\"");
        if (draws.OnceIn(2)) text.Append($", swap: {(1 + draws.Below(8)) * ramMiB / 8}MiB");
        if (draws.OnceIn(4))
            text.Append($", zram: {{ size: {ramMiB / 2}MiB, ratio: {100 + draws.Below(400)}%, ")
                .Append($"incompressible: {draws.Below(100)}% }}");
        if (draws.OnceIn(4)) text.Append($", disk: {{ iops: {100 + draws.Below(20_000)}/s }}");
        if (draws.OnceIn(5)) text.Append(", slowdown: 10");
        if (draws.OnceIn(8)) text.Append(", cgroups: hybrid");
        if (draws.OnceIn(8)) text.Append(", psi: false");
        return text.Append(" }").ToString();
    }

    private static ImmutableArray<string> DrawRules(SeededSequence draws, long gateMiB)
    {
        var rules = ImmutableArray.CreateBuilder<string>();
        var count = 1 + draws.Below(3);
        for (var index = 0; index < count; index++)
        {
            var more = draws.Below(4) switch
            {
                0 => " for 2s",
                1 => " and time_to_exhaustion < 20s",
                2 => " and not mem.available > 10GiB",
                _ => "",
            };
            var kill = new StringBuilder();
            kill.Append($"from: \"{Pick(draws, "**", "{app,vital}.slice/**", "app.slice/*")}\"");
            kill.Append($", victim: {Pick(draws, "process", "cgroup")}");
            kill.Append($", rank: [{Pick(draws, "size", "growth, size", "badness")}]");
            if (draws.OnceIn(2)) kill.Append(", signal: KILL");
            else kill.Append($", grace: {1 + draws.Below(5)}s");
            if (draws.OnceIn(2)) kill.Append($", min-size: {8 + draws.Below(40)}MiB");
            var below = gateMiB - draws.Below(gateMiB / 4);
            rules.Add($"{{ name: rule-{index}, when: \"mem.available < {below}MiB{more}\", "
                + $"cooldown: {1 + draws.Below(20)}s, then: [ {{ notify: critical }}, {{ kill: {{ {kill} }} }} ] }}");
        }

        return rules.ToImmutable();
    }

    /// <summary>
    /// Rules that do something milder than a kill, from a sequence of their own. They are over when three quarters of
    /// the gate are available, so that a checker knows when everything must be as it was.
    /// </summary>
    private static IEnumerable<string> DrawMild(ulong seed, long gateMiB, long ramMiB)
    {
        var draws = new SeededSequence(seed, "fuzz-mild");
        var count = draws.Below(3);
        for (var index = 0; index < count; index++)
        {
            var below = gateMiB * 3 / 4 - draws.Below(gateMiB / 4);
            yield return $"{{ name: mild-{index}, when: mem.available < {below}MiB, "
                + $"cooldown: {draws.Below(10)}s, then: [ {{ {DrawMildAct(draws, ramMiB)} }} ] }}";
        }
    }

    private static string DrawMildAct(SeededSequence draws, long ramMiB)
    {
        var of = $"of: \"{Pick(draws, "app.slice/*", "app.slice/**", "{app,vital}.slice/*", "**")}\"";
        var most = draws.OnceIn(3) ? $", at-most: {1 + draws.Below(4)}" : "";
        var time = $", for: {1 + draws.Below(20)}s";
        return draws.Below(6) switch
        {
            0 => $"reclaim: {{ {of}, amount: {1 + draws.Below(20)}%{most} }}",
            1 => $"throttle: {{ {of}, to: {50 + draws.Below(51)}%{time}{most} }}",
            2 => $"freeze: {{ {of}{time}{most} }}",
            3 => $"swap: {{ {of}, max: {draws.Below(ramMiB)}MiB{(draws.OnceIn(2) ? time : "")}{most} }}",
            4 => $"set: {{ {of}, file: memory.oom.group, value: \"1\"{most} }}",
            _ => $"set: {{ {of}, file: memory.low, value: {draws.Below(ramMiB / 4)}MiB{most} }}",
        };
    }

    private static ImmutableArray<string> DrawProcesses(SeededSequence draws, long ramMiB, long calmMsec)
    {
        var processes = ImmutableArray.CreateBuilder<string>();
        processes.Add($"{{ name: vital, cgroup: vital.slice/db, anon: {1 + draws.Below(ramMiB / 8)}MiB }}");
        processes.Add("{ name: untouchable, cgroup: app.slice/u, oom-score-adj: -1000, anon: "
            + $"{1 + draws.Below(ramMiB / 8)}MiB }}");
        var count = 1 + draws.Below(8);
        for (var index = 0; index < count; index++)
        {
            var work = DrawWork(draws, ramMiB);
            var name = $"p{index}";
            var slice = Pick(draws, "app.slice", "app.slice", "user.slice/user-1000.slice", "vital.slice");
            var several = draws.OnceIn(3) ? $", count: {2 + draws.Below(8)}, every: {draws.Below(30_000)}ms" : "";
            var more = draws.OnceIn(4) ? ", ignores-term: true" : "";
            more += draws.OnceIn(6) ? ", leaderless: true" : "";
            more += draws.OnceIn(4) ? $", oom-score-adj: {draws.Below(1000)}" : "";
            processes.Add($"{{ name: {name}, cgroup: \"{slice}/{name}-{{n}}\", starts: {draws.Below(calmMsec)}ms"
                + $"{several}{more}, {work} }}");
        }

        return processes.ToImmutable();
    }

    private static string DrawWork(SeededSequence draws, long ramMiB) => draws.Below(9) switch
    {
        0 or 1 => $"leak: {{ rate: {1 + draws.Below(100)}MiB/s }}",
        2 => $"leak: {{ rate: {1 + draws.Below(300)}MiB/s, ceiling: {1 + draws.Below(ramMiB)}MiB }}",
        3 => $"spike: {{ peak: {1 + draws.Below(2 * ramMiB)}MiB }}",
        4 => $"hot-set: {{ size: {1 + draws.Below(2 * ramMiB)}MiB, touches: {100 + draws.Below(50_000)}/s }}",
        5 => $"cache-reader: {{ size: {1 + draws.Below(4 * ramMiB)}MiB, reads: {100 + draws.Below(5_000)}/s }}",
        6 => $"tmpfs: {{ rate: {1 + draws.Below(100)}MiB/s, ceiling: {1 + draws.Below(ramMiB / 2)}MiB }}",
        7 => $"restarts: {{ memory: {1 + draws.Below(ramMiB / 2)}MiB, life: {500 + draws.Below(5_000)}ms }}",
        _ => $"build: {{ jobs: {1 + draws.Below(8)}, memory: {1 + draws.Below(100)}MiB, units: 500 }}",
    };

    private static ImmutableArray<string> DrawScript(SeededSequence draws, long calmMsec)
    {
        var script = ImmutableArray.CreateBuilder<string>();
        var count = draws.OnceIn(2) ? 0 : 1 + draws.Below(5);
        for (var index = 0; index < count; index++)
        {
            var at = draws.Below(calmMsec / 2);
            var file = Pick(draws, "/proc/meminfo", "/proc/vmstat", "/proc/swaps", "/proc/pressure/memory");
            if (draws.OnceIn(2))
            {
                script.Add($"{{ at: {at}ms, file: {file}, errno: {Pick(draws, "EIO", "ENOENT", "ENOMEM")} }}");
                script.Add($"{{ at: {at + draws.Below(calmMsec / 2)}ms, file: {file}, restore: true }}");
            }
            else
            {
                script.Add($"{{ at: {at}ms, make-cgroup: app.slice/empty-{index} }}");
                script.Add($"{{ at: {at + draws.Below(calmMsec / 2)}ms, remove-cgroup: app.slice/empty-{index} }}");
            }
        }

        return script.ToImmutable();
    }

    private static ImmutableArray<string> DrawFaults(SeededSequence draws, ulong seed, long calmMsec)
    {
        var faults = ImmutableArray.CreateBuilder<string>();
        if (draws.OnceIn(2)) faults.Add($"{{ seed: {1 + (seed % 1_000_000)}, until: {calmMsec}ms }}");
        var restarts = draws.OnceIn(3) ? 1 + draws.Below(3) : 0;
        for (var index = 0; index < restarts; index++) faults.Add($"{{ restart: {draws.Below(calmMsec)}ms }}");
        return faults.ToImmutable();
    }

    private static T Pick<T>(SeededSequence draws, params ReadOnlySpan<T> choices) =>
        choices[(int)draws.Below(choices.Length)];
}
