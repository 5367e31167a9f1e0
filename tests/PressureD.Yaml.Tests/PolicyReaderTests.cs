using System.Linq;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;

namespace PressureD.Yaml.Tests;

public sealed class PolicyReaderTests
{
    private const string Example = """
        rules:
          - name: batch-stalls-the-workload
            for-each: workload.slice            # state is kept per match
            when: psi.memory.full.avg10 > 20% for 10s and host.swap.free < 0.5%
            until: psi.memory.full.avg10 < 10%
            cooldown: 15s
            then:
              - notify: medium
              - wait: 2s
              - kill:
                  from: "batch.slice/**"
                  victim: cgroup
                  rank: [growth, size]
                  prefer: [{ comm: "^ld$" }]
                  protect: [{ unit: postgresql.service }]
                  signal: TERM
                  grace: 7s
                  min-size: 50MiB
          - name: out-of-memory-soon
            when: mem.available_user < 10% and swap.free < 10% and time_to_exhaustion < 3s or
                  mem.available_user < 4% and swap.free < 10%
            cooldown: 1s
            then: [ { kill: { from: "**", victim: process, rank: [badness], signal: KILL, min-size: 1MiB } } ]
        protect:
          - { exe: "^/usr/bin/sway$", uid: alice }
        limits: { kills-per-minute: 7 }
        """;

    [Fact]
    public void Read_ForEach_MayAskForAnAttribute()
    {
        Rule plain = Policies.Valid(Policies.Rule("memory.current > 1B", "    for-each: a/*\n")).Rules[0];
        Assert.Equal(("a/*", null), (plain.ForEach!.Text, plain.ForEachXattr));

        Rule named = Policies.Valid(
            Policies.Rule("memory.current > 1B", "    for-each: { cgroup: a/*, xattr: user.guard }\n")).Rules[0];
        Assert.Equal(("a/*", "user.guard", null), (named.ForEach!.Text, named.ForEachXattr!.Name, named.ForEachXattr.Value));

        PolicySet changed = Policies.Valid(
            ("a.yaml", Policies.Rule("memory.current > 1B", "    for-each: { cgroup: a/*, xattr: user.guard, value: \"1\" }\n")),
            ("b.yaml", "rules: [ { name: a, extend: true, for-each: b/* } ]"));
        Assert.Equal(("b/*", null), (changed.Rules[0].ForEach!.Text, changed.Rules[0].ForEachXattr));
    }

    [Fact]
    public void Read_Example_CompilesEveryKey()
    {
        PolicySet policy = Policies.Valid(Example);

        Assert.Equal(7, policy.KillsPerMinute);
        Assert.Equal(["p.yaml"], policy.Files);
        Assert.Equal(["batch-stalls-the-workload", "out-of-memory-soon"], policy.Rules.Select(rule => rule.Name));
        Rule batch = policy.Rules[0];
        Assert.Equal("p.yaml:2", batch.Source);
        Assert.Equal("workload.slice", batch.ForEach!.Text);
        Assert.Equal(15_000_000, batch.CooldownUsec);
        Assert.Equal(new NotifyAction(PressureLevel.Medium), batch.Actions[0]);
        Assert.Equal(new WaitAction(2_000_000), batch.Actions[1]);
        var kill = Assert.IsType<KillAction>(batch.Actions[2]);
        Assert.Equal("batch.slice/**", kill.From.Text);
        Assert.Equal(VictimKind.Cgroup, kill.Victim);
        Assert.Equal([RankKey.Growth, RankKey.Size], kill.Rank.ToArray());
        Assert.Equal("comm: \"^ld$\"", kill.Prefer[0].Text);
        Assert.Equal(["postgresql.service", null], kill.Protect.Select(matcher => matcher.Unit));
        Assert.Equal(1000u, kill.Protect[1].Uid);
        Assert.Equal((Signals.Term, 7_000_000L, 50L << 20), (kill.Signal, kill.GraceUsec, kill.MinSizeBytes));
    }

    [Fact]
    public void Read_Example_CompilesConditionsWithSlotsTimersAndBaselines()
    {
        PolicySet policy = Policies.Valid(Example);

        Rule batch = policy.Rules[0];
        Assert.Equal("psi.memory.full.avg10 > 20% for 10s and host.swap.free < 0.5%", batch.When.Text);
        Assert.Equal(["psi.memory.full.avg10", "psi.memory.full.total"], batch.MatchMetrics.Select(metric => metric.Name));
        ConditionNode[] nodes = batch.When.Nodes;
        Assert.Equal(
            [
                ConditionOp.Metric, ConditionOp.Number, ConditionOp.Compare, ConditionOp.For,
                ConditionOp.Metric, ConditionOp.Metric, ConditionOp.Share, ConditionOp.Compare, ConditionOp.And,
            ],
            nodes.Select(node => node.Op));
        Assert.Equal((0, 200_000L, Comparison.Greater), (nodes[0].Operand.Slot, nodes[1].Amount, nodes[2].Comparison));
        Assert.Equal(1, nodes[0].Basis.Slot);
        Assert.False(nodes[0].Operand.OfHost);
        Assert.Equal(10_000_000L, nodes[3].Amount);
        Assert.Equal((true, BaseHostSlot.SwapFree), (nodes[4].Operand.OfHost, nodes[4].Operand.Slot));
        Assert.Equal((BaseHostSlot.SwapTotal, 5_000L), (nodes[5].Operand.Slot, nodes[6].Amount));
        Assert.Equal((3, 7), (nodes[8].Left, nodes[8].Right));
        Assert.Equal(PolicySet.BaseHostMetrics, policy.HostMetrics);
    }

    [Fact]
    public void Read_LaterFiles_ReplaceExtendAndDisable()
    {
        const string first = """
            rules:
              - { name: a, when: mem.free < 1GiB, cooldown: 9s, then: [ { log: one }, { run: { command: /bin/true } } ] }
              - { name: b, when: mem.free < 1GiB, then: [ { log: two } ] }
              - { name: c, when: mem.free < 1GiB, then: [ { log: three } ] }
            """;
        const string second = """
            rules:
              - { name: a, extend: true, when: mem.free < 2GiB }
              - { name: b, replace: true, when: mem.free < 3GiB, then: [ { log: four } ] }
              - { name: c, disable: true }
            """;

        PolicySet policy = Policies.Valid(("1.yaml", first), ("2.yaml", second));

        Assert.Equal(["a", "b"], policy.Rules.Select(rule => rule.Name));
        Assert.Equal(("mem.free < 2GiB", 9_000_000L), (policy.Rules[0].When.Text, policy.Rules[0].CooldownUsec));
        Assert.Equal(new LogAction("one"), policy.Rules[0].Actions[0]);
        Assert.Equal(new LogAction("four"), policy.Rules[1].Actions[0]);
    }
}
