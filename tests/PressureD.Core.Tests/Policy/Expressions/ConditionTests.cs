using System.Linq;
using PressureD.Core.Policy;

namespace PressureD.Core.Tests.Policy.Expressions;

public sealed class ConditionTests
{
    [Theory]
    [InlineData("mem.free<1GiB", "mem.free < 1GiB")]
    [InlineData("  mem.free  <  1 GiB  ", "mem.free < 1GiB")]
    [InlineData("1GiB > mem.free", "mem.free < 1GiB")]
    [InlineData("10% <= swap.free", "swap.free >= 10%")]
    [InlineData("((mem.free < 1GiB))", "mem.free < 1GiB")]
    [InlineData("mem.free < 1B and (mem.free < 2B and mem.free < 3B)", "mem.free < 1B and mem.free < 2B and mem.free < 3B")]
    [InlineData("(mem.free < 1B or mem.free < 2B) and mem.free < 3B", "(mem.free < 1B or mem.free < 2B) and mem.free < 3B")]
    [InlineData("(mem.free < 1B and mem.free < 2B) or mem.free < 3B", "mem.free < 1B and mem.free < 2B or mem.free < 3B")]
    [InlineData("not (mem.free < 1B)", "not mem.free < 1B")]
    [InlineData("not (mem.free < 1B or mem.free < 2B)", "not (mem.free < 1B or mem.free < 2B)")]
    [InlineData("not mem.free < 1B for 5s", "not mem.free < 1B for 5s")]
    [InlineData("(not mem.free < 1B) for 5s", "(not mem.free < 1B) for 5s")]
    [InlineData("(mem.free < 1B for 5s) for 9s", "(mem.free < 1B for 5s) for 9s")]
    public void Text_IsNormalised(string written, string normal)
    {
        Assert.Equal(normal, Conditions.Valid(written).When.Text);
        Assert.Equal(normal, Conditions.Valid(normal).When.Text);
    }

    [Fact]
    public void For_BindsToTheComparisonBeforeIt()
    {
        ConditionNode[] nodes = Conditions.Valid("mem.free < 1B or mem.free < 2B for 5s and not mem.free < 3B").When.Nodes;

        Assert.Equal(
            [
                ConditionOp.Compare, ConditionOp.Compare, ConditionOp.For, ConditionOp.Compare, ConditionOp.Not,
                ConditionOp.And, ConditionOp.Or,
            ],
            nodes.Select(node => node.Op));
        Assert.Equal(1, nodes[2].Left);
        Assert.Equal((2, 4), (nodes[5].Left, nodes[5].Right));
        Assert.Equal((0, 5), (nodes[6].Left, nodes[6].Right));
    }

    [Theory]
    [InlineData("psi.memory.some.avg10 > 0.5%", 5_000)]
    [InlineData("psi.memory.some.avg10 > 0.0001%", 1)]
    [InlineData("mem.free < 1.5GiB", 1_610_612_736)]
    [InlineData("mem.free < 3B", 3)]
    [InlineData("mem.free < 2KiB", 2_048)]
    [InlineData("mem.free < 2MiB", 2_097_152)]
    [InlineData("mem.free < 2TiB", 2_199_023_255_552)]
    [InlineData("mem.free < 12.5%", 125_000)]
    [InlineData("time_to_exhaustion < 250ms", 250_000)]
    [InlineData("time_to_exhaustion < 3s", 3_000_000)]
    [InlineData("time_to_exhaustion < 2min", 120_000_000)]
    [InlineData("time_to_exhaustion < 1h", 3_600_000_000)]
    [InlineData("vm.swap_in > 100/s", 100_000)]
    [InlineData("vm.swap_in > 0.5/s", 500)]
    public void Threshold_IsInTheMetricsScale(string condition, long threshold) =>
        Assert.Equal(threshold, Conditions.Valid(condition).When.Nodes[0].Threshold);

    [Fact]
    public void Percentage_OfBytes_NamesItsBaseAmongTheHostsMetrics()
    {
        ConditionNode node = Conditions.Valid("memory.swap.current > 5%", "a").When.Nodes[0];

        Assert.Equal(50_000, node.Threshold);
        Assert.False(node.Operand.OfHost);
        Assert.Equal(new MetricOperand(MetricCatalog.Get("swap.total"), true, BaseHostSlot.SwapTotal), node.BaseOperand);
    }

    [Fact]
    public void Names_WithForEach_AreTheMatchsUnlessTheHostsAlone()
    {
        Rule rule = Conditions.Valid(
            "psi.io.full.avg60 > 1% and host.psi.io.full.avg60 > 2% and mem.free < 1B and host.mem.free < 2B", "a");
        ConditionNode[] compares = rule.When.Nodes.Where(node => node.Op == ConditionOp.Compare).ToArray();

        Assert.Equal([false, true, true, true], compares.Select(node => node.Operand.OfHost));
        Assert.Equal(["psi.io.full.avg60", "psi.io.full.total"], rule.MatchMetrics.Select(metric => metric.Name));
        Assert.Equal([0, 1, -1, -1], compares.Select(node => node.BaselineIndex));
        Assert.Equal([(false, 1), (true, 13)],
            compares.Take(2).Select(node => (node.TotalOperand!.Value.OfHost, node.TotalOperand.Value.Slot)));
    }

    [Fact]
    public void Names_WithoutForEach_AreTheHosts()
    {
        Rule rule = Conditions.Valid("psi.memory.full.avg10 > 1%");

        ConditionNode node = rule.When.Nodes[0];
        Assert.Equal((true, BaseHostSlot.MemoryFullAvg10), (node.Operand.OfHost, node.Operand.Slot));
        Assert.Equal(BaseHostSlot.MemoryFullTotal, node.TotalOperand!.Value.Slot);
        Assert.Empty(rule.MatchMetrics);
    }

    [Fact]
    public void TimersAndBaselines_AreCountedOverWhenAndUntil()
    {
        Rule rule = Conditions.Valid(
            "psi.memory.full.avg10 > 9% for 1s or psi.memory.full.avg60 > 8% for 2s", null, "psi.io.full.avg10 < 7% for 3s");

        Assert.Equal((3, 2), (rule.TimerCount, rule.BaselineCount));
        Assert.Equal(2, rule.Until!.Nodes[1].TimerIndex);
        Assert.Equal(1, rule.Until.Nodes[0].BaselineIndex);
        Assert.Equal([0, 0], rule.When.Nodes.Where(node => node.Op == ConditionOp.Compare).Select(node => node.BaselineIndex));
    }

    [Theory]
    [InlineData("mem.fre < 1GiB", "f:1:1: unknown metric 'mem.fre'; did you mean 'mem.free'?")]
    [InlineData("host.mem.fre < 1GiB", "f:1:1: unknown metric 'host.mem.fre'; did you mean 'host.mem.free'?")]
    [InlineData("psi.memory.ful.avg10 > 1%", "f:1:1: unknown metric 'psi.memory.ful.avg10'; did you mean 'psi.memory.full.avg10'?")]
    [InlineData("nonsense > 1%", "f:1:1: unknown metric 'nonsense', expected one such as mem.available or psi.memory.full.avg10")]
    [InlineData("mem.free < nan", "f:1:12: unknown metric 'nan', expected a number with its unit")]
    [InlineData("mem.free < 10", "f:1:12: '10' has no unit, expected a size such as 50MiB or a percentage of mem.total (for mem.free)")]
    [InlineData("mem.free < 10MB", "f:1:12: '10MB' has an unknown unit 'MB', expected a size such as 50MiB or a percentage of mem.total; did you mean '10MiB'? (for mem.free)")]
    [InlineData("mem.free < 10 s", "f:1:12: '10s' is not a size, expected a size such as 50MiB or a percentage of mem.total (for mem.free)")]
    [InlineData("time_to_exhaustion < 5m", "f:1:22: '5m' has an unknown unit 'm', expected a duration such as 10s; did you mean '5min'? (for time_to_exhaustion)")]
    [InlineData("psi.io.full.avg10 > 0.1", "f:1:21: '0.1' has no unit, expected a percentage such as 10% (for psi.io.full.avg10)")]
    [InlineData("mem.total > 10%", "f:1:13: '10%' is not a size, expected a size such as 50MiB (for mem.total)")]
    [InlineData("vm.swap_in > 10", "f:1:14: '10' has no unit, expected a rate such as 100/s (for vm.swap_in)")]
    [InlineData("mem.free < 1.2.3GiB", "f:1:12: '1.2.3GiB' has more than one decimal point (for mem.free)")]
    [InlineData("mem.free < .5GiB", "f:1:12: '.5GiB' has no digit before or after its decimal point (for mem.free)")]
    [InlineData("mem.free < 99999999999TiB", "f:1:12: '99999999999TiB' is too large (for mem.free)")]
    [InlineData("mem.free < 1,5GiB", "f:1:12: '1,5' is not a number, expected digits and at most one point, such as 1.5")]
    [InlineData("mem.free < -1GiB", "f:1:12: '-' cannot stand here: there is no arithmetic, and no value is below 0")]
    [InlineData("mem.free = 1GiB", "f:1:10: '=' is not an operator; did you mean '=='?")]
    [InlineData("mem.free < 1B && mem.free < 2B", "f:1:15: '&&' is not an operator; did you mean 'and'?")]
    [InlineData("mem.free < 1B AND mem.free < 2B", "f:1:15: 'AND' is not known here, expected 'and' in small letters")]
    [InlineData("mem.free", "f:1:9: the condition ends here, expected a comparison: < <= > >= == or !=")]
    [InlineData("mem.free <", "f:1:11: the condition ends here, expected a number with its unit, such as 10%")]
    [InlineData("mem.free < 1B mem.free", "f:1:15: 'mem.free' cannot stand here, expected 'and', 'or' or the end of the condition")]
    [InlineData("mem.free < 1B for 5s for 6s", "f:1:22: a second 'for', expected 'and', 'or' or the end of the condition")]
    [InlineData("mem.free < 1B for", "f:1:18: the condition ends here, expected a duration such as 10s after 'for'")]
    [InlineData("mem.free < 1B for 5", "f:1:19: '5' has no unit, expected a duration such as 10s")]
    [InlineData("mem.free < 1B for 0s", "f:1:19: 'for 0s' holds at once, expected a longer time or no 'for'")]
    [InlineData("(mem.free < 1B", "f:1:1: '(' is not closed")]
    [InlineData("mem.free < 1B)", "f:1:14: ')' closes nothing")]
    [InlineData("1GiB < mem.free < 2GiB", "f:1:17: a comparison has two sides; join two comparisons with 'and'")]
    [InlineData("1GiB < 2GiB", "f:1:1: two numbers are compared, expected a metric on one side")]
    [InlineData("mem.free < mem.total", "f:1:12: 'mem.total' is compared with 'mem.free', expected a number with its unit")]
    [InlineData("rate(mem.free, 2s) > 1GiB", "f:1:1: unknown function 'rate', expected a metric's name")]
    [InlineData("mem.free < 1B and $x", "f:1:19: '$' cannot stand in a condition")]
    [InlineData("", "f:1:1: the condition is empty, expected a comparison such as mem.available < 10%")]
    [InlineData("memory.current > 1GiB", "f:1:1: 'memory.current': only a cgroup has memory.current, expected a rule with 'for-each', or a metric of the machine")]
    public void Mistake_IsNamedWithItsPlace(string condition, string said)
    {
        (Rule? rule, string actual) = Conditions.Compile(condition);

        Assert.Null(rule);
        Assert.Equal(said, actual);
    }

    [Fact]
    public void Mistakes_AreReportedTogether()
    {
        (_, string said) = Conditions.Compile("mem.fre < 1GiB and mem.free < 3 or host.memory.current > 1B", "a");

        Assert.Equal(
            """
            f:1:1: unknown metric 'mem.fre'; did you mean 'mem.free'?
            f:1:31: '3' has no unit, expected a size such as 50MiB or a percentage of mem.total (for mem.free)
            f:1:36: 'host.memory.current': only a cgroup has memory.current, expected the name without 'host.'
            """,
            said);
    }

    [Theory]
    [InlineData("psi.io.full.avg10 > 100%", "never", "psi.io.full.avg10", "100%")]
    [InlineData("psi.io.full.avg10 >= 101%", "never", "psi.io.full.avg10", "100%")]
    [InlineData("swap.free < 0B", "never", "swap.free", "any height")]
    [InlineData("swap.free < 0%", "never", "swap.free", "100%")]
    [InlineData("swap.free >= 0%", "always", "swap.free", "100%")]
    [InlineData("swap.free <= 100%", "always", "swap.free", "100%")]
    public void DecidedComparison_DrawsAWarning(string condition, string verdict, string metric, string top)
    {
        (Rule? rule, string said) = Conditions.Compile(condition);

        Assert.NotNull(rule);
        Assert.Equal($"f:1:1: warning: this comparison is {verdict} true: {metric} lies between 0 and {top}", said);
    }

    [Fact]
    public void LongHold_DrawsAWarning() => Assert.Equal(
        "f:1:19: warning: 'for 11min' waits for more than 10 min while the machine suffers",
        Conditions.Compile("mem.free < 1B for 11min").Said);

    [Theory]
    [InlineData("(", 32, true)]
    [InlineData("(", 33, false)]
    [InlineData("not ", 32, true)]
    [InlineData("not ", 33, false)]
    public void Nesting_IsBounded(string opening, int times, bool accepted)
    {
        string text = string.Concat(Enumerable.Repeat(opening, times)) + "mem.free < 1B"
            + (opening == "(" ? new string(')', times) : "");

        Assert.Equal(accepted, Conditions.Compile(text).Rule is not null);
    }

    [Fact]
    public void LongChain_IsRefusedWithoutRecursion()
    {
        string text = string.Join(" or ", Enumerable.Repeat("mem.free<1B", 250));

        Assert.StartsWith("f:1:1: the condition has 499 parts", Conditions.Compile(text).Said);
        Assert.StartsWith("f:1:1: the condition has 4097 characters", Conditions.Compile(new string('(', 4097)).Said);
    }
}
