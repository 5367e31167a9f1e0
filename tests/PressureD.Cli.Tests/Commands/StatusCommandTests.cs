using System;
using System.Linq;
using System.Text.Json;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Core.Readers;
using PressureD.Systemd.Bus;
using PressureD.Systemd.Tests;
using PressureD.Systemd.Tests.Bus;

namespace PressureD.Cli.Tests.Commands;

public sealed class StatusCommandTests
{
    [Fact]
    public void The_text_says_how_the_machine_and_the_daemon_are()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new(bus.Address);
        Fill(service);
        CommandRun run = CommandRun.Of("status", "--bus", bus.Address.ToString());
        Assert.Equal("", run.Error);
        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Equal(
            """
            pressured 1.2.3: guarding with less than the policy asks for; pressure is medium
              dry run       actions are only said, not done
              memory        1.0 GiB of 8.0 GiB available, 12.5% of what programs can have
              swap          unknown of 900.0 MiB free
              exhaustion    in 7.0 s, as memory is shrinking now
              stalled       some waited for memory 20.0% of the last 10 s, all 0.3%; all for io unknown
              killed        3 since the daemon started
              limits        /proc/sys/vm/swappiness would be 60, is 100
                            memory.swap.max of /a\x1bb.slice is 2.0 GiB, was max
              policy        the files on disk differ from what runs: pressurectl check says what they mean, systemctl reload pressured applies them
              degraded      no PSI
                            no <swap> é

            """,
            run.Output);
    }

    [Fact]
    public void A_calm_machine_without_swap_is_described_as_one()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new(bus.Address);
        service.Snapshot.SwapTotalBytes = 0;
        service.Snapshot.TimeToExhaustionUsec = Quantity.Unlimited;
        service.Publish();
        service.Loop.Answer = static command => Replies.Limits(command);
        service.WaitOnBus();
        string output = CommandRun.Of("status", "--bus", bus.Address.ToString()).Output;
        Assert.StartsWith("pressured 1.2.3: guarding; pressure is normal\n", output, StringComparison.Ordinal);
        Assert.Contains("  swap          none\n", output, StringComparison.Ordinal);
        Assert.Contains("  exhaustion    not in sight\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain("dry run", output, StringComparison.Ordinal);
        Assert.DoesNotContain("missing", output, StringComparison.Ordinal);
        Assert.DoesNotContain("limits", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_loop_that_does_not_answer_keeps_nobody_from_the_rest()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new(bus.Address, answerUsec: 100_000);
        Fill(service);
        service.Loop.Hangs = true;
        CommandRun run = CommandRun.Of("status", "--bus", bus.Address.ToString());
        Assert.Equal(("", ExitCode.Success), (run.Error, run.ExitCode));
        Assert.Contains("  killed        3 ", run.Output, StringComparison.Ordinal);
        Assert.Contains("  limits        not known", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_many_limits_the_first_are_shown_and_the_rest_is_counted()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new(bus.Address);
        Fill(service);
        service.Loop.Answer = static command => Replies.Limits(
            command, [.. Enumerable.Range(0, 10).Select(static i => new StandingLimit($"{i}", "cpu.x", "1", "0", true))]);
        string output = CommandRun.Of("status", "--bus", bus.Address.ToString()).Output;
        Assert.Contains("cpu.x of /7 is 1, was 0\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain("of /8", output, StringComparison.Ordinal);
        Assert.Contains("and 2 more: pressurectl status --json\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_json_has_the_documented_names()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new(bus.Address);
        Fill(service);
        CommandRun run = CommandRun.Of("status", "--json", "--bus", bus.Address.ToString());
        Assert.Equal(ExitCode.Success, run.ExitCode);
        const string Expected = """
            {
              "format": 1,
              "version": "1.2.3",
              "state": "degraded",
              "level": 100,
              "level_name": "medium",
              "dry_run": true,
              "policy_differs": true,
              "paused_until_usec": null,
              "pause_reason": null,
              "memory_total_bytes": 8589934592,
              "memory_available_bytes": 1073741824,
              "memory_available_user_percent": 12.5,
              "swap_total_bytes": 943718400,
              "swap_free_bytes": null,
              "time_to_exhaustion_usec": 7000000,
              "memory_some_avg10_percent": 20,
              "memory_full_avg10_percent": 0.25,
              "io_full_avg10_percent": null,
              "kills": 3,
              "degraded_reasons": [
                "no PSI",
                "no <swap> é"
              ],
              "standing_limits": [
                {
                  "cgroup": null,
                  "file": "/proc/sys/vm/swappiness",
                  "value": "60",
                  "before": "100",
                  "set": false
                },
                {
                  "cgroup": "a\u001Bb.slice",
                  "file": "memory.swap.max",
                  "value": "2147483648",
                  "before": "max",
                  "set": true
                }
              ]
            }

            """;
        Assert.Equal(Expected, run.Output);
        Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(run.Output).RootElement.ValueKind);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Without_the_daemon_it_says_so_with_its_own_exit_code(bool withBus)
    {
        using PrivateBus bus = new();
        if (withBus)
        {
            bus.Start();
        }

        CommandRun run = CommandRun.Of("status", "--json", "--bus", bus.Address.ToString());
        Assert.Equal(ExitCode.NotReachable, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.Contains(withBus ? "is it running?" : "nobody listens", run.Error, StringComparison.Ordinal);
    }

    private static void Fill(RunningService service)
    {
        DaemonSnapshot snapshot = service.Snapshot;
        snapshot.State = DaemonState.Degraded;
        snapshot.Level = PressureLevel.Medium;
        snapshot.DryRun = true;
        snapshot.MemoryTotalBytes = 8L << 30;
        snapshot.MemoryAvailableBytes = 1L << 30;
        snapshot.AvailableUserMillionths = 125_000;
        snapshot.SwapTotalBytes = 900L << 20;
        snapshot.TimeToExhaustionUsec = 7_000_000;
        snapshot.MemorySomeAvg10Millionths = 200_000;
        snapshot.MemoryFullAvg10Millionths = 2_500;
        snapshot.Kills = 3;
        snapshot.PolicyDiffers = true;
        snapshot.DegradedReasons = ["no PSI", "no <swap> é"];
        service.Publish();
        service.Loop.Answer = static command => Replies.Limits(
            command,
            new StandingLimit("", "/proc/sys/vm/swappiness", "60", "100", false),
            new StandingLimit("a\u001bb.slice", "memory.swap.max", "2147483648", "max", true));
        service.WaitOnBus();
    }
}
