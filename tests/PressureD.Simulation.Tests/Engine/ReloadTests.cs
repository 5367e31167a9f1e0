using System;
using System.Linq;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Simulation.Workloads;

namespace PressureD.Simulation.Tests.Engine;

/// <summary>A new policy while the old one is in the middle of something.</summary>
public sealed class ReloadTests
{
    private const string Busy =
        """
        rules:
          - name: held
            when: psi.memory.full.avg10 > 20% for 3s
            then: [ { notify: medium }, { wait: 2s }, { log: waited } ]
          - name: hysteresis
            when: mem.available < 300MiB
            until: mem.available > 500MiB
            then: [ { notify: low }, { log: low } ]
          - name: each
            for-each: "job.slice/*"
            when: psi.memory.full.avg10 > 20% for 2s and rate(memory.stat.pgscan, 1s) >= 0/s
            cooldown: 4s
            then: [ { log: each } ]
          - name: group
            when: any("job.slice/*", psi.memory.full.avg10 > 20% for 4s) or recently(swap.free < 10MiB, 5s)
            then: [ { log: group } ]
        """;

    /// <summary>Whatever it is in the middle of: as if nothing had happened.</summary>
    [Fact]
    public void Reloads_of_the_same_policy_before_every_step_change_nothing()
    {
        string calm = Play(reloads: 0);
        Assert.Contains("waited", calm, StringComparison.Ordinal);
        Assert.Contains("each", calm, StringComparison.Ordinal);
        Assert.Contains("group", calm, StringComparison.Ordinal);
        Assert.Equal(calm, Play(reloads: 1));
    }

    [Fact]
    public void A_thousand_reloads_lose_no_step_and_no_kill()
    {
        using var scene = new Scene(Scene.Shipped);
        var leak = scene.Start(
            "leak", "/system.slice/leak.service", does: new LeakWorkload { BytesPerSecond = 40 * Scene.MiB });
        PolicySet[] policies = [Scene.Compile(Scene.Shipped), Scene.Compile(Scene.Shipped)];
        for (int i = 0; i < 1000; i++)
        {
            long steps = scene.Loop.Steps;
            scene.Loop.ReplacePolicy(policies[i % 2]);
            scene.Step();

            // Whatever it looked like before: the first look under a new policy is a whole step.
            Assert.Equal(steps + 1, scene.Loop.Steps);
            scene.Step();
        }

        Assert.True(Scene.IsDead(leak), scene.Text);
        Assert.True(scene.Machine.OomKills.Count == 0, scene.Text);
        Assert.All(scene.Kernel.Signals, sent => Assert.Equal(leak.Pid, sent.Pid));
    }

    [Fact]
    public void A_rule_that_asks_for_something_else_begins_anew_and_the_others_go_on()
    {
        using var scene = new Scene(Busy);
        scene.Pressure(0);
        scene.Available(400);
        scene.At(1, () => scene.Pressure(30));
        scene.Run(2.5);
        int steps = scene.Steps.Count;
        string changed = Busy.Replace("mem.available < 300MiB", "mem.available < 450MiB", StringComparison.Ordinal);
        scene.Loop.ReplacePolicy(Scene.Compile(changed));
        scene.Run(6);

        long since = scene.StepAt(1);
        Assert.Equal([scene.Steps.First(usec => usec >= since + 3_000_000)], scene.Fired("held"));
        Assert.Equal([scene.Steps[steps]], scene.Fired("hysteresis"));
    }

    [Fact]
    public void A_chain_that_has_changed_starts_anew_with_its_rule_still_active()
    {
        using var scene = new Scene(Busy);
        scene.Pressure(30);
        scene.RunUntil(() => scene.Fired("held").Length == 1, 10);
        scene.Loop.ReplacePolicy(Scene.Compile(Busy.Replace("wait: 2s", "wait: 1s", StringComparison.Ordinal)));
        double at = scene.Now;
        scene.RunUntil(() => scene.Text.Contains("waited", StringComparison.Ordinal), at + 1.5);
        Assert.Single(scene.Fired("held"));
        Assert.DoesNotContain(scene.Of(DaemonEventKind.LevelChanged), said => said.Text.Contains("normal"));
    }

    private static string Play(int reloads)
    {
        using var scene = new Scene(Busy);
        scene.Start("job", "/job.slice/a", 10);
        scene.Start("job", "/job.slice/b", 10);
        scene.Pressure(0);
        scene.Pressure(0, cgroup: "/job.slice/a");
        scene.Pressure(0, cgroup: "/job.slice/b");
        scene.Available(900);
        scene.At(2, () => scene.Pressure(30));
        scene.At(3, () => scene.Pressure(40, cgroup: "/job.slice/b"));
        scene.At(6, () => scene.Available(250));
        scene.At(9, () => scene.Available(400));
        scene.At(12, () => scene.Pressure(0));
        scene.At(14, () => scene.Available(600));
        scene.At(16, () => scene.Pressure(0, cgroup: "/job.slice/b"));
        while (scene.Now < 22)
        {
            if (reloads > 0)
            {
                scene.Loop.ReplacePolicy(Scene.Compile(Busy));

                // A new policy is looked at at once, so that this step takes no time.
                scene.Step();
            }

            scene.Step();
        }

        return string.Join('\n', scene.Events
            .Where(said => said.Kind != DaemonEventKind.PolicyReloaded)
            .Select(said => $"{said.Usec / 1e6:F3} {said.Kind} {said.Text}"));
    }
}
