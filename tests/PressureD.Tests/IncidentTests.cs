using System;
using System.IO;
using System.Linq;
using PressureD.Systemd.Tests;
using Xunit.Abstractions;

namespace PressureD.Tests;

/// <summary>A real kill leaves a record, and the tool explains it.</summary>
public sealed class IncidentTests(PublishedProduct product, ITestOutputHelper output)
    : IClassFixture<PublishedProduct>, IDisposable
{
    private readonly Sandbox _sandbox = new();

    private string Incidents => Path.Combine(_sandbox.State, "incidents");

    public void Dispose() => _sandbox.Dispose();

    [CgroupFact]
    public void Why_explains_a_real_kill()
    {
        using var cgroups = new OwnCgroups();
        cgroups.Make("taken");
        string taken = cgroups.Make("taken/unit");
        _sandbox.WithPolicy(KillTests.PolicyFor(cgroups));
        using var hog = new MemoryHog(taken, MemoryHog.Program(_sandbox, "hog"));
        using (var daemon = new RunningDaemon(product, _sandbox, "--bus", "none"))
        {
            daemon.Program.Says("died:");
            daemon.Leave();
        }

        using RunningProgram why = Tool("why");
        output.WriteLine(why.Output + why.Errors);
        Assert.Equal(0, why.ExitCode);
        string answer = why.Output.Replace('\n', ' ');
        Assert.Contains("killed hog (pid ", answer, StringComparison.Ordinal);
        Assert.Contains("in unit because ", answer, StringComparison.Ordinal);
        Assert.Contains("of what programs can have was available (limit 100.0%)", answer, StringComparison.Ordinal);
        Assert.Contains("; freed ", answer, StringComparison.Ordinal);
        Assert.Contains("TERM to ", answer, StringComparison.Ordinal);

        using RunningProgram list = Tool("incidents", "list");
        Assert.Contains("killed", list.Output, StringComparison.Ordinal);
        using RunningProgram export = Tool("incidents", "export");
        Assert.All(
            export.Output.TrimEnd('\n').Split('\n'),
            line => Assert.StartsWith("{\"format\":1,\"id\":", line, StringComparison.Ordinal));
        using RunningProgram missing = Tool("incidents", "show", "999");
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("there is no incident 999", missing.Errors, StringComparison.Ordinal);
    }

    [CgroupFact]
    public void Why_explains_the_death_of_a_victim_whose_first_daemon_was_killed()
    {
        using var cgroups = new OwnCgroups();
        cgroups.Make("taken");
        string taken = cgroups.Make("taken/unit");
        _sandbox.WithPolicy(KillTests.PolicyFor(cgroups, cooldown: "1h"));
        using var hog = new MemoryHog(taken, MemoryHog.Program(_sandbox, "hog"), ignoresTerm: true);
        using (var daemon = new RunningDaemon(product, _sandbox, "--bus", "none"))
        {
            daemon.Program.Says("always: TERM to ");
            daemon.Program.Send(RunningProgram.Kill);
            daemon.Program.Ended();
        }

        using (var daemon = new RunningDaemon(product, _sandbox, "--bus", "none"))
        {
            daemon.Program.Says("died:");
            daemon.Leave();
            output.WriteLine(daemon.Program.Errors);
        }

        // The first is what the one that was killed did not live to write; then the rule wants more, and must wait.
        using RunningProgram why = Tool("why", "2");
        output.WriteLine(why.Output + why.Errors);
        string answer = why.Output.Replace('\n', ' ');
        Assert.Contains("killed hog (pid ", answer, StringComparison.Ordinal);
        Assert.Contains("took over from a process that had sent TERM", answer, StringComparison.Ordinal);
    }

    [CgroupFact]
    public void Numbers_go_on_after_a_restart_and_what_is_damaged_harms_nobody()
    {
        Directory.CreateDirectory(Incidents);
        File.WriteAllText(Path.Combine(Incidents, "0000000041.json"), "{\"format\":1,\"id\":41,\"ti");
        File.WriteAllText(Path.Combine(Incidents, "0000000042.json.new"), "{\"for");
        _sandbox.WithPolicy(
            """
            version: 1
            rules:
              - { name: tell, when: mem.available_user < 100%, then: [ { log: "look" } ] }
            """);
        using (var daemon = new RunningDaemon(product, _sandbox, "--bus", "none"))
        {
            daemon.Program.Says("tell: fired");
            daemon.Leave();
        }

        string[] names = [.. Directory.GetFiles(Incidents).Select(path => Path.GetFileName(path)!).Order()];
        Assert.Equal(["0000000041.json", "0000000042.minor.json"], names);
        using RunningProgram list = Tool("incidents", "list");
        Assert.Contains("   42  ", list.Output, StringComparison.Ordinal);
        Assert.Contains("incident 41 is damaged or cannot be read", list.Errors, StringComparison.Ordinal);
        Assert.Equal(0, list.ExitCode);
    }

    [CgroupFact]
    public void A_place_that_cannot_be_written_is_said_and_protection_goes_on()
    {
        File.WriteAllText(Incidents, "in the way");
        _sandbox.WithPolicy(
            """
            version: 1
            rules:
              - { name: tell, when: mem.available_user < 100%, then: [ { log: "look" } ] }
            """);
        using var daemon = new RunningDaemon(product, _sandbox, "--bus", "none");
        daemon.Program.Says("tell: fired");
        daemon.Program.Says("incidents: number 1 could not be kept");
        daemon.Leave();
        Assert.Equal(0, daemon.Program.ExitCode);
    }

    private RunningProgram Tool(params string[] arguments) => RunningProgram.Other(
        Path.Combine(Path.GetDirectoryName(product.Daemon)!, "pressurectl"),
        [.. arguments, "--directory", Incidents]).Ended();
}
