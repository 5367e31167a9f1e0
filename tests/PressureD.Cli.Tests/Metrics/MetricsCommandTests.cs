using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using PressureD.Cli.Metrics;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Core.Readers;
using PressureD.Systemd.Bus;
using PressureD.Systemd.Tests;
using PressureD.Systemd.Tests.Bus;

namespace PressureD.Cli.Tests.Metrics;

public sealed partial class MetricsCommandTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("pressured-metrics-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void The_output_is_OpenMetrics_and_says_what_the_daemon_says()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = Service(bus);
        CommandRun run = CommandRun.Of("metrics", "--bus", bus.Address.ToString());
        Assert.Equal(("", ExitCode.Success), (run.Error, run.ExitCode));
        Exposition read = Exposition.Read(run.Output, isOpenMetrics: true);
        Assert.Equal(1, read.Values["pressured_up"]);
        Assert.Equal(1, read.Values["pressured_build_info{version=\"1.2.3\"}"]);
        Assert.Equal(1, read.Values["pressured_state{state=\"degraded\"}"]);
        Assert.Equal(0, read.Values["pressured_state{state=\"guarding\"}"]);
        Assert.Equal(100, read.Values["pressured_pressure_level"]);
        Assert.Equal(0.125, read.Values["pressured_memory_available_user_ratio"]);
        Assert.Equal(7, read.Values["pressured_time_to_exhaustion_seconds"]);
        Assert.Equal(0.2, read.Values["pressured_stall_avg10_ratio{resource=\"memory\",kind=\"some\"}"]);
        Assert.Equal((3, "counter"), (read.Values["pressured_kills_total"], read.Types["pressured_kills_total"]));
        Assert.Equal(12, read.Values["pressured_rule_matches{rule=\"thrash\"}"]);
        Assert.Equal(1, read.Values["pressured_rule_degraded{rule=\"thrash\"}"]);

        // Not known: left out, not 0.
        Assert.DoesNotContain("pressured_swap_free_bytes", read.Types.Keys);
        Assert.DoesNotContain("pressured_rule_last_act_timestamp_seconds{rule=\"thrash\"}", read.Values.Keys);
        double acted = read.Values["pressured_rule_last_act_timestamp_seconds{rule=\"out-of-memory-soon\"}"];
        Assert.InRange(acted, 1_000_000_000, (DateTime.UtcNow - DateTime.UnixEpoch).TotalSeconds);
    }

    [Theory]
    [InlineData("openmetrics")]
    [InlineData("prometheus")]
    public void Every_line_is_the_one_that_is_kept_beside_this_test(string format)
    {
        DaemonStatus status = new()
        {
            Version = "1.2.3", State = "paused", Level = 50, DryRun = true, PolicyDiffers = false,
            DegradedReasons = ["a", "b"], MemoryTotalBytes = 8ul << 30, MemoryAvailableBytes = 1ul << 30,
            MemoryAvailableUserPercent = 12.5, SwapTotalBytes = 0, SwapFreeBytes = 0, TimeToExhaustionUsec = 7_250_000,
            MemorySomeAvg10Percent = 20, MemoryFullAvg10Percent = 0.25, IoFullAvg10Percent = 0, Kills = 3,
        };
        RuleStatus[] rules =
        [
            new("low", "p.yaml:3", "active", true, false, 1, 1, 999_500_000, 0),
            new("thrash", "p.yaml:7", "idle", false, true, 12, 0, 0, 0),
        ];
        List<MetricFamily> families = DaemonMetrics.Of(status, rules, new FakeClock());
        bool isOpenMetrics = format == "openmetrics";
        string text = isOpenMetrics ? MetricText.OpenMetrics(families) : MetricText.Prometheus(families);
        Exposition.Read(text, isOpenMetrics);
        string kept = Repository.PathOf("tests", "PressureD.Cli.Tests", "Metrics", $"{format}.txt");
        string own = File.Exists(kept) ? File.ReadAllText(kept) : "";
        Assert.True(own == text, $"if this is meant, it goes into {kept} and docs/metrics.md:\n{text}");
    }

    [Fact]
    public void Of_another_machine_no_times_are_told()
    {
        RuleStatus rule = new("low", "p.yaml:3", "active", true, false, 1, 1, 999_500_000, 0);
        Assert.DoesNotContain("timestamp", MetricText.OpenMetrics(DaemonMetrics.Of(new(), [rule], clock: null)));
    }

    [Fact]
    public void A_textfile_is_replaced_whole_and_in_the_format_of_the_collector()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = Service(bus);
        string file = Path.Combine(_directory, "pressured.prom");
        File.WriteAllText(file, "old\n");
        using FileStream earlier = File.OpenRead(file);
        CommandRun run = CommandRun.Of("metrics", "--textfile", file, "--bus", bus.Address.ToString());
        Assert.Equal(("", "", ExitCode.Success), (run.Output, run.Error, run.ExitCode));
        Exposition read = Exposition.Read(File.ReadAllText(file), isOpenMetrics: false);
        Assert.Equal((3, "counter"), (read.Values["pressured_kills_total"], read.Types["pressured_kills_total"]));

        // Who has opened the one before reads that to its end; nothing else is left; other users' programs can read it.
        Assert.Equal("old\n", new StreamReader(earlier).ReadToEnd());
        Assert.Equal([file], Directory.GetFileSystemEntries(_directory));
        Assert.True(File.GetUnixFileMode(file).HasFlag(UnixFileMode.OtherRead));
    }

    [Fact]
    public void Without_the_daemon_the_textfile_says_so_and_nothing_old()
    {
        using PrivateBus bus = new PrivateBus().Start();
        string file = Path.Combine(_directory, "pressured.prom");
        File.WriteAllText(file, "pressured_kills_total 3\n");
        CommandRun run = CommandRun.Of("metrics", "--textfile", file, "--bus", bus.Address.ToString());
        Assert.Equal(("", ExitCode.Success), (run.Output, run.ExitCode));
        Assert.Equal(
            "# HELP pressured_up Whether the daemon answered.\n# TYPE pressured_up gauge\npressured_up 0\n",
            File.ReadAllText(file));
    }

    [Fact]
    public void What_cannot_take_its_place_is_not_left_beside_it()
    {
        using PrivateBus bus = new PrivateBus().Start();
        string file = Directory.CreateDirectory(Path.Combine(_directory, "pressured.prom")).FullName;
        CommandRun run = CommandRun.Of("metrics", "--textfile", file, "--bus", bus.Address.ToString());
        Assert.Equal(ExitCode.Error, run.ExitCode);
        Assert.Equal([file], Directory.GetFileSystemEntries(_directory));
    }

    [Fact]
    public void Without_the_daemon_it_is_down_and_that_is_no_failure()
    {
        using PrivateBus bus = new PrivateBus().Start();
        CommandRun run = CommandRun.Of("metrics", "--bus", bus.Address.ToString());
        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Contains("is it running?", run.Error);
        Assert.Equal(0, Assert.Single(Exposition.Read(run.Output, isOpenMetrics: true).Values).Value);
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_said()
    {
        using PrivateBus bus = new PrivateBus().Start();
        CommandRun run = CommandRun.Of("metrics", "--textfile", "/nowhere/x.prom", "--bus", bus.Address.ToString());
        Assert.Equal(ExitCode.Error, run.ExitCode);
        Assert.Contains("/nowhere/x.prom", run.Error);
        Assert.Equal(ExitCode.Usage, CommandRun.Of("metrics", "--textfile", "x.txt").ExitCode);
    }

    [Fact]
    public void Names_in_labels_cannot_break_out()
    {
        const string Hostile = "a\"b\\c\nd";
        RuleStatus rule = new(Hostile, "p.yaml:3", "idle", false, false, 1, 0, 0, 0);
        List<MetricFamily> families = DaemonMetrics.Of(new DaemonStatus { Version = Hostile }, [rule], clock: null);
        foreach (bool isOpenMetrics in (bool[])[true, false])
        {
            string text = isOpenMetrics ? MetricText.OpenMetrics(families) : MetricText.Prometheus(families);
            Assert.Contains("pressured_build_info{version=\"a\\\"b\\\\c\\nd\"} 1\n", text);
            Assert.Contains("pressured_rule_matches{rule=\"a\\\"b\\\\c\\nd\"} 1\n", text);
            Exposition.Read(text, isOpenMetrics);
        }
    }

    [Fact]
    public void The_page_and_the_dashboard_know_every_metric_and_no_other()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = Service(bus);
        service.Snapshot.SwapFreeBytes = 1;
        service.Publish();
        Eventually.True(
            () => CommandRun.Of("metrics", "--bus", bus.Address.ToString()).Output.Contains("swap_free"), "it is known");
        string[] names = [.. Exposition
            .Read(CommandRun.Of("metrics", "--bus", bus.Address.ToString()).Output, isOpenMetrics: true).Types.Keys];
        string page = File.ReadAllText(Repository.PathOf("docs", "metrics.md"));
        Assert.Equal(
            names.Order(),
            PageRow().Matches(page).Select(static match => match.Groups[1].Value).Order());

        string dashboard = File.ReadAllText(Repository.PathOf("docs", "grafana-dashboard.json"));
        Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(dashboard).RootElement.ValueKind);
        IEnumerable<string> used = Name().Matches(dashboard).Select(static match => match.Value).Distinct();
        Assert.NotEmpty(used);
        Assert.Empty(used.Except(names));
    }

    private static RunningService Service(PrivateBus bus)
    {
        RunningService service = new RunningService(bus.Address).WaitOnBus();
        DaemonSnapshot snapshot = service.Snapshot;
        snapshot.State = DaemonState.Degraded;
        snapshot.Level = PressureLevel.Medium;
        snapshot.MemoryTotalBytes = 8L << 30;
        snapshot.MemoryAvailableBytes = 1L << 30;
        snapshot.AvailableUserMillionths = 125_000;
        snapshot.SwapTotalBytes = 900L << 20;
        snapshot.SwapFreeBytes = Quantity.Unknown;
        snapshot.TimeToExhaustionUsec = 7_000_000;
        snapshot.MemorySomeAvg10Millionths = 200_000;
        snapshot.MemoryFullAvg10Millionths = 2_500;
        snapshot.IoFullAvg10Millionths = 0;
        snapshot.Kills = 3;
        service.Publish();
        service.Loop.Answer = static command => Replies.Rules(
            command,
            new RuleStatus("out-of-memory-soon", "p.yaml:3", "active", true, false, 1, 1, 7, 9),
            new RuleStatus("thrash", "p.yaml:7", "idle", false, true, 12, 0, 0, 0));
        return service;
    }

    [GeneratedRegex("^\\| `(pressured_[a-z0-9_]+)", RegexOptions.Multiline)]
    private static partial Regex PageRow();

    [GeneratedRegex("pressured_[a-z0-9_]+")]
    private static partial Regex Name();
}
