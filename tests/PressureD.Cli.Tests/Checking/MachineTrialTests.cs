using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using PressureD.Cli.Checking;
using PressureD.Core.Policy;
using PressureD.Core.Policy.Checks;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Yaml;

namespace PressureD.Cli.Tests.Checking;

/// <summary>What a policy can never do on a machine: said where it is so, and nowhere else.</summary>
public sealed class MachineTrialTests
{
    private const long GiB = 1L << 30;

    public static TheoryData<string> Presets()
    {
        var names = new TheoryData<string> { "" };
        foreach (string path in Directory.GetFiles(Repository.PathOf("config", "presets"), "*.yaml").Order())
            names.Add(Path.GetFileName(path));
        return names;
    }

    /// <summary>On a machine with everything that they name.</summary>
    [Theory]
    [MemberData(nameof(Presets))]
    public void The_shipped_policy_and_presets_are_fine(string preset)
    {
        var files = new List<string> { Repository.PathOf("config", "pressured.yaml") };
        if (preset.Length > 0)
            files.Add(Repository.PathOf("config", "presets", preset));
        PolicyResult read = PolicyReader.Read(
            files.Select(path => (path, (ReadOnlyMemory<byte>)File.ReadAllBytes(path))).ToList());
        Assert.Empty(read.Diagnostics);
        string said = Try(read.Policy!, swapBytes: GiB);
        Assert.True(said.Length == 0, said);
    }

    [Theory]
    [InlineData("when: vm.swap_in > 9/s", "rule a can never fire here: there is no swap, and it asks that the number of pages read back from swap is more than 9/s; if you count on it, add what is missing or ask for something else")]
    [InlineData("when: zram.used > 9KiB", "rule a can never fire here: there is no swap, and it asks that memory that zram occupies is more than 9 KiB; if you count on it, add what is missing or ask for something else")]
    [InlineData("for-each: nobody/*, when: memory.current > 1GiB", "no cgroup here matches 'for-each: nobody/*' now; the rule waits for one")]
    [InlineData("for-each: sytem.slice/*, when: memory.current > 1GiB", "no cgroup here matches 'for-each: sytem.slice/*' now; the rule waits for one; did you mean 'system.slice/*'?")]
    [InlineData("for-each: batch.slice/b/**, when: memory.current > 1GiB", "no cgroup here matches 'for-each: batch.slice/b/**' now; the rule waits for one; did you mean 'batch.slice/a'?")]
    [InlineData("when: 'any(\"nobody.slice\", memory.current > 1GiB)'", "no cgroup here matches 'any(\"nobody.slice\", …)' now; that part of the condition waits for one")]
    [InlineData("when: 'not exists(\"nobody.slice\") and mem.free < 1GiB'", "")]
    [InlineData("when: 'exists(\"build.slcie\")'", "no cgroup here matches 'exists(\"build.slcie\")' now; that part of the condition waits for one; did you mean 'build.slice'?")]
    [InlineData("when: 'not (mem.free > 1GiB or not exists(\"nobody\") for 5s)'", "no cgroup here matches 'exists(\"nobody\")' now; that part of the condition waits for one")]
    [InlineData("when: 'exists(\"build.slice\")'", "")]
    [InlineData("when: 'count(\"nobody/*\") > 3 for 5s'", "no cgroup here matches 'count(\"nobody/*\")' now; that part of the condition waits for one")]
    [InlineData("when: 'count(\"nobody/*\") == 1'", "no cgroup here matches 'count(\"nobody/*\")' now; that part of the condition waits for one")]
    [InlineData("when: 'not count(\"nobody/*\") < 1'", "no cgroup here matches 'count(\"nobody/*\")' now; that part of the condition waits for one")]
    [InlineData("when: 'count(\"nobody/*\") != 0'", "no cgroup here matches 'count(\"nobody/*\")' now; that part of the condition waits for one")]
    [InlineData("when: mem.free < 1GiB, until: 'exists(\"nobody\")'", "no cgroup here matches 'exists(\"nobody\")' now; that part of the condition waits for one")]
    [InlineData("when: 'count(\"nobody/*\") < 3'", "")]
    [InlineData("when: 'count(\"nobody/*\") == 0'", "")]
    [InlineData("when: 'count(\"nobody/*\") != 2'", "")]
    [InlineData("when: 'not count(\"nobody/*\") > 3'", "")]
    [InlineData("when: 'count(\"build.slice/*\") > 3'", "")]
    [InlineData("for-each: { cgroup: '**', xattr: user.nosuch }, when: memory.current > 1GiB", "no cgroup here that matches 'for-each: **' has the attribute user.nosuch now; the rule waits for one")]
    [InlineData("for-each: { cgroup: 'build.slice/*', xattr: user.batch }, when: memory.current > 1GiB", "no cgroup here that matches 'for-each: build.slice/*' has the attribute user.batch now; the rule waits for one")]
    [InlineData("for-each: { cgroup: 'batch.slice/*', xattr: user.batch }, when: memory.current > 1GiB", "")]
    [InlineData("for-each: { cgroup: 'batch.slice/*', xattr: user.batch, value: no }, when: memory.current > 1GiB", "no cgroup here that matches 'for-each: batch.slice/*' has the attribute user.batch = 'no' now; the rule waits for one")]
    [InlineData("when: mem.total > 90GiB", "the rule 'a' never fires here: its 'when' asks for 'mem.total > 90GiB' (p.yaml:1:27), which is more than this machine has; ask for less")]
    [InlineData("when: mem.total > 512MiB", "")]
    [InlineData("when: swap.free < 10%", "")]
    public void Without_swap(string condition, string said) => Assert.Equal(
        said.Length == 0 ? "" : $"p.yaml:1:18: warning: {said}",
        Try(Read($"rules: [ {{ name: a, {condition}, then: [ {{ log: x }} ] }} ]"), swapBytes: 0));

    [Fact]
    public void What_excludes_each_other_here_alone() => Assert.Equal(
        "p.yaml:1:18: warning: the rule 'a' never fires here: its 'when' asks for 'swap.free < 10%' (p.yaml:1:27) and for "
        + "'swap.free > 1GiB' (p.yaml:1:47), which exclude each other on this machine; write both in the same unit, or did you "
        + "mean 'or'?",
        Try(Read("rules: [ { name: a, when: swap.free < 10% and swap.free > 1GiB, then: [ { log: x } ] } ]"), 4 * GiB));

    [Fact]
    public void A_figure_that_the_machine_does_not_have() => Assert.StartsWith(
        "p.yaml:1:18: warning: rule a cannot be decided here: arc.size is unknown "
        + "(/proc/spl/kstat/zfs/arcstats cannot be read), so that it can never fire; ask about something that this machine "
        + "has, or switch the rule off\n",
        Try(Read("rules: [ { name: a, when: arc.size > 1GiB, then: [ { log: x } ] } ]"), swapBytes: 0));

    [Theory]
    [InlineData("kill: { from: nobody/* }", "no cgroup here matches 'from: nobody/*' now; the kill would find nobody")]
    [InlineData("reclaim: { of: nobody/*, amount: 5% }", "no cgroup here matches 'of: nobody/*' now; nothing would be reclaimed")]
    [InlineData("freeze: { of: nobody/*, for: 5s }", "no cgroup here matches 'of: nobody/*' now; nothing would be changed")]
    [InlineData("offload: { of: nobody/* }", "no cgroup here matches 'of: nobody/*' now; nothing would be offloaded")]
    [InlineData("kill: { from: '**' }", "")]
    [InlineData("swap: { of: 'nobody/**', swappiness: 60 }", "")]
    public void Actions_that_find_nobody(string action, string said) => Assert.Equal(
        said.Length == 0 ? "" : $"p.yaml:1:18: warning: {said}",
        Try(Read($"rules: [ {{ name: a, when: mem.free < 1GiB, cooldown: 1s, then: [ {{ {action} }} ] }} ]"), swapBytes: 0));

    private static PolicySet Read(string text) =>
        PolicyReader.Read([("p.yaml", Encoding.UTF8.GetBytes(text))]).Policy!;

    private static string Try(PolicySet policy, long swapBytes)
    {
        SwapDeviceOptions[] swap = swapBytes == 0 ? [] : [new SwapDeviceOptions { SizeBytes = swapBytes }];
        var machine = new SimulatedMachine(new MachineOptions { Swap = swap });
        foreach (string path in (string[])
            [
                "/build.slice/a", "/machine.slice/a", "/system.slice/docker-a.scope", "/workload.slice/a",
                "/kubepods.slice/kubepods-besteffort.slice/a", "/kubepods.slice/kubepods-burstable.slice/a", "/batch.slice/a",
                "/user.slice/user-1000.slice/user@1000.service/app.slice/a",
            ])
            machine.MakeCgroup(path);
        machine.MakeCgroup("/batch.slice/a").SetAttribute("user.batch", "yes"u8.ToArray());
        var reach = new MachineReach
        {
            Size = new MachineSize(machine.Options.RamBytes, swapBytes), HasZram = false, HasZswap = swapBytes > 0,
        };
        return string.Join(
            '\n', MachineTrial.Run(new SimulatedKernel(machine, new SimulatedKernelOptions()), policy, reach));
    }
}
