using System.Linq;
using PressureD.Core.Policy;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Scenarios;

namespace PressureD.Simulation.Tests.ScenarioFiles;

/// <summary>What scenario files may say, and what is said about those that are wrong.</summary>
public sealed class ScenarioReaderTests
{
    [Fact]
    public void A_scenario_without_expectations_expects_that_nobody_dies()
    {
        Scenario scenario = Scenarios.Read("title: t\nduration: 10s\n");
        Assert.NotNull(scenario.Expect.Victims);
        Assert.Empty(scenario.Expect.Victims);
        Assert.False(scenario.Expect.KernelOom);
        Assert.Equal("shipped", scenario.PolicyName);
    }

    [Fact]
    public void Everything_wrong_is_said_at_once_with_its_place()
    {
        string[] problems = Scenarios.Problems("""
            title: t
            duration: 10
            machine: { ram: 1GiB, cpu: 2 }
            processes:
              - { name: a, cgroup: a/../b, leak: { rate: 10MiB } }
              - { cgroup: x, leak: {}, spike: { peak: 1MiB } }
            expect:
              victims: [b]
              fired: [out-of-memory]
              never: [aa]
            """);
        string[] expected =
        [
            "s.yaml:2:11: 'duration': '10' has no unit, expected a duration such as 10s",
            "s.yaml:3:23: unknown key 'cpu' in a machine; did you mean 'cpus'?",
            "s.yaml:5:24: 'cgroup': 'a/../b' has a component that names no cgroup, expected one cgroup's path",
            "s.yaml:5:46: 'rate': '10MiB' is not a speed in bytes, expected a speed such as 10MiB/s",
            "s.yaml:6:5: a process without 'name', expected what this file calls it",
            "s.yaml:6:35: a process with both 'leak' and 'spike', expected one",
            "s.yaml:6:24: a leak without 'rate', expected New memory a second.",
            "s.yaml:8:13: there is no process 'b'",
            "s.yaml:9:11: there is no rule 'out-of-memory'",
            "s.yaml:10:11: there is no process 'aa'",
        ];
        foreach (string one in expected)
            Assert.Contains(problems, problem => problem.StartsWith(one));
        Assert.Equal(expected.Length, problems.Length);
    }

    [Fact]
    public void A_pid_is_that_of_one_process_at_a_time()
    {
        const string two = """
            title: t
            duration: 9s
            processes:
              - { name: a, cgroup: a, pid: 300 }
              - { name: b, cgroup: b, pid: 300, starts: START }
            """;
        Assert.Equal(
            ["s.yaml:5:32: 'pid' 300 is that of 'a', which starts at the same time"],
            Scenarios.Problems(two.Replace("START", "0s")));
        Scenarios.Read(two.Replace("START", "5s"));
    }

    [Theory]
    [InlineData("''")]
    [InlineData("/")]
    public void The_root_cgroup_takes_no_limits(string path) => Assert.Equal(
        ["s.yaml:3:" + (34 + path.Length) + ": 'memory.max' of the root cgroup, which has no such file"],
        Scenarios.Problems($"title: t\nduration: 9s\ncgroups: [ {{ path: {path}, memory.max: 64MiB }} ]\n"));

    [Fact]
    public void Errors_in_a_policy_written_out_have_the_lines_of_the_scenario()
    {
        string[] problems = Scenarios.Problems("""
            title: t
            policy:
              rules:
                - name: low
                  when: mem.availabel < 10%
                  then: [ { notify: low } ]
            duration: 10s
            """);
        Assert.StartsWith("s.yaml:5:13: ", Assert.Single(problems));
    }

    [Fact]
    public void Layers_of_a_policy_are_applied_in_order()
    {
        Scenario scenario = Scenarios.Read("""
            title: t
            duration: 10s
            policy:
              - shipped
              - rules:
                  - { name: out-of-memory-soon, disable: true }
                  - name: mine
                    when: mem.available < 1MiB
                    then: [ { notify: low } ]
            """);
        string[] rules = scenario.Policy!.Rules.Select(rule => rule.Name).ToArray();
        Assert.DoesNotContain("out-of-memory-soon", rules);
        Assert.Contains("out-of-memory-now", rules);
        Assert.Contains("mine", rules);
        Assert.Equal("shipped + its own", scenario.PolicyName);
    }

    [Theory]
    [InlineData("title: t\nduration: 5s\npolicy: [ shipped, { rules: [ { name: a, disable: true } ] } ]\n")]
    [InlineData("title: t\nduration: 5s\npolicy: [ { rules: [ { name: a, disable: true } ] }, shipped ] # a, b\n")]
    [InlineData("title: t\nduration: 5s\npolicy: [ shipped, rules: [ { name: a, disable: true } ] ]\n")]
    [InlineData("title: t\nduration: 5s\npolicy: [ shipped,\n  { rules:\n   [ { name: a, disable: true }\n ] }\n ]\n")]
    [InlineData("{ title: t, duration: 5s, policy: { rules: [ { name: a, disable: true } ] }, machine: { ram: 2GiB } }\n")]
    [InlineData("{ title: t, policy: [ shipped, { rules: [ { name: a, disable: true } ] } ], duration: 5s }\n")]
    [InlineData("policy:\n  rules:\n    - { name: a, disable: true }\n\n# more\ntitle: t\nduration: 5s\n")]
    [InlineData("title: t\nduration: 5s\npolicy:\n- shipped\n- rules: [ { name: a, disable: true } ]\n- server\n")]
    public void Keys_of_a_policy_may_stand_in_any_style(string scenario)
    {
        string problem = Assert.Single(Scenarios.Problems(scenario));
        int line = scenario[..scenario.IndexOf("a, disable")].Count(static c => c == '\n') + 1;
        Assert.StartsWith($"s.yaml:{line}:", problem);
        Assert.Contains("'a'", problem);
    }

    [Theory]
    [InlineData("server", "batch-stalls-services")]
    [InlineData("[ shipped, server ]", "batch-stalls-services")]
    [InlineData("[ like-earlyoom, server ]", "batch-stalls-services")]
    [InlineData("shipped", null)]
    public void A_preset_by_its_name_lies_on_the_shipped_policy(string policy, string? rule)
    {
        Scenario scenario = Scenarios.Read($"title: t\nduration: 10s\npolicy: {policy}\n");
        string[] rules = scenario.Policy!.Rules.Select(known => known.Name).ToArray();
        Assert.Contains("memory-is-low", rules);
        Assert.Equal(rule is not null, rules.Contains(rule ?? "batch-stalls-services"));
    }

    [Theory]
    [InlineData("{ zswap: {} }", "1:19: 'zswap' is in front of a swap device, expected 'swap' as well")]
    [InlineData("{ swap: 1GiB, zswap: {}, kernel: \"5.10\" }",
        "1:31: 'zswap' is not modelled for kernel 5.10, expected kernel 6.1 or later")]
    [InlineData("{ swap: 1GiB, zram: { size: 1GiB }, zswap: {} }",
        "1:53: 'zswap' in front of 'zram' is not modelled, expected one of them")]
    [InlineData("{ swap: 1GiB, zswap: { max-pool: 12.5% } }", "1:43: 'max-pool' is 12.5%, expected whole percent")]
    [InlineData("{ swap: 1GiB, zswap: { ratio: 50% } }", "1:40: 'ratio' is below 100%, expected at least 100%")]
    public void What_zswap_cannot_be_is_an_error(string machine, string problem) => Assert.Equal(
        ["s.yaml:" + problem],
        Scenarios.Problems($"machine: {machine}\ntitle: t\npolicy: none\nduration: 10s\n"));

    [Theory]
    [InlineData("6.1", false)]
    [InlineData("6.6", false)]
    [InlineData("6.12", true)]
    public void Zswap_brings_the_files_that_its_kernel_has(string kernel, bool writeback)
    {
        ScenarioStage stage = new(
            Scenarios.Read($$"""
                title: t
                policy: none
                duration: 10s
                machine: { kernel: "{{kernel}}", swap: 1GiB, zswap: { max-pool: 30%, ratio: 300%, incompressible: 5% } }
                """),
            seed: 1);
        MachineOptions options = stage.Machine.Options;
        Assert.Equal(
            new ZswapOptions { MaxPoolPercent = 30, RatioPermille = 3000, IncompressiblePermille = 50 }, options.Zswap);
        Assert.Equal((true, writeback), (options.Profile.Zswap, options.Profile.ZswapWriteback));
    }

    [Fact]
    public void A_stall_that_no_kernel_shows_is_an_error() => Assert.Equal(
        ["s.yaml:3:11: 'cpu-full' without 'cgroup': of the machine the kernel tells none"],
        Scenarios.Problems("title: t\nduration: 10s\nscript: [ { at: 1s, stall: cpu-full, share: 5% } ]\n"));

    [Theory]
    [InlineData("cgroup: job/a, values: { memory.curent: 1MiB }",
        "38: a cgroup has no file 'memory.curent'; did you mean 'memory.current'?")]
    [InlineData("cgroup: job/a, values: { memory.stat/annon: 1MiB }",
        "38: memory.stat has no 'annon'; did you mean 'anon'?")]
    [InlineData("meminfo: { MemAvailible: 1MiB }",
        "24: /proc/meminfo has no 'MemAvailible'; did you mean 'MemAvailable'?")]
    [InlineData("vmstat: { pgscan_kswap: 1 }",
        "23: /proc/vmstat has no 'pgscan_kswap'; did you mean 'pgscan_kswapd'?")]
    [InlineData("cgroup: jbo/a, psi: memory, full: 1%",
        "21: nothing makes the cgroup 'jbo/a', expected one of a process, of 'cgroups' or of 'make-cgroup'; did you "
        + "mean 'job/a'?")]
    [InlineData("remove-cgroup: late/y",
        "28: nothing makes the cgroup 'late/y', expected one of a process, of 'cgroups' or of 'make-cgroup'; did you "
        + "mean 'late/x'?")]
    [InlineData("cgroup: job/a, file: memory.max, write: bogus", "53: memory.max does not take 'bogus'")]
    [InlineData("cgroup: job/a, file: memory.current, write: 5", "57: memory.current does not take '5'")]
    [InlineData("cgroup: job/a, file: memory.maxx, write: 5",
        "34: a cgroup has no file 'memory.maxx'; did you mean 'memory.max'?")]
    [InlineData("file: /proc/memimfo, errno: EIO",
        "19: nobody reads '/proc/memimfo'; did you mean '/proc/meminfo'?")]
    [InlineData("file: /proc/4000/statuss, errno: EIO", "19: nobody reads '/proc/4000/statuss'")]
    [InlineData("file: /sys/fs/cgroup/jbo/a/memory.current, content: 5",
        "19: nothing makes the cgroup 'jbo/a', expected one of a process, of 'cgroups' or of 'make-cgroup'; did you "
        + "mean 'job/a'?")]
    [InlineData("cgroup: job/a, write: 5, psi: memory, full: 1%",
        "3: 'content', 'errno', 'restore' or 'write' without 'file'")]
    [InlineData("every: 4s, meminfo: { MemFree: [1MiB, 2MiB, 3MiB, 4MiB] }",
        "63: '4MiB' would come at 13 s, expected at most the scenario's duration of 10 s")]
    public void What_a_script_would_do_in_vain_is_an_error(string act, string problem) => Assert.Equal(
        ["s.yaml:6:" + problem],
        Scenarios.Problems($$"""
            title: t
            duration: 10s
            processes: [ { name: p, cgroup: "job/{n}", count: 2 }, { name: q, cgroup: job/a } ]
            cgroups: [ { path: other/cgroup } ]
            script:
            - { at: 1s, {{act}} }
            - { at: 2s, make-cgroup: late/x }
            """));

    [Theory]
    [InlineData("cgroup: job/2, psi: memory, full: 1%")]
    [InlineData("cgroup: job, values: { memory.current: 1MiB, memory.stat/anon: 1MiB, cpuset.cpus: 1 }")]
    [InlineData("cgroup: late, values: { memory.current: 1MiB }")]
    [InlineData("cgroup: new, stall: memory-some, share: 1%")]
    [InlineData("cgroup: system.slice, psi: memory, full: 1%")]
    [InlineData("cgroup: /, values: { memory.stat/anon: 1MiB }")]
    [InlineData("vmstat: { pgscan_kswapd: [1, 2, 3] }, every: 4s")]
    [InlineData("file: /proc/spl/kstat/zfs/arcstats, content: x")]
    [InlineData("file: /proc/4000/status, errno: ENOENT")]
    [InlineData("file: /sys/fs/cgroup/job/2/memory.current, content: 5")]
    [InlineData("file: /sys/fs/cgroup/memory.stat, errno: EIO")]
    [InlineData("file: /sys/block/zram0/mm_stat, content: x")]
    public void What_a_script_can_do_is_none(string act) => Assert.Empty(Scenarios.Problems($$"""
        title: t
        duration: 10s
        processes: [ { name: p, cgroup: "job/{n}", count: 2 } ]
        script:
          - { at: 2s, make-cgroup: late/x }
          - { at: 1s, {{act}} }
        """));

    [Theory]
    [InlineData("script: [ { at: 11s, exit: p } ]",
        "1:17: 'at' is 11 s, expected at most the scenario's duration of 10 s")]
    [InlineData("faults: [ { restart: 10s } ]",
        "1:22: 'restart' is 10 s, expected less than the scenario's duration of 10 s")]
    [InlineData("faults: [ { clock-gap: 5s, from: 12s } ]",
        "1:34: 'from' is 12 s, expected less than the scenario's duration of 10 s")]
    [InlineData("faults: [ { restart: 5s, from: 2s } ]",
        "1:32: 'from' says nothing of 'restart', expected it with call or late-wake or clock-gap")]
    [InlineData("cgroups: [ { path: a, memory.max: 10MiB }, { path: a/ } ]",
        "1:52: the cgroup 'a' is here a second time, it was first on line 1; put all that it has into one entry")]
    [InlineData("cgroups: [ { path: /a } ]",
        "1:20: 'path' is '/a', expected it without a leading slash; did you mean 'a'?")]
    public void What_comes_to_nothing_is_an_error(string line, string problem) => Assert.Equal(
        ["s.yaml:" + problem],
        Scenarios.Problems($"{line}\ntitle: t\nduration: 10s\nprocesses: [ {{ name: p, cgroup: c }} ]\n"));

    [Fact]
    public void A_scenario_that_takes_no_time_is_an_error() => Assert.Equal(
        ["s.yaml:2:11: 'duration' is 0s, expected more than that"],
        Scenarios.Problems("title: t\nduration: 0s\nscript: [ { at: 1s, exit: p } ]\nprocesses: [ { name: p, cgroup: c } ]"));

    [Theory]
    [InlineData("stall: [ { of: p, longest: 1ms } ]",
        "38: 'longest' of 'p', which is no probe, expected 'total', or a probe")]
    [InlineData("levels: [ { at: 11s, is: low } ]", "27: 'at' is 11 s, expected at most the scenario's duration of 10 s")]
    [InlineData("levels: [ { at: 1s, is: low }, { at: 1000ms, is: normal } ]", "48: a second level at 1 s, expected one")]
    [InlineData("contents: [ { cgroup: c, file: memory.max, at: 11s, is: max } ]",
        "58: 'at' is 11 s, expected at most the scenario's duration of 10 s")]
    [InlineData("contents: [ { cgroup: d, file: memory.max, is-not: max } ]",
        "33: nothing makes the cgroup 'd', expected one of a process, of 'cgroups' or of 'make-cgroup'")]
    [InlineData("contents: [ { cgroup: c, file: memory.mx, is-not: max } ]",
        "42: a cgroup has no file 'memory.mx'; did you mean 'memory.max'?")]
    [InlineData("untouched: [\"d/**\"]", "23: 'untouched': 'd/**' matches no cgroup that this machine ever has")]
    [InlineData("victims: [p], never: [p]", "33: 'never' has 'p', and so has 'victims', expected it in one of them")]
    [InlineData("fired: [r], not-fired: [r]", "35: 'not-fired' has 'r', and so has 'fired', expected it in one of them")]
    [InlineData("victims: [ { name: p, after: 5s, before: 5s } ]", "52: 'before' is too small beside 'after', expected more")]
    [InlineData("victims: [ { name: p, after: 5s, dead-by: 4s } ]", "53: 'dead-by' is too small beside 'after', expected more")]
    [InlineData("victims: [ { name: p, after: 11s } ]", "40: 'after' is 11 s, expected at most the scenario's duration of 10 s")]
    [InlineData("fired: [ { rule: r, at-least: 3, at-most: 2 } ]",
        "53: 'at-most' is too small beside 'at-least', expected more")]
    public void What_can_never_fail_or_never_hold_is_an_error(string expected, string problem) => Assert.Equal(
        ["s.yaml:5:" + problem],
        Scenarios.Problems($$"""
            title: t
            duration: 10s
            processes: [ { name: p, cgroup: c }, { name: probe, cgroup: d.slice/d, probe: {} } ]
            policy: { rules: [ { name: r, when: mem.available < 1MiB, then: [ { log: x } ] } ] }
            expect: { {{expected}} }
            """));

    [Fact]
    public void A_policy_that_is_not_there_is_an_error() => Assert.Equal(
        ["s.yaml:2:9: there is no policy 'other.yaml', expected shipped, none, a preset, or a file beside this one"],
        Scenarios.Problems("title: t\npolicy: other.yaml\nduration: 10s\n"));

    [Fact]
    public void Several_processes_alike_have_numbers_and_one_name()
    {
        ScenarioStage stage = new(
            Scenarios.Read("""
                title: t
                policy: none
                duration: 10s
                processes:
                  - { name: hog, comm: "hog{n}", cgroup: "user.slice/{n}.scope", count: 3, anon: 1MiB }
                """),
            seed: 1);
        Assert.Equal(["hog1", "hog2", "hog3"], stage.Called("hog").Select(process => process.Comm));
        Assert.Equal("/user.slice/3.scope", stage.Called("hog").Last().Cgroup.Path);
    }

    [Fact]
    public void Limits_and_attributes_of_cgroups_are_set()
    {
        ScenarioStage stage = new(
            Scenarios.Read("""
                title: t
                policy: none
                duration: 10s
                cgroups:
                  - { path: a/b, memory.max: 100MiB, memory.low: 10MiB, memory.oom.group: true, xattrs: { user.x: y } }
                """),
            seed: 1);
        Assert.Equal("104857600", stage.Kernel.ReadAsOwner("/a/b", "memory.max"));
        Assert.Equal("10485760", stage.Kernel.ReadAsOwner("/a/b", "memory.low"));
        Assert.Equal("1", stage.Kernel.ReadAsOwner("/a/b", "memory.oom.group"));
    }

    [Fact]
    public void What_is_written_at_the_very_beginning_is_there_before_anything_runs()
    {
        var stage = new ScenarioStage(
            Scenarios.Read("""
                title: t
                duration: 10s
                cgroups: [ { path: a.slice, memory.high: 64MiB } ]
                script:
                  - { at: 0s, cgroup: b.slice, file: memory.max, write: 32MiB }
                  - { at: 0s, make-cgroup: b.slice }
                  - { at: 0s, cgroup: a.slice, file: memory.high, write: 96MiB }
                  - { at: 0s, cgroup: a.slice, file: memory.high, write: 128MiB }
                """),
            seed: 1);
        Assert.Equal("134217728", stage.Kernel.ReadAsOwner("/a.slice", "memory.high"));
        Assert.Equal("33554432", stage.Kernel.ReadAsOwner("/b.slice", "memory.max"));
    }

    [Theory]
    [InlineData("5.10", "memory.peak", false)]
    [InlineData("6.1", "memory.peak", true)]
    [InlineData("6.1", "memory.swap.peak", false)]
    [InlineData("6.12", "memory.swap.peak", true)]
    public void A_kernel_has_the_files_of_its_version(string kernel, string file, bool there)
    {
        ScenarioStage stage = new(
            Scenarios.Read($$"""
                title: t
                policy: none
                duration: 10s
                machine: { kernel: "{{kernel}}" }
                cgroups: [ { path: a } ]
                """),
            seed: 1);
        Assert.Equal(there, stage.Kernel.ReadAsOwner("/a", file) is not null);
    }

    [Fact]
    public void A_level_is_read_by_its_name() => Assert.Equal(
        PressureLevel.Critical,
        Scenarios.Read("title: t\nduration: 10s\nexpect: { highest-level: critical }\n").Expect.HighestLevel);
}
