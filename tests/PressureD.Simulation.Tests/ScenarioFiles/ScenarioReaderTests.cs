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
