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
/// Everything that a checker must know is in names and in the rules' own text: what is in vital.slice is protected by
/// the policy, and every kill rule of a policy that is not the shipped one asks for less than <see cref="GateBytes"/>
/// of available memory.
/// </remarks>
public sealed record FuzzScenario
{
    private const long MiB = 1L << 20;
    private const string GateKey = "# gate in bytes";
    private const string CalmKey = "# calm from, in µs";
    private const string RecreatesKey = "# services start anew under acts, once in so many calls";
    private const string QuietKey = "# quiet";

    public required ulong Seed { get; init; }

    /// <summary>Whether the policy is the shipped one.</summary>
    public required bool Shipped { get; init; }

    /// <summary>Available memory below which the policy's own rules may kill.</summary>
    public required long GateBytes { get; init; }

    /// <summary>
    /// Services end and start again in the middle of acts, once in so many calls that an act makes; 0: never.
    /// </summary>
    public long RecreatesOneIn { get; init; }

    /// <summary>Whether everything fits, with a quarter of memory to spare: nobody has to be signalled.</summary>
    public bool Quiet { get; init; }

    /// <summary>
    /// Whether limits of swap and memory.low are put back by nothing but the end of their rule: no time is up, and no
    /// fault keeps the daemon from it.
    /// </summary>
    public bool PutsBackOnlyWhenOver =>
        Faults.IsEmpty && !Rules.Any(static rule => rule.Contains("{ swap: ", StringComparison.Ordinal)
            && rule.Contains(", for: ", StringComparison.Ordinal));

    public required long DurationUsec { get; init; }

    /// <summary>When faults stop.</summary>
    public required long CalmFromUsec { get; init; }

    /// <summary>From when on the daemon can be held to act: no file is kept from it any more either.</summary>
    public long SeesFromUsec => Script
        .Where(static line => line.Contains("restore: true", StringComparison.Ordinal))
        .Select(FuzzWrite.UsecOf)
        .Append(CalmFromUsec)
        .Max();

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
        var calmMsec = calmUsec / 1000;
        var quiet = shipped && new SeededSequence(seed, "fuzz-quiet").OnceIn(2);
        var machine = WithZswap(DrawMachine(draws, ramMiB), seed);
        var kills = shipped ? [] : DrawRules(draws, gateMiB);

        ImmutableArray<string> mild = [.. DrawMild(seed, gateMiB, ramMiB), .. DrawMoreMild(seed, gateMiB, ramMiB)];

        // Without a kill trouble lasts, and so do the milder rules' changes.
        var isMild = mild.Length > 0 && new SeededSequence(seed, "fuzz-mild-only").OnceIn(6);
        var processes = DrawProcesses(draws, ramMiB, calmMsec);
        var script = DrawScript(draws, calmMsec);
        var faults = DrawFaults(draws, seed, calmMsec);
        var services = DrawServices(seed, ramMiB, calmMsec);
        return new FuzzScenario
        {
            RecreatesOneIn = DrawRecreates(seed),
            Quiet = quiet,
            Seed = seed,
            Shipped = shipped,
            GateBytes = gateMiB * MiB,
            DurationUsec = durationUsec,
            CalmFromUsec = calmUsec,
            Machine = machine,
            Rules = shipped
                ? []
                : isMild ? mild
                : [.. WithGroups([.. kills, .. DrawMoreRules(seed, gateMiB, ramMiB)], seed), .. mild],
            Processes = quiet
                ? [.. DrawQuiet(seed, ramMiB, calmMsec)]
                : [.. processes, .. services.Processes, .. DrawOthers(seed, ramMiB, calmMsec)],
            Script = quiet
                ? [.. script, .. DrawWrites(seed, "q", ramMiB, calmMsec)]
                : [.. script, .. services.Script, .. DrawWrites(seed, "p", ramMiB, calmMsec)],
            Faults = faults,
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
            RecreatesOneIn = fields.ContainsKey(RecreatesKey) ? Number(RecreatesKey) : 0,
            Quiet = fields.ContainsKey(QuietKey),
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
        if (RecreatesOneIn > 0) text.Append(RecreatesKey).Append(": ").Append(RecreatesOneIn).Append('\n');
        if (Quiet) text.Append(QuietKey).Append(": nobody has to be signalled\n");
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
            yield return Halved();
        if (RecreatesOneIn > 0) yield return this with { RecreatesOneIn = 0 };
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
        {
            // Nobody can exit who was never there, and a cgroup that nothing makes cannot be removed.
            var name = Processes[index].Split(' ', ',')[2];
            yield return this with
            {
                Processes = Processes.RemoveAt(index),
                Script = Script.RemoveAll(line => line.Contains($"exit: {name} }}", StringComparison.Ordinal)
                    || line.Contains($"remove-cgroup: app.slice/{name} }}", StringComparison.Ordinal)),
            };
        }

        for (var index = 0; index < Rules.Length; index++)
        {
            // One that kills stays: nobody else would be to blame for standing by.
            var fewer = Rules.RemoveAt(index);
            if (fewer.Any(IsKill) || (fewer.Length > 0 && !Rules.Any(IsKill))) yield return this with { Rules = fewer };
        }
    }

    /// <summary>The same in half the time, without what would come after its end.</summary>
    private FuzzScenario Halved()
    {
        var endUsec = DurationUsec / 2;
        var script = ImmutableArray.CreateBuilder<string>();
        for (var index = 0; index < Script.Length; index++)
        {
            // A file whose restoring would come too late is not taken away: nobody could be held to act without it.
            var isTakenAway = index + 1 < Script.Length && Script[index].Contains("errno: ", StringComparison.Ordinal);
            if (FuzzWrite.UsecOf(Script[isTakenAway ? index + 1 : index]) <= endUsec) script.Add(Script[index]);
        }

        return this with
        {
            DurationUsec = endUsec,
            CalmFromUsec = CalmFromUsec / 2,
            Script = script.ToImmutable(),
            Faults = [.. from fault in Faults
                where FuzzWrite.RestartUsecOf(fault) < endUsec
                select fault.Replace(UntilText(CalmFromUsec), UntilText(CalmFromUsec / 2), StringComparison.Ordinal)],
        };
    }

    private static string UntilText(long usec) => $"until: {usec / 1000}ms";

    private static bool IsKill(string rule) => rule.Contains("kill:", StringComparison.Ordinal);

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

    /// <summary>What is swapped to a disk may be compressed in memory before, where the model has that.</summary>
    private static string WithZswap(string machine, ulong seed)
    {
        var draws = new SeededSequence(seed, "fuzz-zswap");
        var isDisk = machine.Contains(", swap: ") && !machine.Contains("zram: ") && !machine.Contains("5.10");
        if (!isDisk || !draws.OnceIn(3)) return machine;
        var zswap = $", zswap: {{ max-pool: {5 + draws.Below(40)}%, ratio: {100 + draws.Below(400)}% }} }}";
        return machine[..^" }".Length] + zswap;
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

    /// <summary>
    /// Kill rules of other kinds, from a sequence of their own: by pressure, per slice, over only when things are
    /// better, and after a while.
    /// </summary>
    private static IEnumerable<string> DrawMoreRules(ulong seed, long gateMiB, long ramMiB)
    {
        var draws = new SeededSequence(seed, "fuzz-rules");
        var count = draws.Below(3);
        for (var index = 0; index < count; index++)
        {
            var below = gateMiB - draws.Below(gateMiB / 4);
            var kill = $"victim: {Pick(draws, "process", "cgroup")}, rank: [{Pick(draws, "size", "growth, size")}]"
                + (draws.OnceIn(2) ? ", signal: KILL" : $", grace: {1 + draws.Below(5)}s");
            var time = draws.OnceIn(2) ? $" for {1 + draws.Below(5)}s" : "";
            var until = draws.OnceIn(2) ? $"until: mem.available > {gateMiB + draws.Below(gateMiB)}MiB, " : "";
            var cooldown = 1 + draws.Below(20);
            yield return draws.OnceIn(2)
                ? $"{{ name: stall-{index}, when: \"(psi.memory.some.avg10 > {5 + draws.Below(40)}% and "
                    + $"mem.available < {below}MiB){time}\", {until}cooldown: {cooldown}s, "
                    + $"then: [ {{ kill: {{ from: \"{Pick(draws, "**", "app.slice/**")}\", {kill} }} }} ] }}"
                : $"{{ name: slice-{index}, for-each: \"*.slice\", "
                    + $"when: \"(memory.current > {1 + draws.Below(ramMiB / 2)}MiB and "
                    + $"host.mem.available < {below}MiB){time}\", {until.Replace("mem.", "host.mem.")}"
                    + $"cooldown: {cooldown}s, then: [ {{ kill: {{ from: \"./**\", {kill} }} }} ] }}";
        }
    }

    /// <summary>Some that kill a process take its whole group instead.</summary>
    private static IEnumerable<string> WithGroups(ImmutableArray<string> rules, ulong seed)
    {
        var draws = new SeededSequence(seed, "fuzz-groups");
        var isOn = draws.OnceIn(3);
        foreach (var rule in rules)
            yield return isOn && draws.OnceIn(2)
                ? rule.Replace("victim: process,", "victim: process-group,", StringComparison.Ordinal)
                : rule;
    }

    /// <summary>Milder rules of other kinds: per cgroup, by pressure, and over only when things are better.</summary>
    private static IEnumerable<string> DrawMoreMild(ulong seed, long gateMiB, long ramMiB)
    {
        var draws = new SeededSequence(seed, "fuzz-more-mild");
        var count = draws.Below(3);
        for (var index = 0; index < count; index++)
        {
            var over = gateMiB * 3 / 4 - draws.Below(gateMiB / 8);
            var below = over - draws.Below(gateMiB / 4);
            var perCgroup = draws.OnceIn(2);
            var host = perCgroup ? "host." : "";
            var until = draws.OnceIn(2) ? $"until: {host}mem.available > {over}MiB, " : "";
            var more = draws.OnceIn(3) ? $" and {host}psi.memory.some.avg10 > {1 + draws.Below(20)}%" : "";
            var act = perCgroup
                ? DrawMildActOf(draws, ramMiB, "", Pick(draws, "app.slice/*", "*.slice"))
                : DrawMildActOf(draws, ramMiB, "of: \"app.slice/*\", ", null);
            yield return $"{{ name: more-{index}, {act.ForEach}when: {host}mem.available < {below}MiB{more}, {until}"
                + $"cooldown: {draws.Below(10)}s, then: [ {{ {act.Act} }} ] }}";
        }
    }

    private static (string ForEach, string Act) DrawMildActOf(
        SeededSequence draws, long ramMiB, string of, string? forEach)
    {
        var act = draws.Below(4) switch
        {
            0 => $"throttle: {{ {of}to: {50 + draws.Below(51)}%, for: {1 + draws.Below(20)}s }}",
            1 => $"freeze: {{ {of}for: {1 + draws.Below(20)}s }}",
            2 => $"swap: {{ {of}max: {draws.Below(ramMiB)}MiB }}",
            _ => $"set: {{ {of}file: memory.low, value: {draws.Below(ramMiB / 4)}MiB }}",
        };
        return (forEach is null ? "" : $"for-each: \"{forEach}\", ", act);
    }

    private static long DrawRecreates(ulong seed)
    {
        var draws = new SeededSequence(seed, "fuzz-recreates");
        return draws.OnceIn(3) ? 2 + draws.Below(60) : 0;
    }

    /// <summary>Services that end and are started again: the same name, another cgroup.</summary>
    private static (ImmutableArray<string> Processes, ImmutableArray<string> Script) DrawServices(
        ulong seed, long ramMiB, long calmMsec)
    {
        var draws = new SeededSequence(seed, "fuzz-services");
        if (!draws.OnceIn(3)) return ([], []);
        var processes = ImmutableArray.CreateBuilder<string>();
        var script = ImmutableArray.CreateBuilder<string>();
        var count = 1 + draws.Below(2);
        for (var index = 0; index < count; index++)
        {
            var name = $"unit{index}";
            var times = 2 + draws.Below(6);
            var starts = draws.Below(calmMsec / 2);
            var every = 2_000 + draws.Below(calmMsec / 2 / times);
            processes.Add($"{{ name: {name}, cgroup: app.slice/{name}, starts: {starts}ms, count: {times}, "
                + $"every: {every}ms, {DrawWork(draws, ramMiB)} }}");
            for (var time = 1; time < times; time++)
            {
                var ends = starts + (every * time) - 1_000;
                script.Add($"{{ at: {ends}ms, exit: {name} }}");
                script.Add($"{{ at: {ends + 500}ms, remove-cgroup: app.slice/{name} }}");
            }
        }

        return (processes.ToImmutable(), script.ToImmutable());
    }

    /// <summary>Limits that somebody else sets, from the beginning or while the daemon has its own there.</summary>
    private static IEnumerable<string> DrawWrites(ulong seed, string names, long ramMiB, long calmMsec)
    {
        var draws = new SeededSequence(seed, "fuzz-writes");
        var count = draws.OnceIn(2) ? 1 + draws.Below(6) : 0;

        // Now and then so often that it falls between a change of the daemon's and its end.
        var often = draws.OnceIn(3) ? 40 : 1;
        for (var index = 0; index < count; index++)
        {
            var cgroup = draws.OnceIn(4)
                ? Pick(draws, "app.slice", "vital.slice", "vital.slice/db")
                : $"app.slice/{names}{draws.Below(4)}-1";
            var file = Pick(draws, "memory.high", "memory.max", "memory.swap.max", "memory.swap.max", "memory.low");
            var at = draws.OnceIn(2) ? 10 : draws.Below(calmMsec);
            if (at == 10) yield return $"{{ at: 10ms, make-cgroup: {cgroup} }}";
            for (var time = 0; time < often; time++)
            {
                var value = file != "memory.low" && draws.OnceIn(5) ? "max" : $"{32 + draws.Below(ramMiB)}MiB";
                yield return $"{{ at: {at}ms, cgroup: {cgroup}, file: {file}, write: {value} }}";
                at += draws.Below((calmMsec - at) / 8);
            }
        }
    }

    /// <summary>Workloads that fit with a quarter of memory to spare.</summary>
    private static IEnumerable<string> DrawQuiet(ulong seed, long ramMiB, long calmMsec)
    {
        var draws = new SeededSequence(seed, "fuzz-quiet-work");
        var count = 1 + draws.Below(6);
        var share = ((ramMiB * 65 / 100) - 120) / count;
        yield return "{ name: vital, cgroup: vital.slice/db, anon: 8MiB }";
        for (var index = 0; index < count; index++)
        {
            var work = draws.Below(10) switch
            {
                0 => $"anon: {1 + draws.Below(share)}MiB",
                1 => $"leak: {{ rate: {1 + draws.Below(300)}MiB/s, ceiling: {1 + draws.Below(share)}MiB }}",
                2 => $"spike: {{ peak: {1 + draws.Below(share)}MiB }}",
                3 => $"hot-set: {{ size: {1 + draws.Below(share)}MiB, touches: {100 + draws.Below(50_000)}/s }}",
                4 => $"cache-reader: {{ size: {1 + draws.Below(4 * ramMiB)}MiB, reads: {100 + draws.Below(5_000)}/s }}",
                5 => $"tmpfs: {{ rate: {1 + draws.Below(100)}MiB/s, ceiling: {1 + draws.Below(share)}MiB }}",
                6 => $"restarts: {{ memory: {1 + draws.Below(share)}MiB, life: {500 + draws.Below(5_000)}ms }}",
                7 => $"sawtooth: {{ peak: {2 + draws.Below(share)}MiB, rate: {1 + draws.Below(200)}MiB/s }}",
                8 => $"copy: {{ size: {1 + draws.Below(4 * ramMiB)}MiB }}",
                _ => $"build: {{ jobs: 2, memory: {1 + draws.Below(share / 2)}MiB, units: 500 }}",
            };
            yield return $"{{ name: q{index}, cgroup: \"app.slice/q{index}-{{n}}\", starts: {draws.Below(calmMsec)}ms, "
                + $"{work} }}";
        }
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

    /// <summary>Workloads of other kinds, from a sequence of their own.</summary>
    private static IEnumerable<string> DrawOthers(ulong seed, long ramMiB, long calmMsec)
    {
        var draws = new SeededSequence(seed, "fuzz-others");
        var count = draws.OnceIn(2) ? 1 + draws.Below(4) : 0;
        for (var index = 0; index < count; index++)
        {
            var rate = 1 + draws.Below(60);
            var work = draws.Below(9) switch
            {
                0 => $"mlock: {{ size: {1 + draws.Below(ramMiB / 6)}MiB, fill: {rate}MiB/s }}",
                1 => $"reactive: {{ size: {1 + draws.Below(ramMiB)}MiB, watches: {Pick(draws, "machine", "cgroup")} }}",
                2 => $"stream: {{ rate: {rate}MiB/s, size: {1 + draws.Below(2 * ramMiB)}MiB }}",
                3 => $"writer: {{ rate: {rate}MiB/s{(draws.OnceIn(2) ? ", fsync: 2s" : "")} }}",
                4 => $"forks: {{ rate: {1 + draws.Below(20)}/s, memory: {1 + draws.Below(8)}MiB, "
                    + $"life: {1 + draws.Below(10)}s }}",
                5 => $"leak: {{ rate: {rate}MiB/s, shape: {Pick(draws, "ramp", "exponential", "step")}, "
                    + $"to: {rate * 4}MiB/s, over: {5 + draws.Below(60)}s, "
                    + $"ceiling: {1 + draws.Below(2 * ramMiB)}MiB }}",
                6 => $"spike: {{ peak: {2 + draws.Below(ramMiB)}MiB, base: 1MiB, rise: 2s, hold: 3s, fall: 1s, "
                    + $"period: {7 + draws.Below(60)}s }}",
                7 => $"hot-set: {{ size: {1 + draws.Below(ramMiB)}MiB, touches: {100 + draws.Below(50_000)}/s, "
                    + $"cold: {1 + draws.Below(ramMiB)}MiB, cold-touches: {draws.Below(100)}/s, "
                    + $"writes: {draws.Below(101)}% }}",
                _ => $"sawtooth: {{ peak: {2 + draws.Below(ramMiB)}MiB, rate: {rate}MiB/s }}",
            };
            var slice = Pick(draws, "app.slice", "user.slice");
            yield return $"{{ name: other{index}, cgroup: \"{slice}/other{index}-{{n}}\", "
                + $"starts: {draws.Below(calmMsec)}ms, {work} }}";
        }
    }

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
        if (draws.OnceIn(2)) faults.Add($"{{ seed: {1 + (seed % 1_000_000)}, {UntilText(calmMsec * 1000)} }}");
        var restarts = draws.OnceIn(3) ? 1 + draws.Below(3) : 0;
        for (var index = 0; index < restarts; index++) faults.Add($"{{ restart: {draws.Below(calmMsec)}ms }}");
        return faults.ToImmutable();
    }

    private static T Pick<T>(SeededSequence draws, params ReadOnlySpan<T> choices) =>
        choices[(int)draws.Below(choices.Length)];
}
