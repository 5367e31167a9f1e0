using System.Collections.Generic;
using System.IO;
using System.Linq;
using PressureD.Core.Policy;
using PressureD.Simulation.ScenarioFiles;
using PressureD.Simulation.Scenarios;
using PressureD.Yaml;

namespace PressureD.Simulation.Tests.ScenarioFiles;

/// <summary>
/// The scenarios under peers/ show something: what the shipped policy does well in one, the peer that it speaks of does
/// not, as the preset restates that peer.
/// </summary>
public sealed class PeerScenarioTests
{
    private const string Kernel = "the kernel's own killer";

    /// <summary>A scenario, the preset that fails on it, and whom that takes; or it waits until the kernel does.</summary>
    public static TheoryData<string, string, string> Failures => new()
    {
        { "browser-tab-adj-300", "like-earlyoom", "tab" },
        { "growth-beats-size", "like-earlyoom", "db" },
        { "growth-of-a-start-up", "like-oomd-fbtax2", Kernel },
        { "hybrid-hierarchy", "like-oomd-fbtax2", Kernel },
        { "installer", "like-systemd-oomd", "apt" },
        { "no-psi", "like-systemd-oomd", Kernel },
        { "no-swap-no-pressure", "like-systemd-oomd", Kernel },
        { "no-swap-no-pressure", "like-oomd-fbtax2", Kernel },
        { "partial-kill", "like-systemd-oomd", "own" },
        { "pressure-with-memory-left", "like-systemd-oomd", "app" },
        { "swap-kill-too-eager", "like-systemd-oomd", "browser" },
        { "tab-in-the-same-cgroup", "like-earlyoom", "tab" },
        { "tmpfs-kills-free-nothing", "like-nohang-desktop", "app" },
        { "whole-session", "like-systemd-oomd", "editor" },
        { "zram-never-full", "like-earlyoom", Kernel },
    };

    /// <summary>How a preset does what its peer does: the preset is the scenario's own policy.</summary>
    private static IReadOnlyList<(string Scenario, string Preset)> Restated { get; } =
    [
        ("oomd-falling-pressure", "like-oomd-fbtax2"),
        ("oomd-low-swap", "like-oomd-fbtax2"),
        ("oomd-workload-protection", "like-oomd-fbtax2"),
        ("systemd-oomd-no-reclaim", "like-systemd-oomd"),
        ("systemd-oomd-pressure", "like-systemd-oomd"),
        ("systemd-oomd-swap", "like-systemd-oomd"),
    ];

    /// <summary>What a peer's program did wrong and its rules did not say, so that no preset has it.</summary>
    private static IReadOnlyList<string> OfTheProgram { get; } =
    [
        "hidden-processes",         // what does not exist for it is told from what has gone, whatever the rules
        "io-pressure-alone",        // a rule of oomd's other example, which the preset does not take over
        "memory-max",               // the preset's slices do not stall: the kernel is quicker
        "never-give-up",            // it exited
        "protected-by-badness",     // out of reach for every policy
        "recycled-culprit",         // it killed a process that was started again
    ];

    [Theory]
    [MemberData(nameof(Failures))]
    public void The_shipped_policy_passes_and_the_peers_does_not(string scenario, string preset, string whom)
    {
        Scenario read = Read(scenario);
        (ScenarioOutcome shipped, IReadOnlyList<ScenarioFailure> failures) = Scenarios.Run(read);
        Assert.Equal(PolicyNames.Shipped, read.PolicyName);
        Assert.True(
            failures.Count == 0,
            string.Join('\n', failures.Select(failure => failure.Text)) + "\n" + ScenarioTimeline.Whole(shipped));

        ScenarioOutcome peer = new ScenarioRun(read, Preset(preset)).Run();
        Assert.NotEmpty(ScenarioCheck.Of(read, peer));
        if (whom == Kernel)
        {
            Assert.NotEmpty(peer.KernelKills);
            return;
        }

        Assert.Contains(whom, peer.Victims.Select(victim => victim.Name));
        Assert.Contains(whom, read.Expect.Never);
    }

    [Fact]
    public void A_preset_is_restated_by_itself() => Assert.All(
        Restated, restated => Assert.Contains(restated.Preset, Read(restated.Scenario).PolicyName));

    [Fact]
    public void Each_scenario_of_a_peer_is_one_of_these()
    {
        IEnumerable<string> known = Failures.Select(row => (string)row[0])
            .Concat(Restated.Select(restated => restated.Scenario))
            .Concat(OfTheProgram);
        IEnumerable<string?> files = Directory.GetFiles(Path.Combine(Scenarios.Folder, "peers"))
            .Select(Path.GetFileNameWithoutExtension);
        Assert.Equal(files.Order(), known.Distinct().Order());
    }

    private static Scenario Read(string name)
    {
        ScenarioResult read = Scenarios.ReadFile(Path.Combine(Scenarios.Folder, "peers", name + ".yaml"));
        Assert.True(read.Scenario is not null, string.Join('\n', read.Diagnostics));
        return read.Scenario;
    }

    private static PolicySet Preset(string name)
    {
        string config = Path.Combine(Scenarios.Folder, "..");
        PolicyResult read = PolicyReader.Read(
        [
            ("pressured.yaml", File.ReadAllBytes(Path.Combine(config, "pressured.yaml"))),
            (name + ".yaml", File.ReadAllBytes(Path.Combine(config, "presets", name + ".yaml"))),
        ]);
        Assert.True(read.Policy is not null, string.Join('\n', read.Diagnostics));
        return read.Policy;
    }
}
