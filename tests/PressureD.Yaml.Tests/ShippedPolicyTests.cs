using System;
using System.IO;
using System.Linq;
using PressureD.Core.Policy;

namespace PressureD.Yaml.Tests;

public sealed class ShippedPolicyTests
{
    private static PolicySet Shipped() => Policies.Valid(("pressured.yaml", File.ReadAllText(ShippedPath())));

    [Fact]
    public void Shipped_Parses_WithoutErrorsOrWarnings() => Assert.NotEmpty(Shipped().Rules);

    [Fact]
    public void Shipped_EveryKill_AsksForALevelOrForStallElsewhere()
    {
        foreach (Rule rule in Shipped().Rules)
        {
            foreach (KillAction kill in rule.Actions.OfType<KillAction>())
            {
                Assert.Contains("mem.available_user <", rule.When.Text, StringComparison.Ordinal);

                // Swap is used up, or it churns; else somebody other than the victim must suffer.
                bool swapCounts = rule.When.Text.Contains("swap.free <= 10%", StringComparison.Ordinal)
                    || rule.When.Text.Contains("avg(vm.refault_anon, 30s) >", StringComparison.Ordinal);
                Assert.True(swapCounts || kill.StallsOthersRatio > 0);
                Assert.Equal(VictimKind.Process, kill.Victim);

                // Compared process by process, a large innocent one loses against many small culprits.
                Assert.False(kill.Culprit.IsEmpty, rule.Name);
                Assert.True(kill.MinSizeBytes > 0);
                Assert.True(rule.CooldownUsec > 0);
            }
        }
    }

    [Theory]
    [InlineData("systemd-journald.service")]
    [InlineData("systemd-logind.service")]
    [InlineData("dbus.service")]
    [InlineData("ssh.service")]
    [InlineData("gdm.service")]
    public void Shipped_EveryKill_SparesWhatKeepsTheMachineReachable(string unit)
    {
        foreach (KillAction kill in Shipped().Rules.SelectMany(rule => rule.Actions).OfType<KillAction>())
        {
            Assert.Contains(kill.Protect, matcher => matcher.Unit == unit);
            Assert.Contains(kill.Protect, matcher => matcher.SessionLeader);
        }
    }

    /// <summary>A path that cannot be read counts as protected, so that by exe alone every process would be.</summary>
    [Fact]
    public void Shipped_ProtectsNothingByPathAlone() => Assert.DoesNotContain(
        Shipped().Rules.SelectMany(rule => rule.Actions).OfType<KillAction>().SelectMany(kill => kill.Protect),
        matcher => matcher.Exe is not null);

    internal static string ShippedPath()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string path = Path.Combine(at.FullName, "config", "pressured.yaml");
            if (File.Exists(path))
                return path;
        }

        throw new FileNotFoundException("config/pressured.yaml above the tests");
    }
}
