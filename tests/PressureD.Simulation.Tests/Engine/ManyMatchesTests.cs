using System;
using System.Linq;
using System.Text;
using PressureD.Core.Commands;
using PressureD.Core.Engine;
using PressureD.Core.Publishing;

namespace PressureD.Simulation.Tests.Engine;

/// <summary>
/// More matches than are kept whole: what sleeps is evaluated as everything else is, and nobody can tell the difference.
/// </summary>
public sealed class ManyMatchesTests
{
    private const int Cgroups = 60;

    /// <summary>Of each rule more than half are beyond its share.</summary>
    private const int Rules = 2 * RuleEngine.MaxAwake / Cgroups;

    private const string Held = "psi.memory.full.avg10 > 20% for 3s";

    [Theory]
    [InlineData(0)]
    [InlineData(Cgroups / 2)]
    [InlineData(Cgroups - 1)]
    public void Whichever_cgroup_it_is_every_rule_fires_in_time(int which)
    {
        using Scene scene = Make(Policy(Rules, Held));
        scene.At(1, () => scene.Pressure(30, cgroup: Name(which)));
        scene.Run(6);
        long due = scene.StepAt(1) + 3_000_000;
        long at = scene.Steps.First(usec => usec >= due);
        for (int i = 0; i < Rules; i++)
            Assert.Equal([at], scene.Fired($"rule-{i}"));
        Assert.All(
            scene.Loop.Engine.Rules.ToArray(), static rule => Assert.InRange(rule.Asleep.Count, Cgroups / 2, Cgroups - 1));
        Assert.DoesNotContain(scene.Snapshot.DegradedReasons, reason => reason.Contains("rule", StringComparison.Ordinal));
    }

    /// <summary>With the same samples and with others.</summary>
    [Theory]
    [InlineData("log: other")]
    [InlineData("log: x } ] }\n  - { name: more, for-each: '**', when: pids.current > 99999, then: [ { log: x")]
    public void A_hold_goes_on_through_a_reload(string changed)
    {
        string policy = Policy(Rules, Held);
        using Scene scene = Make(policy);
        scene.At(1, () => scene.Pressure(30, cgroup: Name(Cgroups - 1)));
        scene.Run(3);
        int at = policy.LastIndexOf("log: x", StringComparison.Ordinal);
        scene.Loop.ReplacePolicy(Scene.Compile(policy[..at] + changed + policy[(at + "log: x".Length)..]));
        scene.Run(6);
        long due = scene.StepAt(1) + 3_000_000;
        Assert.Equal([scene.Steps.First(usec => usec >= due)], scene.Fired("rule-0"));
        Assert.Equal(1, scene.Loop.Engine.Rules[0].Matches.Count(match => match.Phase == MatchPhase.Active));
    }

    [Fact]
    public void One_that_has_woken_up_stays_active_through_a_reload()
    {
        string policy = Policy(Rules, "psi.memory.full.avg10 > 20%");
        using Scene scene = Make(policy);
        scene.At(1, () => scene.Pressure(30, cgroup: Name(Cgroups - 1)));
        scene.Run(3);
        int fired = scene.Fired("rule-0").Length;
        scene.Loop.ReplacePolicy(Scene.Compile(policy + "# the same\n"));
        scene.Run(6);
        Assert.Equal(1, fired);
        Assert.Equal(fired, scene.Fired("rule-0").Length);
        Assert.Equal(Cgroups, scene.Loop.Engine.Rules[0].MatchCount);
    }

    [Fact]
    public void Cgroups_come_and_go()
    {
        using Scene scene = Make(Policy(Rules, Held));
        scene.Run(2);
        for (int i = 0; i < Cgroups; i += 2)
            scene.Machine.RemoveCgroup(scene.Machine.FindCgroup(Name(i))!);
        scene.Run(4);
        Assert.All(scene.Loop.Engine.Rules.ToArray(), static rule => Assert.Equal(Cgroups / 2, rule.MatchCount));
        Assert.All(scene.Loop.Engine.Rules.ToArray(), static rule => Assert.NotEmpty(rule.Matches));
        for (int i = 0; i < Cgroups; i += 2)
            scene.Machine.MakeCgroup(Name(i));
        scene.Run(6);
        Assert.All(scene.Loop.Engine.Rules.ToArray(), static rule => Assert.Equal(Cgroups, rule.MatchCount));
        scene.At(6, () => scene.Pressure(30, cgroup: Name(Cgroups - 2)));
        scene.Run(11);
        Assert.All(Enumerable.Range(0, Rules), i => Assert.Single(scene.Fired($"rule-{i}")));
    }

    /// <summary>Those that have to wait are named, and have their turn when others are over.</summary>
    [Fact]
    public void When_all_are_true_at_once_those_without_room_have_their_turn_later()
    {
        using Scene scene = Make(Policy(Rules, "psi.memory.full.avg10 > 20%"));
        for (int i = 0; i < Cgroups; i++)
        {
            string cgroup = Name(i);
            scene.At(1, () => scene.Pressure(30, cgroup: cgroup));
            if (i < Cgroups - 1)
                scene.At(4, () => scene.Pressure(0, cgroup: cgroup));
        }

        scene.Run(3);
        Assert.Equal(RuleEngine.MaxAwake, Active(scene));
        string reason = Assert.Single(
            scene.Snapshot.DegradedReasons, static said => said.Contains("carried out", StringComparison.Ordinal));
        Assert.Matches("^rule rule-[0-9]+ is true for more cgroups than it can be carried out for at once: ", reason);

        // The last cgroup's is still true.
        scene.Run(8);
        Assert.All(Enumerable.Range(0, Rules), i => Assert.Contains(
            scene.Loop.Engine.Rules[i].Matches,
            static match => match.Phase == MatchPhase.Active && match.Cgroup!.Path.EndsWith("c59"u8)));
        scene.Run(70);
        Assert.DoesNotContain(reason, scene.Snapshot.DegradedReasons);
    }

    /// <summary>They were active once, all of them, and what they need no more is another rule's.</summary>
    [Fact]
    public void The_idle_of_one_rule_make_room_for_those_of_another()
    {
        using Scene scene = Make(Policy(Rules, "psi.memory.full.avg10 > 20%")
            + "  - { name: late, for-each: late.slice/*, when: psi.memory.full.avg10 > 20%, then: [ { log: x } ] }\n");
        for (int i = 0; i < Cgroups; i++)
        {
            string cgroup = Name(i);
            scene.At(1, () => scene.Pressure(30, cgroup: cgroup));
            scene.At(3, () => scene.Pressure(0, cgroup: cgroup));
        }

        scene.Run(6);
        for (int i = 0; i < 4; i++)
        {
            scene.Machine.MakeCgroup($"/late.slice/c{i}");
            scene.Pressure(30, cgroup: $"/late.slice/c{i}");
        }

        scene.Run(9);
        Assert.Equal(4, scene.Fired("late").Length);
        Assert.DoesNotContain(scene.Snapshot.DegradedReasons, said => said.Contains("late", StringComparison.Ordinal));
    }

    [Fact]
    public void A_reload_that_brings_another_rule_puts_nobody_to_sleep_who_is_active()
    {
        string policy = Policy(Rules, "psi.memory.full.avg10 > 20%");
        using Scene scene = Make(policy);
        for (int i = 0; i < Cgroups; i++)
        {
            string cgroup = Name(i);
            scene.At(1, () => scene.Pressure(30, cgroup: cgroup));
        }

        scene.Run(3);
        int active = Active(scene);
        scene.Loop.ReplacePolicy(Scene.Compile(policy.Replace(
            "rules:\n",
            "rules:\n  - { name: more, for-each: many.slice/*, when: psi.io.full.avg10 > 20%, then: [ { log: x } ] }\n",
            StringComparison.Ordinal)));
        Assert.Equal(RuleEngine.MaxAwake, active);
        Assert.Equal(active, Active(scene));

        // One is always awake.
        int awake = scene.Loop.Engine.Rules.ToArray().Sum(static rule => rule.Matches.Count);
        Assert.InRange(awake, RuleEngine.MaxAwake, RuleEngine.MaxAwake + 1);
    }

    [Fact]
    public void A_kill_by_hand_takes_those_that_sleep_into_account()
    {
        using Scene scene = Make(Policy(Rules, Held, """kill: { from: "./**", signal: KILL }"""));
        scene.At(1, () => scene.Pressure(30, cgroup: Name(0)));
        scene.Run(2.5);
        Command one = scene.Ask(CommandKind.KillByRule, "rule-0");
        Assert.DoesNotContain("several are as near", one.Problem.ToString(), StringComparison.Ordinal);
        scene.Pressure(30, cgroup: Name(Cgroups - 1));
        scene.Run(3.5);
        Command two = scene.Ask(CommandKind.KillByRule, "rule-0");
        Assert.Equal(CommandOutcome.NotPossible, two.Outcome);
        Assert.Contains("several are as near", two.Problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_sleeps_is_counted_when_somebody_asks()
    {
        using Scene scene = Make(Policy(Rules, Held));
        scene.Run(2);
        Command answer = scene.Ask(CommandKind.Explain, "rule-0");
        Assert.Equal(CommandOutcome.Done, answer.Outcome);
        Assert.Equal((byte)'u', answer.Reply.Span[0]);
        Assert.Equal(Cgroups, BitConverter.ToInt64(answer.Reply.Span[1..9]));
    }

    private static int Active(Scene scene) => scene.Loop.Engine.Rules.ToArray().Sum(
        static rule => rule.Matches.Count(static match => match.Phase == MatchPhase.Active));

    private static string Name(int cgroup) => $"/many.slice/c{cgroup}";

    private static Scene Make(string policy)
    {
        var scene = new Scene(policy);
        scene.Available(900);
        for (int i = 0; i < Cgroups; i++)
        {
            scene.Machine.MakeCgroup(Name(i));
            scene.Pressure(0, cgroup: Name(i));
        }

        return scene;
    }

    private static string Policy(int rules, string when, string then = "log: x")
    {
        var text = new StringBuilder("rules:\n");
        for (int i = 0; i < rules; i++)
            text.Append($"  - {{ name: rule-{i}, for-each: \"many.slice/*\", when: {when}, then: [ {{ {then} }} ] }}\n");
        return text.ToString();
    }
}
