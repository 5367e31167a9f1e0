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
        Assert.Equal((1, 1), (batch.TimerCount, batch.BaselineCount));
        ConditionNode[] nodes = batch.When.Nodes;
        Assert.Equal(
            [ConditionOp.Compare, ConditionOp.For, ConditionOp.Compare, ConditionOp.And], nodes.Select(node => node.Op));
        Assert.Equal((0, 200_000L, Comparison.Greater), (nodes[0].Operand.Slot, nodes[0].Threshold, nodes[0].Comparison));
        Assert.Equal(1, nodes[0].TotalOperand!.Value.Slot);
        Assert.False(nodes[0].Operand.OfHost);
        Assert.Equal((0, 10_000_000L), (nodes[1].TimerIndex, nodes[1].HoldUsec));
        Assert.Equal((true, BaseHostSlot.SwapFree), (nodes[2].Operand.OfHost, nodes[2].Operand.Slot));
        Assert.Equal((5_000L, BaseHostSlot.SwapTotal), (nodes[2].Threshold, nodes[2].BaseOperand!.Value.Slot));
        Assert.Equal((-1, -1, 0), (nodes[1].BaselineIndex, nodes[2].BaselineIndex, nodes[0].BaselineIndex));
        Assert.Equal((1, 2), (nodes[3].Left, nodes[3].Right));
        Assert.Equal(PolicySet.BaseHostMetrics, policy.HostMetrics);
    }

    [Fact]
    public void Read_LaterFiles_ReplaceExtendAndDisable()
    {
        const string first = """
            rules:
              - { name: a, when: mem.free < 1GiB, cooldown: 9s, then: [ { log: one } ] }
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
