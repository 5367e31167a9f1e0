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
    [InlineData("90 % of mem.total<mem.anon", "mem.anon > 90% of mem.total")]
    [InlineData("90% of mem.total > 5GiB", "90% of mem.total > 5GiB")]
    [InlineData("5GiB < 90% of mem.total", "90% of mem.total > 5GiB")]
    [InlineData("rate( mem.free ,2 s)>1 MiB/s", "rate(mem.free, 2s) > 1MiB/s")]
    [InlineData("max(avg(mem.free, 2s), 1min) < mem.total", "max(avg(mem.free, 2s), 1min) < mem.total")]
    [InlineData("recently((mem.free < 1B), 30s) for 5s", "recently(mem.free < 1B, 30s) for 5s")]
    [InlineData("not (rising(mem.free))", "not rising(mem.free)")]
    [InlineData("any('a/*', memory.current > 1B for 3s)", "any(\"a/*\", memory.current > 1B for 3s)")]
    [InlineData("3 <= count(\"a/{b,c}\")", "count(\"a/{b,c}\") >= 3")]
    public void Text_IsNormalised(string written, string normal)
    {
        Assert.Equal(normal, Conditions.Valid(written).When.Text);
        Assert.Equal(normal, Conditions.Valid(normal).When.Text);
    }

    [Fact]
    public void For_BindsToTheComparisonBeforeIt()
    {
        ConditionNode[] nodes = Conditions.Valid("mem.free < 1B or mem.free < 2B for 5s and not mem.cached < 3B").When.Nodes;

        Assert.Equal(
            [
                ConditionOp.Compare, ConditionOp.Compare, ConditionOp.For, ConditionOp.Compare, ConditionOp.Not,
                ConditionOp.And, ConditionOp.Or,
            ],
            nodes.Select(node => node.Op).Where(op => op is not (ConditionOp.Metric or ConditionOp.Number)));
        Assert.Equal(5, nodes[6].Left);
        Assert.Equal((6, 10), (nodes[11].Left, nodes[11].Right));
        Assert.Equal((2, 11), (nodes[12].Left, nodes[12].Right));
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
        Assert.Equal(threshold, Conditions.Valid(condition).When.Nodes.Single(node => node.Op is ConditionOp.Number or ConditionOp.Share).Amount);

    [Fact]
    public void Percentage_OfBytes_NamesItsBaseAmongTheHostsMetrics()
    {
        ConditionNode[] nodes = Conditions.Valid("memory.swap.current > 5%", "a").When.Nodes;

        Assert.False(nodes[0].Operand.OfHost);
        Assert.Equal(new MetricOperand(MetricCatalog.Get("swap.total"), true, BaseHostSlot.SwapTotal), nodes[1].Operand);
        Assert.Equal((ConditionOp.Share, 1, 50_000L, true), (nodes[2].Op, nodes[2].Left, nodes[2].Amount, nodes[2].OfBase));
        Assert.Equal((ConditionOp.Compare, 0, 2), (nodes[3].Op, nodes[3].Left, nodes[3].Right));
    }

    [Fact]
    public void Names_WithForEach_AreTheMatchsUnlessTheHostsAlone()
    {
        Rule rule = Conditions.Valid(
            "psi.io.full.avg60 > 1% and host.psi.io.full.avg60 > 2% and mem.free < 1B and host.mem.free < 2B", "a");
        ConditionNode[] compares = rule.When.Nodes.Where(node => node.Op == ConditionOp.Metric).ToArray();

        Assert.Equal([false, true, true, true], compares.Select(node => node.Operand.OfHost));
        Assert.Equal([0, 1], rule.MatchSlots);
        Assert.Equal(["psi.io.full.avg60", "psi.io.full.total"], rule.MatchMetrics.Select(metric => metric.Name));
        Assert.Equal([true, true, false, false], compares.Select(node => node.BaselineIndex >= 0));
        Assert.Equal([(false, 1), (true, 13)], compares.Take(2).Select(node => (node.Basis.OfHost, node.Basis.Slot)));
    }

    [Fact]
    public void Names_WithoutForEach_AreTheHosts()
    {
        Rule rule = Conditions.Valid("psi.memory.full.avg10 > 1%");

        ConditionNode node = rule.When.Nodes[0];
        Assert.Equal((true, BaseHostSlot.MemoryFullAvg10), (node.Operand.OfHost, node.Operand.Slot));
        Assert.Equal(BaseHostSlot.MemoryFullTotal, node.Basis.Slot);
        Assert.Empty(rule.MatchMetrics);
    }

    [Fact]
    public void WhatIsRemembered_IsCountedOverWhenAndUntil()
    {
        Rule rule = Conditions.Valid(
            "psi.memory.full.avg10 > 9% for 1s or psi.memory.full.avg60 > 8% for 2s", null, "psi.io.full.avg10 < 7% for 3s");

        // Both averages of a line share the baseline of its total; each comparison and each "for" has a place of its own.
        ConditionNode[] nodes = [.. rule.When.Nodes, .. rule.Until!.Nodes];
        int[] baselines = [.. nodes.Where(node => node.BaselineIndex >= 0).Select(node => node.BaselineIndex)];
        int[] states = [.. nodes.Where(node => node.StateIndex >= 0).Select(node => node.StateIndex)];
        Assert.Equal(baselines[0], baselines[1]);
        Assert.NotEqual(baselines[0], baselines[2]);
        Assert.Equal(Enumerable.Range(0, 8), states.Concat(baselines).Distinct().Order());
        Assert.Equal((8, true), (rule.StateCount, rule.HasHold));
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
    [InlineData("mem.free < 1.2.3GiB", "f:1:12: '1.2.3GiB' has more than one decimal point, expected at most one, such as 1.5 (for mem.free)")]
    [InlineData("mem.free < .5GiB", "f:1:12: '.5GiB' has no digit before or after its decimal point, expected one, such as 0.5 (for mem.free)")]
    [InlineData("mem.free < 99999999999TiB", "f:1:12: '99999999999TiB' is too large, expected less (for mem.free)")]
    [InlineData("mem.free < 1,5GiB", "f:1:12: '1,5' is not a number, expected digits and at most one point, such as 1.5")]
    [InlineData("mem.free < -1GiB", "f:1:12: '-' cannot stand here: there is no arithmetic, and no value is below 0; expected a comparison of a metric, or of delta(…) for a change")]
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
    [InlineData("(mem.free < 1B", "f:1:1: '(' is not closed, expected a ')'")]
    [InlineData("mem.free < 1B)", "f:1:14: ')' closes nothing, expected a '(' before it, or no ')'")]
    [InlineData("1GiB < mem.free < 2GiB", "f:1:17: a comparison has two sides; join two comparisons with 'and'")]
    [InlineData("1GiB < 2GiB", "f:1:1: two numbers are compared, expected a metric on one side")]
    [InlineData("mem.free < vm.swap_in", "f:1:12: 'vm.swap_in' is a rate and 'mem.free' a size, expected two values of the same unit")]
    [InlineData("rate(mem.free, 2s) > 1GiB", "f:1:22: '1GiB' is not a speed in bytes, expected a speed such as 10MiB/s (for rate(mem.free, 2s))")]
    [InlineData("rat(mem.free, 2s) > 1GiB", "f:1:1: unknown function 'rat'; did you mean 'rate'?\nf:1:21: '1GiB' is not a speed in bytes, expected a speed such as 10MiB/s (for rat(mem.free, 2s))")]
    [InlineData("frobnicate(mem.free) > 1GiB", "f:1:1: unknown function 'frobnicate', expected one of rate, avg, min, max, delta, rising, falling, recently, exists, count, any, all, max_of, min_of, sum_of")]
    [InlineData("rate(mem.free) > 1MiB/s", "f:1:1: 'rate' has 1 argument, expected rate(x, D)")]
    [InlineData("falling() ", "f:1:1: 'falling' has 0 arguments, expected falling(x, ratio [, D])")]
    [InlineData("rate(mem.free, 2s, 3s) > 1MiB/s", "f:1:1: 'rate' has 3 arguments, expected rate(x, D)")]
    [InlineData("rate(psi.io.full.avg10, 2s) > 1%", "f:1:1: 'rate' of psi.io.full.avg10, which is a share, has no unit, expected delta(psi.io.full.avg10, …) or the rate of a size or a count")]
    [InlineData("rate(mem.free, 10ms) > 1MiB/s", "f:1:16: the window '10ms' cannot be kept, expected 100ms to 1h")]
    [InlineData("rate(mem.free, 2) > 1MiB/s", "f:1:16: '2' has no unit, expected a duration such as 10s")]
    [InlineData("rate(mem.free, mem.free) > 1MiB/s", "f:1:16: 'mem.free' is not a window, expected a duration such as 10s")]
    [InlineData("rate(3s, 2s) > 1MiB/s", "f:1:6: '3s' cannot stand here, expected a metric")]
    [InlineData("rate(mem.free < 1B, 2s) > 1MiB/s", "f:1:6: 'mem.free < 1B' is a condition, expected a value such as a metric")]
    [InlineData("rate(rising(mem.free), 2s) > 1MiB/s", "f:1:6: 'rising' is a condition, expected a value such as a metric")]
    [InlineData("avg(max_of(\"a\", memory.current), 2s) > 1MiB", "f:1:1: 'avg' cannot look back on 'max_of', which is about several cgroups at this moment; look back on each of them: max_of(\"a\", avg(memory.current, 2s))")]
    [InlineData("delta(sum_of(\"a/*\", rate(memory.stat.pgscan, 2s)), 1min) > 9/s", "f:1:1: 'delta' cannot look back on 'sum_of', which is about several cgroups at this moment; look back on each of them: sum_of(\"a/*\", delta(rate(memory.stat.pgscan, 2s), 1min))")]
    [InlineData("falling(min_of(\"a/*\", memory.current), 85%, 9s)", "f:1:1: 'falling' cannot look back on 'min_of', which is about several cgroups at this moment; look back on each of them: any(\"a/*\", falling(memory.current, 85%, 9s))")]
    [InlineData("max(count(\"a/*\"), 9s) > 3", "f:1:1: 'max' cannot look back on 'count', which is about several cgroups at this moment, expected a comparison with 'for' after it, or in recently(…, D)")]
    [InlineData("rate(mem.free, 2s)", "f:1:1: 'rate(mem.free, 2s)' is a value and cannot stand alone, expected a comparison such as rate(memory.stat.pgscan, 2s) > 0/s")]
    [InlineData("recently(mem.free, 2s)", "f:1:10: 'mem.free' is a value and cannot stand alone, expected a comparison such as mem.available < 10%")]
    [InlineData("rising(mem.free) > 3", "f:1:1: 'rising' is a condition, expected a value such as a metric")]
    [InlineData("falling(mem.free, 120%)", "f:1:19: the ratio '120%' is out of range, expected more than 0% to 100%")]
    [InlineData("any(a.slice, memory.current > 1B)", "f:1:5: 'a.slice' is not a pattern, expected one in quotes such as \"app.slice/*\"")]
    [InlineData("any(a/*, memory.current > 1B)", "f:1:6: '/' cannot stand in a condition, expected cgroup patterns in quotes, such as \"app.slice/*\"")]
    [InlineData("any(\"a[1]\", memory.current > 1B)", "f:1:5: the pattern 'a[1]' has '[' or ']', expected alternatives such as {a,b}")]
    [InlineData("any(\"./a\", memory.current > 1B)", "f:1:5: the pattern './a' is below the match, expected a rule with 'for-each'")]
    [InlineData("any(\"a\", exists(\"b\"))", "f:1:10: 'exists' stands within another function over cgroups, expected one after the other, joined with 'and' or 'or'")]
    [InlineData("any(\"a, memory.current > 1B)", "f:1:5: the quotation mark \" is not closed, expected another one after the pattern")]
    [InlineData("\"a\" > 1B", "f:1:1: 'a' in quotes cannot stand here, expected a metric's name")]
    [InlineData("count(\"a\") > 1B", "f:1:14: '1B' is not a plain number, expected a plain number such as 3 (for count(\"a\"))")]
    [InlineData("rate(mem.free, 2s", "f:1:18: the arguments of 'rate' are not closed, expected ',' or ')'")]
    [InlineData("rate < 3", "f:1:1: unknown metric 'rate', expected rate(x, D)")]
    [InlineData("mem.free < 3 of mem.total", "f:1:12: '3' has no unit, expected a percentage such as 10% (before 'of')")]
    [InlineData("mem.free < 90% of 3GiB", "f:1:19: '3GiB' cannot stand here, expected a metric's name after 'of'")]
    [InlineData("psi.io.full.avg10 > 90% of mem.total", "f:1:21: '90% of mem.total' is a size and 'psi.io.full.avg10' a share, expected two values of the same unit")]
    [InlineData("mem.free < 1B and $x", "f:1:19: '$' cannot stand in a condition, expected metrics, numbers, comparisons, and, or, not")]
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
    [InlineData("mem.fre < 10 && swap.fre = 5 || mem.free < 5", "1 11 14 17 26 28 30 44")]
    [InlineData("mem.fre < 1B AND (swap.fre < 1B", "1 14 18 19")]
    [InlineData("mem.fre < -1GiB and swap.fre < 1,5GB or mem.free < 3", "1 11 21 32 32 52")]
    [InlineData("mem.fre 10% and swap.fre", "1 9 17 25")]
    [InlineData("mem.fre < 1B < 2B and swap.fre < 1B", "1 14 23")]
    [InlineData("mem.fre < 1B swap.fre < 1B or mem.free < 3", "1 14 42")]
    [InlineData("mem.fre < 1B) or mem.free < 3", "1 13 29")]
    [InlineData("mem.fre < 1B for and mem.free < 3", "1 18 33")]
    [InlineData("mem.fre < 1GB and 5 of mem.totl < mem.fre", "1 11 19 24 35")]
    [InlineData("any(a/*, memory.current > 1B) and mem.fre < 1B", "6 35")]
    [InlineData("any(\"a\" memory.current > 1B) and mem.fre < 1B", "9 34")]
    [InlineData("any(\"a, memory.current > 1B) and mem.fre < 1B", "5")]
    [InlineData("anny(\"a\", memory.curent > 1B) and coutn(\"a//b\") > 1B", "1 11 35 41")]
    [InlineData("rat(mem.fre, 1d) > 1 or rate(mem.fre) > 2", "1 5 14 25 30")]
    [InlineData("rate(mem.fre, 1d) or recently(mem.fre, 2d)", "1 6 15 31 31 40")]
    [InlineData("rate(mem.free 2s) > 1B/s and mem.fre < 1B", "15 30")]
    [InlineData("$x and mem.fre < 1B and ~y", "1 8 25")]
    [InlineData("(((mem.fre < 1B and swap.fre < 1B", "3 4 21")]
    [InlineData("any(\"x\", (memory.current > 1B , b) > 1)", "31")]
    [InlineData("((mem.free > 1B , mem.free > 2B))", "17")]
    [InlineData("(mem.free > , b) and mem.fre < 1B", "13 22")]
    [InlineData("(count(\"x\" \"y\") > 1) and mem.fre < 1B", "12 26")]
    [InlineData("(mem.free > 1B 2B (3B) and x) and mem.fre < 1B", "16 35")]
    [InlineData("(mem.free > 1B , b", "1 16")]
    public void Mistakes_OfOneCondition_AreAllToldAtOnce(string condition, string columns)
    {
        (Rule? rule, string said) = Conditions.Compile(condition);

        Assert.Null(rule);
        Assert.True(columns == string.Join(' ', said.Split('\n').Select(line => line.Split(':')[2])), said);
    }

    [Theory]
    [InlineData("vm.scan > 0", "vm.scan > 0/s")]
    [InlineData("mem.free > 0 for 5s", "mem.free > 0B for 5s")]
    [InlineData("psi.memory.full.avg10 > 0", "psi.memory.full.avg10 > 0%")]
    public void Nothing_NeedsNoUnit(string bare, string withUnit) =>
        Assert.Equal(Conditions.Valid(withUnit).When.Nodes, Conditions.Valid(bare).When.Nodes);

    [Theory]
    [InlineData("mem.free < 10x", "has an unknown unit 'x', expected a size such as 50MiB or a percentage of mem.total, in B, KiB, MiB, GiB, TiB (for mem.free)")]
    [InlineData("mem.free < 10m", "has an unknown unit 'm', expected a size such as 50MiB or a percentage of mem.total; did you mean '10MiB'? (for mem.free)")]
    [InlineData("mem.free < 10pct", "has an unknown unit 'pct', expected a percentage such as 10%; did you mean '10%'? (for mem.free)")]
    [InlineData("mem.free < 10sec", "has an unknown unit 'sec', expected a size such as 50MiB or a percentage of mem.total, in B, KiB, MiB, GiB, TiB (for mem.free)")]
    [InlineData("time_to_exhaustion < 10us", "has an unknown unit 'us', expected a duration such as 10s, in ms, s, min, h (for time_to_exhaustion)")]
    [InlineData("avg(mem.free, 30m) < 1%", "has an unknown unit 'm', expected a duration such as 10s; did you mean '30min'?")]
    [InlineData("avg(mem.free, 90m) < 1%", "has an unknown unit 'm', expected a duration such as 10s, in ms, s, min, h")]
    [InlineData("avg(mem.free, 1d) < 1%", "has an unknown unit 'd', expected a duration such as 10s, in ms, s, min, h")]
    [InlineData("io.read > 5MB/s", "has an unknown unit 'MB/s', expected a speed such as 10MiB/s; did you mean '5MiB/s'? (for io.read)")]
    [InlineData("vm.scan > 5", "has no unit, expected a rate such as 100/s (for vm.scan)")]
    [InlineData("memory.curent > 1B", "unknown metric 'memory.curent'; if you mean 'memory.current', which only a cgroup has, expected it in a rule with 'for-each'")]
    [InlineData("x > 1B", "unknown metric 'x', expected one such as mem.available or psi.memory.full.avg10")]
    [InlineData("always > 1B", "unknown metric 'always', expected a comparison; mem.free >= 0B is always true")]
    [InlineData("'a' > 1B", "'a' in quotes cannot stand here, expected a metric's name")]
    public void Suggestion_IsWhatWouldBeTaken(string condition, string said)
    {
        string actual = Conditions.Compile(condition).Said;

        Assert.EndsWith(said, actual);
        Assert.DoesNotContain('\n', actual);
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
        Assert.Equal($"f:1:1: warning: this comparison is {verdict} true: {metric} lies between 0 and {top}, expected a number between them", said);
    }

    [Fact]
    public void LongHold_DrawsAWarning() => Assert.Equal(
        "f:1:19: warning: 'for 11min' waits for more than 10 min while the machine suffers, expected less",
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

        Assert.StartsWith("f:1:1: the condition has 999 parts", Conditions.Compile(text).Said);
        Assert.StartsWith("f:1:1: the condition has 4097 characters", Conditions.Compile(new string('(', 4097)).Said);
    }
}
