using System;
using System.Linq;
using PressureD.Systemd.Tests;
using Xunit.Abstractions;

namespace PressureD.Tests;

/// <summary>Real deaths on this machine's kernel. The policies can reach nothing but the cgroups of the test.</summary>
public sealed class KillTests(PublishedProduct product, ITestOutputHelper output)
    : IClassFixture<PublishedProduct>, IDisposable
{
    private readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    /// <summary>A rule that always holds and takes the largest process in one cgroup of the test.</summary>
    internal static string PolicyFor(OwnCgroups cgroups, string victim = "process", string cooldown = "1s") =>
        $$"""
        version: 1
        rules:
          - name: always
            when: mem.available_user < 100%
            cooldown: {{cooldown}}
            then:
              - kill:
                  from: "{{cgroups.Name}}/taken/**"
                  victim: {{victim}}
                  rank: [size]
                  signal: TERM
                  grace: 5s
                  min-size: 64MiB
        """;

    [CgroupFact]
    public void The_largest_process_of_the_cgroup_dies_and_no_other()
    {
        using var cgroups = new OwnCgroups();
        cgroups.Make("taken");
        string taken = cgroups.Make("taken/unit");
        string spared = cgroups.Make("spared");
        _sandbox.WithPolicy(PolicyFor(cgroups));
        using var hog = new MemoryHog(taken, MemoryHog.Program(_sandbox, "hog\n\u001b[2J"));
        using var bystander = new MemoryHog(spared, MemoryHog.Program(_sandbox, "bystander"));

        using var daemon = new RunningDaemon(product, _sandbox, "--bus", "none");
        daemon.Program.Says("died:");
        daemon.Leave();
        output.WriteLine(daemon.Program.Errors);

        daemon.Program.Says("always: TERM to ");
        daemon.Program.Says("(hog\\x0a\\x1b[2J)");
        daemon.Program.Says("because ");
        Assert.DoesNotContain('\u001b', daemon.Program.Errors);
        Assert.DoesNotContain(cgroups.Comms("taken/unit"), comm => comm.StartsWith("hog", StringComparison.Ordinal));
        Assert.Contains("sleep", cgroups.Comms("taken/unit"));
        Assert.Contains("bystander", cgroups.Comms("spared"));
    }

    [CgroupFact]
    public void A_process_group_dies_whole_and_the_one_beside_it_lives()
    {
        using var cgroups = new OwnCgroups();
        cgroups.Make("taken");
        string taken = cgroups.Make("taken/unit");
        _sandbox.WithPolicy(PolicyFor(cgroups, "process-group", "1h"));
        using var smaller = new MemoryHog(taken, MemoryHog.Program(_sandbox, "smaller"), 100);
        using var hog = new MemoryHog(taken, MemoryHog.Program(_sandbox, "hog"));

        using var daemon = new RunningDaemon(product, _sandbox, "--bus", "none");
        daemon.Program.Says("died: process group ");
        daemon.Leave();
        output.WriteLine(daemon.Program.Errors);
        string[] left = cgroups.Comms("taken/unit");
        Assert.DoesNotContain("hog", left);
        Assert.Contains("smaller", left);
        Assert.Single(left, comm => comm == "sleep");
    }

    [CgroupFact]
    public void What_users_ask_of_their_cgroups_counts_as_prefer_and_not_as_avoid()
    {
        using var cgroups = new OwnCgroups();
        cgroups.Make("taken");
        string wished = cgroups.Make("taken/wished");
        string shy = cgroups.Make("taken/shy");
        string modest = cgroups.Make("taken/modest");
        OwnCgroups.Give(wished, 4321, "user.oomd_prefer");
        OwnCgroups.Give(shy, 4321, "user.oomd_avoid");
        _sandbox.WithPolicy(PolicyFor(cgroups, cooldown: "2s"));
        using var first = new MemoryHog(wished, MemoryHog.Program(_sandbox, "first"), 80);
        using var second = new MemoryHog(shy, MemoryHog.Program(_sandbox, "second"), 200);
        using var third = new MemoryHog(modest, MemoryHog.Program(_sandbox, "third"), 120);

        using var daemon = new RunningDaemon(product, _sandbox, "--bus", "none");
        daemon.Program.Says("(third)");
        daemon.Leave();
        output.WriteLine(daemon.Program.Errors);
        string said = daemon.Program.Errors;
        int[] order = new[] { "first", "second", "third" }
            .Select(comm => said.IndexOf($"({comm})", StringComparison.Ordinal)).ToArray();
        Assert.All(order, place => Assert.True(place >= 0, said));
        Assert.Equal(order.Order(), order);
    }

    [CgroupFact]
    public void A_dry_run_says_whom_it_would_take_and_takes_nobody()
    {
        using var cgroups = new OwnCgroups();
        cgroups.Make("taken");
        string taken = cgroups.Make("taken/unit");
        _sandbox.WithPolicy(PolicyFor(cgroups));
        using var hog = new MemoryHog(taken, MemoryHog.Program(_sandbox, "hog"));

        using var daemon = new RunningDaemon(product, _sandbox, "--bus", "none", "--dry-run");
        daemon.Program.Says("dry run, would send TERM to ");
        daemon.Leave();
        output.WriteLine(daemon.Program.Errors);
        Assert.Contains("hog", cgroups.Comms("taken/unit"));
    }

    [CgroupFact]
    public void What_is_protected_lives()
    {
        using var cgroups = new OwnCgroups();
        cgroups.Make("taken");
        string taken = cgroups.Make("taken/unit");
        string other = cgroups.Make("taken/other");
        _sandbox.WithPolicy(
            $"protect: [ {{ cgroup: \"{cgroups.Name}/taken/other\" }} ]\n{PolicyFor(cgroups)}");
        using var guarded = new MemoryHog(other, MemoryHog.Program(_sandbox, "guarded"));
        using var hog = new MemoryHog(taken, MemoryHog.Program(_sandbox, "hog"));

        using var daemon = new RunningDaemon(product, _sandbox, "--bus", "none");
        daemon.Program.Says("died:");
        Eventually.True(
            () => !cgroups.Comms("taken/unit").Contains("hog"), $"the hog is dead:\n{daemon.Program.Errors}");
        daemon.Leave();
        output.WriteLine(daemon.Program.Errors);
        Assert.Contains("guarded", cgroups.Comms("taken/other"));
    }
}
