using System;
using System.IO;
using PressureD.Systemd.Tests;
using Xunit.Abstractions;

namespace PressureD.Tests;

/// <summary>Start, reload and end of the daemon, in good order and in bad.</summary>
public sealed class LifeTests(PublishedProduct product, ITestOutputHelper output)
    : IClassFixture<PublishedProduct>, IDisposable
{
    private const string Broken = "version: 1\nrulez: []\n";

    private readonly Sandbox _sandbox = new Sandbox().WithPolicy(Sandbox.QuietPolicy);

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void It_leaves_when_asked_to()
    {
        using RunningDaemon daemon = Start();
        TimeSpan took = daemon.Leave();
        output.WriteLine($"left {took.TotalMilliseconds} ms after SIGTERM; the promise is a second");
        Assert.True(took < TimeSpan.FromSeconds(1), $"left only {took.TotalMilliseconds} ms after SIGTERM");
        Assert.Equal(0, daemon.Program.ExitCode);
        daemon.Program.Says("ended");
    }

    [Fact]
    public void A_reload_takes_the_new_policy()
    {
        using RunningDaemon daemon = Start();
        daemon.Reload();
        daemon.Program.Says("reloaded: 1 rule");
    }

    [Fact]
    public void A_reload_with_errors_changes_nothing_and_says_so()
    {
        using RunningDaemon daemon = Start();
        _sandbox.WithPolicy(Broken);
        daemon.Reload();
        daemon.Program.Says("pressured.yaml:2:1: ");
        daemon.Program.Says("the one before stays in force");
        Eventually.True(() => daemon.Status.Contains("the policy on disk has errors"), "its status says so");
        _sandbox.WithPolicy(Sandbox.QuietPolicy);
        daemon.Reload();
        daemon.Program.Says("reloaded: 1 rule");
        Eventually.True(() => !daemon.Status.Contains("has errors"), "its status no longer says so");
    }

    [Fact]
    public void A_config_directory_that_vanishes_changes_nothing()
    {
        using RunningDaemon daemon = Start();
        Directory.Delete(_sandbox.Config, recursive: true);
        daemon.Reload();
        daemon.Program.Says("does not exist");
        daemon.Program.Says("the one before stays in force");
        daemon.Leave();
        Assert.Equal(0, daemon.Program.ExitCode);
    }

    [Fact]
    public void A_start_with_a_bad_policy_runs_the_last_good_one()
    {
        using (RunningDaemon first = Start())
            first.Leave();
        _sandbox.WithPolicy(Broken);
        using RunningDaemon second = Start();
        second.Program.Says("pressured.yaml:2:1: ");
        second.Program.Says("degraded: the policy on disk has errors: the last good one");
        second.Leave();
        Assert.Equal(0, second.Program.ExitCode);
    }

    [Fact]
    public void The_last_good_policy_of_one_place_is_not_that_of_another()
    {
        using (RunningDaemon first = Start())
            first.Leave();
        string other = Path.Combine(_sandbox.Config, "..", "no-such-place");
        using RunningProgram second = RunningProgram
            .Daemon(product, _sandbox, null, "--config", other, "--bus", "none").Ended();
        Assert.Equal(3, second.ExitCode);
        Assert.Contains("does not exist", second.Errors, StringComparison.Ordinal);
        Assert.Contains("no policy can be used", second.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dry_run_keeps_no_policy_and_no_state()
    {
        using RunningDaemon daemon = Start("--dry-run");
        daemon.Program.Says("dry run: nothing is signalled");
        daemon.Leave();
        Assert.Empty(Directory.GetFileSystemEntries(_sandbox.Run));
        Assert.Empty(Directory.GetFileSystemEntries(_sandbox.State));
    }

    [Fact]
    public void A_second_daemon_is_refused_and_the_first_one_named()
    {
        using RunningDaemon first = Start();
        using RunningProgram second = RunningProgram
            .Daemon(product, _sandbox, null, "--config", _sandbox.Config, "--bus", "none").Ended();
        output.WriteLine(second.Errors);
        Assert.Equal(1, second.ExitCode);
        Assert.Contains("another pressured works on this machine", second.Errors, StringComparison.Ordinal);
        Assert.Contains($"process {first.Program.Pid}", second.Errors, StringComparison.Ordinal);
        Assert.Contains("--dry-run", second.Errors, StringComparison.Ordinal);
        Assert.False(first.Program.HasExited);
    }

    [Fact]
    public void A_dry_run_may_run_beside_it()
    {
        using RunningDaemon first = Start();
        using var other = new Sandbox();
        using RunningProgram second = RunningProgram.Daemon(
            product, _sandbox, null, "--config", _sandbox.Config, "--bus", "none", "--dry-run");
        second.Says("pressured ");
        second.Send(RunningProgram.Kill);
        second.Ended();
        Assert.False(first.Program.HasExited);
    }

    [Fact]
    public void After_a_kill_it_starts_again()
    {
        using (RunningDaemon first = Start())
        {
            first.Program.Send(RunningProgram.Kill);
            first.Program.Ended();
        }

        using RunningDaemon second = Start();
        second.Leave();
        Assert.Equal(0, second.Program.ExitCode);
    }

    [Fact]
    public void A_bus_that_is_not_there_is_no_hindrance()
    {
        using var daemon = new RunningDaemon(
            product, _sandbox, "--bus", $"unix:path={_sandbox.PathOf("no-bus")}");
        daemon.Leave();
        Assert.Equal(0, daemon.Program.ExitCode);
    }

    [Fact]
    public void A_bus_that_hangs_at_the_start_is_no_hindrance_and_is_joined_when_it_goes_on()
    {
        using var bus = new OwnBus(_sandbox);
        bus.Hang();
        using var daemon = new RunningDaemon(product, _sandbox, "--bus", bus.Address);
        bus.GoOn();
        Eventually.True(
            () => bus.Property("Version").Length > 0 || daemon.Program.HasExited, "the daemon is on the bus");
        daemon.Leave();
        Assert.Equal(0, daemon.Program.ExitCode);
    }

    private RunningDaemon Start(params string[] arguments) =>
        new(product, _sandbox, ["--bus", "none", .. arguments]);
}
