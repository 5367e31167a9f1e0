using System;
using System.IO;
using System.Linq;

namespace PressureD.Cli.Tests.Commands;

public sealed class DemoCommandTests
{
    [Fact]
    public void The_leak_ends_by_the_kernels_hand_alone_and_by_the_policy_with_memory_left()
    {
        CommandRun run = CommandRun.Of("demo");
        Assert.Equal((ExitCode.Success, ""), (run.ExitCode, run.Error));
        int second = run.Output.IndexOf("With PressureD", StringComparison.Ordinal);
        Assert.Contains("kernel: Out of memory: Killed process", run.Output[..second], StringComparison.Ordinal);
        string guarded = run.Output[second..];
        Assert.DoesNotContain("kernel: Out of memory", guarded, StringComparison.Ordinal);
        Assert.Contains("pressured: out-of-memory-soon: TERM to ", guarded, StringComparison.Ordinal);
        Assert.Contains("leaky (209) died of signal 15", guarded, StringComparison.Ordinal);
    }

    [Fact]
    public void Thrashing_is_ended()
    {
        CommandRun run = CommandRun.Of("demo", "thrash", "--no-comparison");
        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.DoesNotContain("The kernel alone", run.Output, StringComparison.Ordinal);
        Assert.Contains("pressured: swap-thrash: TERM to ", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Programs_get_both_runs_line_by_line()
    {
        CommandRun run = CommandRun.Of("demo", "--json");
        Assert.Equal((ExitCode.Success, ""), (run.ExitCode, run.Error));
        string[] ends =
        [
            .. run.Output.Split('\n').Where(static line => line.Contains("\"type\":\"end\"", StringComparison.Ordinal)),
        ];
        Assert.Equal(2, ends.Length);
        Assert.Contains("\"guarded\":false", ends[0], StringComparison.Ordinal);
        Assert.Contains("\"name\":\"leaky\"", ends[0], StringComparison.Ordinal);
        Assert.Contains("\"kernel_kills\":1,", ends[0], StringComparison.Ordinal);
        Assert.Contains("\"guarded\":true", ends[1], StringComparison.Ordinal);
        Assert.Contains("\"signal\":15,\"by_kernel\":false", ends[1], StringComparison.Ordinal);
        Assert.Contains("out-of-memory-soon: TERM to ", run.Output, StringComparison.Ordinal);
        run = CommandRun.Of("demo", "copy", "--json", "--no-comparison");
        Assert.DoesNotContain("\"guarded\":false", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_copy_kills_nobody()
    {
        CommandRun run = CommandRun.Of("demo", "copy", "--no-comparison");
        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.DoesNotContain("died of signal", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_scenario_is_answered_with_the_known_ones()
    {
        CommandRun run = CommandRun.Of("demo", "flood");
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("there is no scenario \"flood\"; there are leak, thrash, copy", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bad_policy_is_refused_before_anything_runs()
    {
        CommandRun run = CommandRun.Of("demo", "--policy", Path.Combine(Path.GetTempPath(), "there-is-no-such-policy.yaml"));
        Assert.Equal(ExitCode.Error, run.ExitCode);
        Assert.Contains("there-is-no-such-policy.yaml", run.Error, StringComparison.Ordinal);
        Assert.Equal("", run.Output);
    }
}
