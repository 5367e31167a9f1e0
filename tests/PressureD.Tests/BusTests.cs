using System;
using System.IO;
using System.Text.Json;
using PressureD.Systemd.Tests;
using Xunit.Abstractions;

namespace PressureD.Tests;

/// <summary>What people ask of the published daemon over a real bus, with busctl and with pressurectl.</summary>
public sealed class BusTests(PublishedProduct product, ITestOutputHelper output)
    : IClassFixture<PublishedProduct>, IDisposable
{
    private readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void Reload_puts_the_policy_on_disk_into_force_or_says_what_is_wrong_with_it()
    {
        _sandbox.WithPolicy(Sandbox.QuietPolicy);
        using var bus = new OwnBus(_sandbox);
        using RunningProgram monitor = Monitor(bus);
        using var daemon = new RunningDaemon(product, _sandbox, "--bus", bus.Address);
        Eventually.True(() => bus.Property("Version").Length > 0, "the daemon is on the bus");

        _sandbox.WithPolicy(
            Sandbox.QuietPolicy + "\n  - { name: second, when: mem.available < 1KiB, then: [ { log: x } ] }\n");
        Assert.Equal("bua(ssuus) true 2 0\n", Call(bus, "Reload"));
        Assert.StartsWith("a(sssbbuutt)b 2 \"never\" ", Call(bus, "ListRules"), StringComparison.Ordinal);
        Eventually.True(
            () => monitor.Output.Contains("\"member\":\"PolicyReloaded\"", StringComparison.Ordinal), "the signal comes");

        _sandbox.WithPolicy("version: 1\nrulez: []\n");
        string refused = Call(bus, "Reload");
        Assert.StartsWith("bua(ssuus) false 2 ", refused, StringComparison.Ordinal);
        Assert.Contains($"\"error\" \"{_sandbox.Policy}\" 2 1 \"", refused, StringComparison.Ordinal);
        Assert.StartsWith("a(sssbbuutt)b 2 ", Call(bus, "ListRules"), StringComparison.Ordinal);
        Eventually.True(() => bus.Property("PolicyDiffers") == "b true\n", "it is said that they differ");
        using (RunningProgram tool = Tool(bus, "reload"))
        {
            Assert.Equal(1, tool.ExitCode);
            Assert.Contains("pressured.yaml:2:1: ", tool.Output, StringComparison.Ordinal);
            Assert.Contains("the one before stays in force", tool.Output, StringComparison.Ordinal);
        }

        _sandbox.WithPolicy(Sandbox.QuietPolicy);
        using (RunningProgram tool = Tool(bus, "reload"))
        {
            Assert.Equal((0, "reloaded: 1 rule\n"), (tool.ExitCode, tool.Output));
        }

        Eventually.True(() => bus.Property("PolicyDiffers") == "b false\n", "they are the same again");
        daemon.Leave();
        Assert.Equal(2, daemon.Program.Count("reloaded: "));
        Assert.Equal(2, daemon.Program.Count("reload refused"));
    }

    [RootFact]
    public void What_is_recorded_by_hand_can_be_asked_for_when_it_is_complete()
    {
        _sandbox.WithPolicy(Sandbox.QuietPolicy);
        using var bus = new OwnBus(_sandbox);
        using RunningProgram monitor = Monitor(bus);
        using var daemon = new RunningDaemon(product, _sandbox, "--bus", bus.Address);
        Eventually.True(() => bus.Property("Version").Length > 0, "the daemon is on the bus");

        Assert.Equal("t 1\n", Call(bus, "Record", "s", "it stuttered"));
        using (RunningProgram tool = Tool(bus, "incidents", "record", "once more"))
        {
            Assert.Equal(1, tool.ExitCode);
            Assert.Contains("is still being recorded", tool.Errors, StringComparison.Ordinal);
        }

        Eventually.True(
            () => monitor.Output.Contains("\"member\":\"IncidentRecorded\"", StringComparison.Ordinal),
            "the incident is recorded");
        Assert.Contains("recorded: it stuttered", Call(bus, "GetIncident", "t", "1"), StringComparison.Ordinal);
        using (RunningProgram why = Tool(bus, "why", "1"))
        {
            output.WriteLine(why.Output);
            Assert.Contains(
                "recorded the state for \"it stuttered\" because user 0 asked for it",
                why.Output.Replace('\n', ' '), StringComparison.Ordinal);
        }

        daemon.Leave();
    }

    [CgroupFact]
    public void A_kill_by_a_rule_ends_the_one_it_would_choose_and_anybody_can_ask_why()
    {
        using var cgroups = new OwnCgroups();
        cgroups.Make("taken");
        string taken = cgroups.Make("taken/unit.service");
        string spared = cgroups.Make("spared");
        _sandbox.WithPolicy(PolicyFor(cgroups));
        using var hog = new MemoryHog(taken, MemoryHog.Program(_sandbox, "hog"));
        using var bystander = new MemoryHog(spared, MemoryHog.Program(_sandbox, "bystander"));
        using var bus = new OwnBus(_sandbox);
        using RunningProgram monitor = Monitor(bus);
        using var daemon = new RunningDaemon(product, _sandbox, "--bus", bus.Address);
        Eventually.True(() => bus.Property("Version").Length > 0, "the daemon is on the bus");

        Assert.Contains(
            "false ", Call(bus, "Kill", "ssub", "rarely", "", "0", "true"), StringComparison.Ordinal);
        Assert.Contains("hog", cgroups.Comms("taken/unit.service"));
        using (RunningProgram kill = Tool(bus, "kill", "rarely"))
        {
            output.WriteLine(kill.Output + kill.Errors);
            Assert.Equal(0, kill.ExitCode);
            Assert.StartsWith("rarely: TERM to ", kill.Output, StringComparison.Ordinal);
            Assert.Contains("because user 0 asked for it", kill.Output, StringComparison.Ordinal);
            Assert.Contains("incident 1;", kill.Output, StringComparison.Ordinal);
        }

        Eventually.True(() => !Contains(cgroups, "taken/unit.service", "hog"), "the hog is dead");
        Assert.Contains("bystander", cgroups.Comms("spared"));
        Eventually.True(
            () => monitor.Output.Contains("\"member\":\"IncidentRecorded\"", StringComparison.Ordinal),
            "the incident is recorded");
        Assert.Contains("\"member\":\"Killed\"", monitor.Output, StringComparison.Ordinal);
        Assert.StartsWith(
            "a(ttsss)b 1 1 ", Call(bus, "ListIncidents", "ttu", "0", "0", "0"), StringComparison.Ordinal);
        using (RunningProgram why = Tool(bus, "why"))
        {
            output.WriteLine(why.Output + why.Errors);
            string answer = why.Output.Replace('\n', ' ');
            Assert.Contains("killed hog (pid ", answer, StringComparison.Ordinal);
            Assert.Contains(
                "in unit.service because user 0 asked for it, chosen as rule rarely would", answer,
                StringComparison.Ordinal);
        }

        Assert.Equal("", Call(bus, "GetIncident", "t", "2"));
        daemon.Leave();
        output.WriteLine(daemon.Program.Errors);
    }

    [CgroupFact]
    public void A_cgroup_and_a_process_are_ended_by_name_and_what_protects_them_counts()
    {
        using var cgroups = new OwnCgroups();
        cgroups.Make("taken");
        string one = cgroups.Make("taken/one");
        string two = cgroups.Make("taken/two");
        string guarded = cgroups.Make("guarded");
        _sandbox.WithPolicy($"protect: [ {{ cgroup: \"{cgroups.Name}/guarded\" }} ]\n{PolicyFor(cgroups)}");
        using var first = new MemoryHog(one, MemoryHog.Program(_sandbox, "first"));
        using var second = new MemoryHog(two, MemoryHog.Program(_sandbox, "second"));
        using var third = new MemoryHog(guarded, MemoryHog.Program(_sandbox, "third"));
        using var bus = new OwnBus(_sandbox);
        using var daemon = new RunningDaemon(product, _sandbox, "--bus", bus.Address);
        Eventually.True(() => bus.Property("Version").Length > 0, "the daemon is on the bus");

        Refused(bus, "it, or somebody in it, is never ended: protected", "--cgroup", $"/{cgroups.Name}/guarded");
        Refused(bus, "it, or somebody in it, is never ended: protected", "--cgroup", $"/{cgroups.Name}");
        Refused(bus, "it, or somebody in it, is never ended: holds this daemon", "--cgroup", "/");
        Refused(bus, "it is never ended: pid 1", "--pid", "1");
        Refused(bus, "it is never ended: this daemon", "--pid", $"{daemon.Program.Pid}");
        Refused(bus, "there is no cgroup with processes /nowhere", "--cgroup", "/nowhere");
        Refused(bus, "the policy in force has no rule 'xxxx", new string('x', 4000));
        using (RunningProgram kill = Tool(bus, "kill", "--cgroup", $"/{cgroups.Name}/taken/one"))
        {
            Assert.StartsWith("by hand: TERM to cgroup /", kill.Output, StringComparison.Ordinal);
        }

        Eventually.True(() => cgroups.Comms("taken/one").Length == 0, "all in the cgroup are dead");
        using (RunningProgram kill = Tool(bus, "kill", "--pid", PidOf(two, "second"), "--json"))
        {
            Assert.Contains("\"signalled\": true", kill.Output, StringComparison.Ordinal);
        }

        Eventually.True(() => !Contains(cgroups, "taken/two", "second"), "the process is dead");
        Assert.Contains("third", cgroups.Comms("guarded"));
        Eventually.True(() => daemon.Program.Count("by hand: died: ") == 2, "both deaths are accounted for");
        daemon.Leave();
        output.WriteLine(daemon.Program.Errors);
    }

    /// <summary>A rule that never holds and can take from one cgroup of the test alone.</summary>
    private static string PolicyFor(OwnCgroups cgroups) => KillTests.PolicyFor(cgroups)
        .Replace("name: always", "name: rarely", StringComparison.Ordinal)
        .Replace("mem.available_user < 100%", "mem.available < 1KiB", StringComparison.Ordinal);

    private static bool Contains(OwnCgroups cgroups, string cgroup, string comm) =>
        Array.IndexOf(cgroups.Comms(cgroup), comm) >= 0;

    private static string PidOf(string cgroup, string comm) => Array.Find(
        File.ReadAllLines(Path.Combine(cgroup, "cgroup.procs")),
        pid => File.ReadAllText($"/proc/{pid}/comm").TrimEnd('\n') == comm)!;

    private static string Call(OwnBus bus, string method, params string[] arguments) =>
        bus.Ask(["call", "org.pressured1", "/org/pressured1", "org.pressured1.Manager", method, .. arguments]);

    private static RunningProgram Monitor(OwnBus bus)
    {
        RunningProgram monitor = RunningProgram.Other("busctl", $"--address={bus.Address}", "--json=short", "monitor");
        Eventually.True(
            () => monitor.Output.Contains("Monitoring", StringComparison.Ordinal)
                || monitor.Errors.Contains("Monitoring", StringComparison.Ordinal) || monitor.HasExited,
            "the bus is monitored");
        return monitor;
    }

    private void Refused(OwnBus bus, string problem, params string[] arguments)
    {
        using RunningProgram kill = Tool(bus, ["kill", .. arguments]);
        Assert.Equal(1, kill.ExitCode);
        Assert.Contains(problem, kill.Errors, StringComparison.Ordinal);
    }

    /// <summary>A file's position is shared by all that write to it.</summary>
    [Fact]
    public void What_goes_on_for_ever_can_be_written_into_a_file_beside_others()
    {
        string tool = Path.Combine(Path.GetDirectoryName(product.Daemon)!, "pressurectl");
        string file = Path.GetTempFileName();
        string commands = $"timeout 3 {tool} top --json --interval 200ms --bus unix:path=/nowhere; echo after";
        using (RunningProgram shell = RunningProgram.Other("/bin/sh", "-c", $"{{ {commands}; }} > {file}").Ended())
            Assert.Equal(0, shell.ExitCode);
        string[] lines = File.ReadAllLines(file);
        File.Delete(file);
        Assert.True(lines.Length > 1, "it looks every 200 ms");
        foreach (string line in lines[..^1])
            JsonDocument.Parse(line).Dispose();
        Assert.Equal("after", lines[^1]);
    }

    private RunningProgram Tool(OwnBus bus, params string[] arguments) => RunningProgram.Other(
        Path.Combine(Path.GetDirectoryName(product.Daemon)!, "pressurectl"),
        [.. arguments, "--bus", bus.Address]).Ended();
}
