using System;
using PressureD.Core.Cgroups;
using PressureD.Core.Engine;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Core.Readers;
using PressureD.Core.Tests.Policy;

namespace PressureD.Core.Tests.Engine;

/// <summary>Why a condition is what it is, in words.</summary>
[Collection(nameof(MeasuredCollection))]
public sealed class ConditionReportTests
{
    private readonly long[] _host = new long[64];

    public ConditionReportTests()
    {
        Array.Fill(_host, Quantity.Unknown);
        _host[BaseHostSlot.MemTotal] = 1000L << 20;
        _host[BaseHostSlot.MemAvailable] = 300L << 20;
        _host[BaseHostSlot.SwapTotal] = 0;
        _host[BaseHostSlot.SwapFree] = 0;
    }

    [Fact]
    public void Each_comparison_says_value_need_truth_and_since_when()
    {
        Rule rule = Conditions.Valid(
            "(mem.available < 10% or psi.memory.full.avg10 > 20%) for 5s and swap.free < 10%");
        var match = new MatchState(rule, null, null);
        Step(rule, match, 1_000_000);
        _host[BaseHostSlot.MemAvailable] = 50L << 20;
        Step(rule, match, 61_000_000);

        Assert.Equal(
            """
            mem.available 50.0 MiB (needs < 10.0% of mem.total, 100.0 MiB): true for 3.0 s
            psi.memory.full.avg10 unknown (needs > 20.0%): unknown for 63.0 s (/proc/pressure/memory cannot be read or has no full.avg10)
            all that for 5.0 s (for 3.0 s so far): false
            swap.free 0 B (needs < 10.0% of swap.total, 0 B): true for 63.0 s

            """,
            Report(match, 64_000_000));
    }

    [Fact]
    public void Windows_and_shares_are_named_as_they_are_written()
    {
        Rule rule = Conditions.Valid(
            "recently(rate(mem.available, 2s) > 1MiB/s, 30s) and mem.available > 90% of swap.total and not rising(mem.free)");
        var match = new MatchState(rule, null, null);
        Step(rule, match, 1_000_000);

        Assert.Equal(
            """
            rate(mem.available, 2s) unknown (needs > 1.0 MiB/s): unknown for 2.0 s (its window is not full yet)
            that within the last 30.0 s (never seen): unknown
            mem.available 300.0 MiB (needs > 90.0% of swap.total, 0 B): true for 2.0 s
            delta(mem.free, 5s) unknown (needs > 0 B): unknown for 2.0 s (/proc/meminfo cannot be read or has no MemFree)

            """,
            Report(match, 3_000_000));
    }

    [Fact]
    public void Groups_are_counted_and_their_first_cgroups_named()
    {
        Rule rule = Conditions.Valid("any(\"a/*\", host.mem.available < 10%) or count(\"a/*\") > 9");
        var groups = new GroupRuntime[2];
        for (int g = 0; g < 2; g++)
        {
            groups[g] = new GroupRuntime(rule.Groups[g]);
            for (int i = 0; i < 5; i++)
                groups[g].Members.Add(new GroupMember(Slot($"a/{i}"), null, rule.Groups[g].StateCount));
        }

        var match = new MatchState(rule, null, null) { Groups = groups };
        Step(rule, match, 1_000_000);

        Assert.Equal(
            """
            any("a/*", …) 0 of 5 cgroups: false for 4.0 s
              /a/0:
                mem.available 300.0 MiB (needs < 10.0% of mem.total, 100.0 MiB): false for 4.0 s
              /a/1:
                mem.available 300.0 MiB (needs < 10.0% of mem.total, 100.0 MiB): false for 4.0 s
              /a/2:
                mem.available 300.0 MiB (needs < 10.0% of mem.total, 100.0 MiB): false for 4.0 s
            count("a/*") 5 (needs > 9): false for 4.0 s

            """,
            Report(match, 5_000_000));
    }

    [Fact]
    public void A_report_moves_nothing_and_allocates_nothing()
    {
        Rule rule = Conditions.Valid("mem.available < 10% for 5s or recently(mem.available > 1B, 5s)");
        var match = new MatchState(rule, null, null);
        Step(rule, match, 1_000_000);
        long[] memory = [.. match.Memory];
        var text = new TextBuffer(2048);
        ConditionReport.Append(text, match, _host, 2_000_000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        ConditionReport.Append(text.Clear(), match, _host, 3_000_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(memory, match.Memory);
    }

    private static CgroupSlot Slot(string path)
    {
        var slot = new CgroupSlot();
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(path);
        slot.Occupy(1, 1, null, bytes, 0, null);
        return slot;
    }

    private void Step(Rule rule, MatchState match, long nowUsec)
    {
        foreach (GroupRuntime group in match.Groups)
            group.Evaluate(_host, nowUsec, recheck: false);
        new ConditionEvaluator(_host, match, nowUsec, recheck: false).Evaluate(rule.When);
    }

    private string Report(MatchState match, long nowUsec)
    {
        var text = new TextBuffer(4096);
        ConditionReport.Append(text, match, _host, nowUsec);
        return text.ToString();
    }
}
