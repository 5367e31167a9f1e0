using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using Xunit.Abstractions;

namespace PressureD.Tests;

/// <summary>Policies that change under a running daemon, by itself or many times over.</summary>
public sealed class ReloadTests(PublishedProduct product, ITestOutputHelper output)
    : IClassFixture<PublishedProduct>, IDisposable
{
    private const string Broken = "version: 1\nrulez: []\n";

    private readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void With_auto_reload_a_file_that_changed_is_in_force_by_itself()
    {
        using RunningDaemon daemon = Start(Policy("auto-reload: 1s", 1));
        File.WriteAllText(Path.Combine(_sandbox.Config, ".pressured.yaml.swp"), Broken);
        File.WriteAllText(Path.Combine(_sandbox.Config, "pressured.yaml~"), Broken);
        _sandbox.WithPolicy(Policy("auto-reload: 1s", 2));
        daemon.Program.Says("reloaded: 2 rules");

        _sandbox.WithPolicy(Broken);
        daemon.Program.Says("pressured.yaml:2:1: ");
        daemon.Program.Says("the one before stays in force");

        _sandbox.WithPolicy(Policy("auto-reload: 1s", 3));
        daemon.Program.Says("reloaded: 3 rules");
        daemon.Leave();
        Assert.Equal(2, daemon.Program.Count("reloaded: "));
        Assert.Equal(1, daemon.Program.Count("reload refused"));
    }

    [Fact]
    public void A_thousand_reloads_leave_nothing_behind()
    {
        using RunningDaemon daemon = Start(Policy("", 1));
        Reload(daemon, 20);
        ProcessFigures before = ProcessFigures.Of(daemon.Program.Pid);
        Reload(daemon, 1000);
        ProcessFigures after = before;

        // The last reload lets go of what it read with, and collects, a moment after it was announced.
        bool IsSettled() => (after = ProcessFigures.Of(daemon.Program.Pid)).Descriptors <= before.Descriptors
            && after.ResidentKib <= before.ResidentKib + SlackKib;
        _ = SpinWait.SpinUntil(IsSettled, Settling);
        output.WriteLine($"footprint: after 20 reloads {before}, after 1,020 {after}");
        Assert.True(after.ResidentKib <= before.ResidentKib + SlackKib, $"{before}, then {after}");
        Assert.True(after.Descriptors <= before.Descriptors, $"{before}, then {after}");
        Assert.True(after.Threads <= before.Threads + 1, $"{before}, then {after}");
    }

    [CgroupFact]
    public void Policies_with_more_matches_than_are_kept_can_take_turns()
    {
        using var cgroups = new OwnCgroups();
        for (int i = 0; i < 450; i++)
            cgroups.Make($"c{i}");
        string first = ManyMatches(
            200, cgroups.Name, $"{Terms("psi.memory.some.avg10")} or avg(psi.io.full.avg10, 5s)");
        string second = ManyMatches(
            200, cgroups.Name, $"{Terms("psi.memory.full.avg60")} or psi.io.some.avg10");
        using RunningDaemon daemon = Start(first);
        for (int i = 0; i < 4; i++)
        {
            _sandbox.WithPolicy(second);
            daemon.Reload();
            _sandbox.WithPolicy(first);
            daemon.Reload();
        }

        daemon.Program.Says("degraded: matches beyond what is kept");
        daemon.Leave();

        // What the rules remember and the next policy's text do not come about at the same time: both need the heap.
        string said = daemon.Program.Errors;
        int made = said.IndexOf("degraded: matches beyond what is kept", StringComparison.Ordinal);
        int readFirst = said.IndexOf("pressured.yaml: warning: and ", StringComparison.Ordinal);
        int readNext = said.IndexOf("pressured.yaml: warning: and ", readFirst + 1, StringComparison.Ordinal);
        Assert.InRange(made, readFirst, readNext);
    }

    /// <summary>What eng/bench evaluate measures, in the daemon as it is shipped, in its heap.</summary>
    [CgroupFact]
    public void A_hundred_rules_over_a_thousand_cgroups_fit_also_when_they_change()
    {
        using var cgroups = new OwnCgroups();
        for (int i = 0; i < 1000; i++)
            cgroups.Make($"c{i}");
        string first = ManyMatches(
            100, cgroups.Name, "rate(psi.memory.some.total, 3s) > 90% for 10s or avg(psi.io.full.avg10, 5s)");
        string second = ManyMatches(
            100, cgroups.Name, "recently(psi.cpu.some.avg10 > 99%, 20s) and psi.memory.full.avg10");
        using RunningDaemon daemon = Start(first);
        for (int i = 0; i < 4; i++)
        {
            daemon.Reload();
            _sandbox.WithPolicy(second);
            daemon.Reload();
            _sandbox.WithPolicy(first);
            daemon.Reload();
        }

        output.WriteLine($"footprint: 100 rules over 1,000 cgroups {ProcessFigures.Of(daemon.Program.Pid)}");
        daemon.Leave();
        Assert.Equal(0, daemon.Program.Count("degraded: matches beyond what is kept"));
    }

    [CgroupFact]
    public void Policies_with_more_windows_than_are_kept_can_take_turns()
    {
        using var cgroups = new OwnCgroups();
        for (int i = 0; i < 1500; i++)
            cgroups.Make($"w{i}");
        string first = ManyWindows(cgroups.Name, "psi.memory.some.avg10");
        string second = ManyWindows(cgroups.Name, "psi.io.full.avg60");
        using RunningDaemon daemon = Start(first);
        daemon.Program.Says("degraded: matches beyond what is kept");
        for (int i = 0; i < 4; i++)
        {
            _sandbox.WithPolicy(second);
            daemon.Reload();
            _sandbox.WithPolicy(first);
            daemon.Reload();
        }

        daemon.Leave();
    }

    private static string ManyWindows(string cgroup, string metric)
    {
        IEnumerable<string> windows = Enumerable.Range(5, 30).Select(seconds => $"avg({metric}, {seconds}s) > 90%");
        return $"version: 1\nrules:\n  - {{ name: many, for-each: \"{cgroup}/*\", when: \""
            + string.Join(" and ", windows) + "\", then: [ { log: x } ] }\n";
    }

    /// <summary>Comparisons that have to be timed.</summary>
    private static string Terms(string metric) =>
        string.Join(" or ", Enumerable.Range(85, 6).Select(percent => $"{metric} > {percent}% for 9s"));

    private static string ManyMatches(int rules, string cgroup, string condition)
    {
        var text = new System.Text.StringBuilder("version: 1\nrules:\n");
        for (int i = 0; i < rules; i++)
        {
            text.Append($"  - {{ name: many-{i}, for-each: \"{cgroup}/*\", when: \"{condition} > {50 + (i % 40)}%\", ")
                .Append("then: [ { log: x } ] }\n");
        }

        return text.ToString();
    }

    /// <summary>What a collection may leave of the last reload.</summary>
    private const int SlackKib = 512;

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);

    private void Reload(RunningDaemon daemon, int times)
    {
        for (int i = 0; i < times; i++)
        {
            _sandbox.WithPolicy(Policy("", 1 + (i % 20)));
            daemon.Reload();
        }
    }

    private RunningDaemon Start(string policy) =>
        new(product, _sandbox.WithPolicy(policy), "--bus", "none");

    private static string Policy(string setting, int rules)
    {
        var text = new System.Text.StringBuilder($"version: 1\n{setting}\nrules:\n");
        for (int i = 0; i < rules; i++)
        {
            text.Append($"  - name: never-{i}\n")
                .Append("    for-each: \"**\"\n")
                .Append("    when: avg(memory.growth, 5s) > 900GiB/s and not recently(psi.memory.full.stall > 99%, 30s)\n")
                .Append("    then: [ { log: \"cannot be\" } ]\n");
        }

        return text.ToString();
    }
}
