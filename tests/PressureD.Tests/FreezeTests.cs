using System.IO;
using PressureD.Systemd.Tests;
using Xunit.Abstractions;

namespace PressureD.Tests;

/// <summary>Real freezing by the published daemon, which is then ended in every way it can be.</summary>
public sealed class FreezeTests(PublishedProduct product, ITestOutputHelper output)
    : IClassFixture<PublishedProduct>, System.IDisposable
{
    private readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [CgroupFact]
    public void Frozen_and_thawed_at_the_time_limit()
    {
        using var cgroups = new OwnCgroups();
        cgroups.Make("batch");
        string job = cgroups.Make("batch/job");
        using var hog = new MemoryHog(job, MemoryHog.Program(_sandbox, "hog"));
        _sandbox.WithPolicy(PolicyFor(cgroups, "2s"));
        using var daemon = new RunningDaemon(product, _sandbox, "--bus", "none");
        Eventually.True(() => Freeze(job) == "1", "the job is frozen");
        Eventually.True(() => Freeze(job) == "0", "the job is thawed");
        daemon.Program.Says("its time limit");
        daemon.Leave();
        output.WriteLine(daemon.Program.Errors);
    }

    [CgroupFact]
    public void Thawed_when_the_daemon_ends()
    {
        using var cgroups = new OwnCgroups();
        cgroups.Make("batch");
        string job = cgroups.Make("batch/job");
        using var hog = new MemoryHog(job, MemoryHog.Program(_sandbox, "hog"));
        _sandbox.WithPolicy(PolicyFor(cgroups, "10min"));
        using var daemon = new RunningDaemon(product, _sandbox, "--bus", "none");
        Eventually.True(() => Freeze(job) == "1", "the job is frozen");
        daemon.Leave();
        output.WriteLine(daemon.Program.Errors);
        Assert.Equal("0", Freeze(job));
    }

    [CgroupFact]
    public void Thawed_by_undo_when_the_daemon_was_killed()
    {
        using var cgroups = new OwnCgroups();
        cgroups.Make("batch");
        string job = cgroups.Make("batch/job");
        using var hog = new MemoryHog(job, MemoryHog.Program(_sandbox, "hog"));
        _sandbox.WithPolicy(PolicyFor(cgroups, "10min"));
        using (var daemon = new RunningDaemon(product, _sandbox, "--bus", "none"))
        {
            Eventually.True(() => Freeze(job) == "1", "the job is frozen");
            daemon.Program.Send(RunningProgram.Kill);
            daemon.Program.Ended();
        }

        Assert.Equal("1", Freeze(job));
        using RunningProgram undo = RunningProgram.Daemon(product, _sandbox, null, "--undo").Ended();
        output.WriteLine(undo.Output);
        Assert.Contains("1 put back", undo.Output);
        Assert.Equal("0", Freeze(job));
    }

    private static string Freeze(string cgroup) => File.ReadAllText(Path.Combine(cgroup, "cgroup.freeze")).TrimEnd('\n');

    private static string PolicyFor(OwnCgroups cgroups, string limit) =>
        $$"""
        version: 1
        rules:
          - name: always
            when: mem.available_user < 100%
            until: mem.available_user > 100%
            then:
              - freeze: { of: "{{cgroups.Name}}/batch/*", for: {{limit}} }
        """;
}
