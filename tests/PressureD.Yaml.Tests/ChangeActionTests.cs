using System.Linq;
using PressureD.Core.Policy;

namespace PressureD.Yaml.Tests;

/// <summary>The actions that can be undone, and the swap section: what is read, and what is refused.</summary>
public sealed class ChangeActionTests
{
    [Theory]
    [InlineData("{ freeze: { of: a } }", "p.yaml:4:22: freeze without 'for', expected a time limit such as for: 30s")]
    [InlineData("{ freeze: { of: a, for: 11min } }", "p.yaml:4:36: 'for' is '11min', expected at most 10 min")]
    [InlineData("{ freeze: { of: a, for: 0s } }", "p.yaml:4:36: 'for' is 0, expected a longer time")]
    [InlineData("{ freeze: { for: 1s } }", "p.yaml:4:12: this step is about the match ('from' or 'of' begins with './', or there is no 'of'), but the rule has no 'for-each'")]
    [InlineData("{ throttle: { of: a } }", "p.yaml:4:24: throttle without 'for', expected a time limit such as for: 30s")]
    [InlineData("{ throttle: { of: a, to: 40%, for: 1s } }", "p.yaml:4:37: 'to' is '40%', expected 50% to 100%: taking half of what somebody uses away at once stalls whoever asks for memory")]
    [InlineData("{ swap: { of: a } }", "p.yaml:4:20: swap without anything to change, expected one of max, high, zswap-max, zswap-writeback, swappiness")]
    [InlineData("{ swap: { of: a, max: lots } }", "p.yaml:4:34: 'max': 'lots' is not a number, expected a size such as 50MiB")]
    [InlineData("{ swap: { swappiness: 201 } }", "p.yaml:4:34: 'swappiness' is '201', expected a whole number from 0 to 200")]
    [InlineData("{ weight: { of: a, cpu: 0 } }", "p.yaml:4:36: 'cpu' is '0', expected a whole number from 1 to 10000")]
    [InlineData("{ set: { of: a, file: memory.max, value: 1MiB } }", "p.yaml:4:34: 'file' is 'memory.max', expected one of cpu.weight, cpu.max, io.weight, memory.min, memory.low, memory.high, memory.oom.group, memory.swap.max, memory.swap.high, memory.zswap.max, memory.zswap.writeback, pids.max")]
    [InlineData("{ set: { of: a, file: memory.high, value: 1MiB } }", "p.yaml:4:19: set of memory.high without 'for': a leak that is throttled stalls and never ends")]
    [InlineData("{ set: { of: a, file: cpu.max, value: 50% } }", "p.yaml:4:50: 'value' is '50%', expected a quota of at least 1000 or max, and a period of 1000 to 1000000, in microseconds: 50000 100000")]
    [InlineData("{ reclaim: { of: a } }", "p.yaml:4:23: reclaim without 'amount', expected an amount such as amount: 5%")]
    [InlineData("{ reclaim: { of: a, amount: 60% } }", "p.yaml:4:40: 'amount' is '60%', expected at most 50%")]
    [InlineData("{ offload: { of: a, interval: 100ms } }", "p.yaml:4:42: 'interval' is '100ms', expected 1s to 10min: a stall is not seen in less")]
    [InlineData("{ kernel-oom: false }", "p.yaml:4:26: 'kernel-oom' is false, expected true or no such step")]
    [InlineData("{ stop: here }", "p.yaml:4:20: 'stop' is 'here', expected one of always, after-effect")]
    public void Mistakes(string action, string said)
    {
        string text = $"rules:\n  - name: a\n    when: mem.free < 1GiB\n    then: [{action}]\n    cooldown: 1s\n";

        Assert.StartsWith(said, Policies.Lines(Policies.Read(text)));
    }

    [Theory]
    [InlineData("freeze: { of: a/*, for: 30s }", "freeze the cgroups a/*; put back after 30 s, or when the rule is over")]
    [InlineData("throttle: { of: a/*, to: 80%, for: 30s, at-most: 2 }", "set memory.high of the 2 largest of the cgroups a/* to 80 % of what it uses, at least 64 MiB; put back after 30 s, or when the rule is over")]
    [InlineData("swap: { of: a, max: 0B, zswap-writeback: false }", "set memory.swap.max of a to 0 B, memory.zswap.writeback to 0; put back when the rule is over")]
    [InlineData("swap: { swappiness: 10, dry-run: true }", "only say: set /proc/sys/vm/swappiness to 10; put back when the rule is over")]
    [InlineData("reclaim: { of: a/**, amount: 5%, swappiness: 60 }", "reclaim 5 % of its memory from each of the cgroups below a with swappiness 60, as long as the condition is true")]
    [InlineData("kernel-oom: true", "have the kernel's own killer choose a victim")]
    [InlineData("stop: after-effect", "stop here if a step before changed something")]
    public void Whatever_is_read_is_said_in_words(string action, string said)
    {
        PolicySet policy = Good($"rules:\n  - name: a\n    when: mem.free < 1GiB\n    then:\n      - {action}\n");

        Assert.Contains("    " + said, PolicyText.Describe(policy.Rules[0], default));
    }

    [Fact]
    public void A_policy_may_be_nothing_but_swap_limits()
    {
        PolicySet policy = Good("swap: { cgroups: [{ match: system.slice/db.service, max: 0B }] }");

        Assert.Empty(policy.Rules);
        Assert.Single(policy.Swap.Cgroups);
    }

    [Fact]
    public void The_swap_section_is_read_from_all_files_and_said_in_words()
    {
        PolicySet policy = Good(
            "swap:\n  swappiness: 60\n  cgroups:\n    - { match: system.slice/db.service, max: 0 }\n"
            + "    - { match: 'user.slice/**', max: 2GiB, zswap-writeback: false }\n" + Policies.Rule("mem.free < 1GiB"));

        Assert.Equal(
            [
                "swap rules, for as long as the daemon runs:",
                "  vm.swappiness is 60",
                "  each cgroup system.slice/db.service gets memory.swap.max 0 B",
                "  each cgroup user.slice/** gets memory.swap.max 2 GiB, memory.zswap.writeback 0",
            ],
            PolicyText.Describe(policy.Swap));
    }

    [Theory]
    [InlineData("swap: { cgroups: [{ max: 0B }] }", "p.yaml:1:19: a swap rule without 'match', expected a cgroup pattern such as match: user.slice/**")]
    [InlineData("swap: { cgroups: [{ match: a }] }", "p.yaml:1:19: a swap rule without a limit, expected one of max, high, zswap-max, zswap-writeback")]
    [InlineData("swap: { swapiness: 1 }", "p.yaml:1:9: unknown key 'swapiness' in the swap section; did you mean 'swappiness'?")]
    public void Mistakes_in_the_swap_section(string section, string said) =>
        Assert.Contains(said, Policies.Lines(Policies.Read(section + "\n" + Policies.Rule("mem.free < 1GiB"))));

    [Fact]
    public void What_the_policy_protects_is_protected_from_changes_too()
    {
        PolicySet policy = Good(
            "protect: [{ unit: db.service }]\nrules:\n  - name: a\n    when: mem.free < 1GiB\n    then:\n      - freeze: { of: 'a/*', for: 1s }\n");

        Assert.Single(((ChangeAction)policy.Rules[0].Actions.Single()).Protect);
    }

    private static PolicySet Good(string text)
    {
        PolicyResult result = Policies.Read(text);
        Assert.True(result.Policy is not null, Policies.Lines(result));
        return result.Policy;
    }
}
