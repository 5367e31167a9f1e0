using PressureD.Core.Kernel;
using PressureD.Simulation.Faults;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Services;
using PressureD.Simulation.Tests.Engine;

namespace PressureD.Simulation.Tests.Actions;

/// <summary>A daemon that is killed before any of its calls leaves nothing behind once it has started again.</summary>
public sealed class CutTests
{
    private const double PressureFrom = 0.05;
    private const double PressureUntil = 1.3;
    private const double End = 5;

    [Theory]
    [InlineData("freeze: { of: 'batch.slice/*', for: 60s }")]
    [InlineData("freeze: { of: 'batch.slice/*', for: 200ms }")]
    [InlineData("throttle: { of: 'batch.slice/*', to: 90%, floor: 1MiB, for: 60s }")]
    [InlineData("swap: { of: 'batch.slice/*', max: 64MiB, high: 32MiB, swappiness: 10 }")]
    [InlineData("weight: { of: 'batch.slice/*', cpu: 5, io: 7 }")]
    [InlineData("set: { of: 'batch.slice/*', file: memory.low, value: 8MiB }")]
    public void KilledBeforeAnyCallItLeavesNothingBehind(string then)
    {
        CutKernel? whole = null;
        string before;
        using (Scene scene = Make(then, kernel => whole = new CutKernel(kernel, 0)))
        {
            before = Controls.Of(scene.Machine);
            bool changed = false;
            while (scene.Now < End)
            {
                scene.Step();
                changed |= Controls.Of(scene.Machine) != before;
            }

            Assert.True(changed, "it has an effect at all");
            Assert.Equal(before, Controls.Of(scene.Machine));
        }

        for (int call = 1; call <= whole!.Calls; call++)
        {
            Cut(then, call, before, runningWritesAreDone: true);
            Cut(then, call, before, runningWritesAreDone: false);
        }
    }

    [Theory]
    [InlineData(KernelCallKind.WriteControl)]
    [InlineData(KernelCallKind.Begin)]
    [InlineData(KernelCallKind.Read)]
    public void WhatTheNextOneCannotPutBackAtOnceItPutsBackLater(KernelCallKind failing)
    {
        var faults = new ScriptedFaults();
        Scene scene = ChangeTests.MakeScene(
            "set: { of: 'batch.slice/*', file: memory.low, value: 8MiB }", faults: faults);
        string before = Change(scene);
        faults.Fail(failing, "memory.low", Errno.EIO, times: 3);
        using Scene again = scene.RestartAfterKill(runningWritesAreDone: true);
        again.RunUntil(() => again.Text.Contains("could not put back yet"), again.Now + 1);
        Assert.NotEqual(before, Controls.Of(again.Machine));
        again.RunUntil(() => again.Loop.EffectCount == 0, again.Now + 6);
        Assert.Equal(before, Controls.Of(again.Machine));
        Assert.Contains("a previous process: put back memory.low of /batch.slice/", again.Text);
        Assert.Equal(0, faults.Remaining);
    }

    [Theory]
    [InlineData(0, Errno.EIO)]
    [InlineData(Errno.ENOENT, 0)]
    [InlineData(Errno.EMFILE, 0)]
    public void WhoseCgroupIsNotToBeFoundForAMomentIsThawedLater(int rootErrno, int identityErrno)
    {
        Scene scene = ChangeTests.MakeScene("freeze: { of: 'batch.slice/*', for: 60s }");
        string before = Change(scene);
        (scene.Kernel.RootErrno, scene.Kernel.IdentityErrno) = (rootErrno, identityErrno);
        using Scene again = scene.RestartAfterKill(runningWritesAreDone: true);
        again.Run(again.Now + 2);
        (scene.Kernel.RootErrno, scene.Kernel.IdentityErrno) = (0, 0);
        Assert.NotEqual(before, Controls.Of(again.Machine));
        again.RunUntil(() => again.Loop.EffectCount == 0, again.Now + 6);
        Assert.Equal(before, Controls.Of(again.Machine));
    }

    [Fact]
    public void WritesThatHangKeepTheNextOneFromWatchingForASecondAtMost()
    {
        var faults = new ScriptedFaults();
        Scene scene = ChangeTests.MakeScene(
            "set: { of: 'batch.slice/*', file: memory.low, value: 8MiB }", faults: faults);
        string before = Controls.Of(scene.Machine);
        scene.Pressure(50);
        scene.RunUntil(() => scene.Loop.EffectCount == 2, 2);
        scene.Run(scene.Now + 1);
        scene.Pressure(0);
        faults.Delay("memory.low", 20_000_000, times: 2);
        double killed = scene.Now;
        using Scene again = scene.RestartAfterKill(runningWritesAreDone: true);
        again.Step();
        Assert.InRange(again.Now - killed, 0.9, 1.2);
        Assert.Contains("could not put back yet what a previous process left changed, and tries again: 2", again.Text);
        again.RunUntil(() => again.Loop.EffectCount == 0, again.Now + 30);
        Assert.Equal(before, Controls.Of(again.Machine));
    }

    [Fact]
    public void KilledBeforeAnyCallStandingLimitsAreKnownToTheNextOne()
    {
        const string Policy = "swap:\n  swappiness: 20\n  cgroups: [{ match: 'batch.slice/*', max: 64MiB }]\n"
            + "rules:\n  - { name: quiet, when: mem.available < 0.1%, then: [{ log: low }] }\n";
        CutKernel? whole = null;
        string before;
        using (Scene scene = MakeStanding(Policy, kernel => whole = new CutKernel(kernel, 0)))
        {
            before = Controls.Of(scene.Machine);
            scene.Run(2);
            Assert.Equal(3, scene.Loop.EffectCount);
            scene.Loop.Leave();
            Assert.Equal(before, Controls.Of(scene.Machine));
        }

        for (int call = 1; call <= whole!.Calls; call++)
        {
            Scene scene = MakeStanding(Policy, kernel => new CutKernel(kernel, call));
            try
            {
                scene.Run(2);
                scene.Loop.Leave();
            }
            catch (CutException)
            {
                using Scene again = scene.RestartAfterKill(runningWritesAreDone: call % 2 == 0);
                again.Loop.Leave();
                Assert.True(before == Controls.Of(again.Machine), $"cut before call {call}:\n{scene.Text}");
            }
        }
    }

    /// <summary>A rule's change on a standing limit: when both are over, it is as it was before both.</summary>
    [Theory]
    [InlineData("batch.slice/*", "max: 0B, swappiness: 10")]
    [InlineData("batch.slice/*", "max: 128MiB")]
    [InlineData("system.slice/web.service", "max: 0B")]
    public void KilledBeforeAnyCallAChangeOnAStandingLimitLeavesNothingBehind(string of, string change)
    {
        CutKernel? whole = null;
        string before;
        using (Scene scene = MakeStacked(of, change, kernel => whole = new CutKernel(kernel, 0)))
        {
            before = Controls.Of(scene.Machine);
            scene.Run(1.2);
            string changed = Controls.Of(scene.Machine);
            scene.Run(End);
            string stands = Controls.Of(scene.Machine);
            Assert.True(changed != stands && stands != before, scene.Text);
            Assert.Equal(64 * Scene.MiB, Limited(scene, of));
            scene.Loop.Leave();
            Assert.True(before == Controls.Of(scene.Machine), scene.Text);
            Assert.DoesNotContain("somebody else", scene.Text);
            Assert.DoesNotContain("cannot", scene.Text);
        }

        for (int call = 1; call <= whole!.Calls; call++)
        {
            Scene scene = MakeStacked(of, change, kernel => new CutKernel(kernel, call));
            try
            {
                scene.Run(End);
                scene.Loop.Leave();
            }
            catch (CutException)
            {
                using Scene again = scene.RestartAfterKill(runningWritesAreDone: call % 2 == 0);
                again.Pressure(0);
                again.Run(System.Math.Max(again.Now + 3, End));
                Assert.True(64 * Scene.MiB == Limited(again, of), $"cut before call {call}:\n{scene.Text}\n{again.Text}");
                again.Loop.Leave();
                Assert.True(
                    before == Controls.Of(again.Machine),
                    $"cut before call {call}:\n{Controls.Of(again.Machine)}\n{scene.Text}\n{again.Text}");
                Assert.DoesNotContain("somebody else", again.Text);
            }
        }
    }

    [Fact]
    public void KilledBeforeAnyCallWhatTheServiceManagerWasAskedForHoldsAgainAndEndsWithTheNextOne()
    {
        CutKernel? whole = null;
        using (Scene scene = MakeUnit(kernel => whole = new CutKernel(kernel, 0)))
        {
            scene.Run(2);
            scene.Loop.Leave();
        }

        for (int call = 1; call <= whole!.Calls; call++)
        {
            Scene scene = MakeUnit(kernel => new CutKernel(kernel, call));
            try
            {
                scene.Run(2);
                scene.Loop.Leave();
            }
            catch (CutException)
            {
                using Scene again = scene.RestartAfterKill(runningWritesAreDone: call % 2 == 0);
                SimulatedCgroup web = again.Machine.FindCgroup("/system.slice/web.service")!;
                again.Run(again.Now + 3);
                Assert.True(web.SwapMaxPages == 0, $"cut before call {call}, not limited again:\n{scene.Text}");
                again.Loop.Leave();
                bool isKnown = again.Services.Limits.TryGetValue(("web.service", "MemorySwapMax"), out ulong limit);
                Assert.True(
                    web.SwapMaxPages == SimulatedCgroup.NoLimit && (!isKnown || limit == ulong.MaxValue),
                    $"cut before call {call}, {web.SwapMaxPages} pages and {limit} B are left:\n{scene.Text}");
            }
        }
    }

    [Fact]
    public void KilledBeforeAnyCallOfAKillNobodyStaysFrozenAndTheVictimDiesAllTheSame()
    {
        CutKernel? whole = null;
        using (Scene scene = MakeKill(kernel => whole = new CutKernel(kernel, 0), out SimulatedProcess victim))
        {
            scene.Run(2);
            Assert.True(Scene.IsDead(victim), scene.Text);
        }

        for (int call = 1; call <= whole!.Calls; call++)
        {
            Scene scene = MakeKill(kernel => new CutKernel(kernel, call), out SimulatedProcess victim);
            try
            {
                scene.Run(2);
            }
            catch (CutException)
            {
                using Scene again = scene.RestartAfterKill(runningWritesAreDone: call % 2 == 0);
                again.Run(again.Now + 3);
                SimulatedCgroup cgroup = again.Machine.FindCgroup("/a/1")!;
                Assert.True(
                    !cgroup.FreezeRequested && Scene.IsDead(victim), $"cut before call {call}:\n{scene.Text}");
            }
        }
    }

    private static Scene MakeKill(System.Func<IKernel, IKernel> wrap, out SimulatedProcess victim)
    {
        const string Policy = "rules:\n  - name: a\n    when: mem.available > 1MiB\n    cooldown: 1min\n"
            + "    then: [ { kill: { from: 'a/**', victim: cgroup, signal: KILL } } ]\n";
        var scene = new Scene(Policy, new MachineOptions { Profile = KernelProfile.Debian11 }) { Wrap = wrap };
        victim = scene.Start("a", "/a/1", 50);
        return scene;
    }

    private static Scene MakeUnit(System.Func<IKernel, IKernel> wrap)
    {
        var scene = new Scene("swap: { cgroups: [{ match: system.slice/web.service, max: 0B }] }") { Wrap = wrap };
        scene.Start("web", "/system.slice/web.service", 5);
        scene.Services.Add(new SimulatedUnit("web.service", "/system.slice/web.service"));
        return scene;
    }

    private static Scene MakeStacked(string of, string change, System.Func<IKernel, IKernel> wrap)
    {
        var scene = new Scene(
            $"swap: {{ swappiness: 20, cgroups: [{{ match: '{of}', max: 64MiB }}] }}\n"
            + ChangeTests.Policy($"swap: {{ of: '{of}', {change} }}")) { Wrap = wrap };
        scene.Start("small", "/batch.slice/a", 40);
        scene.Start("web", "/system.slice/web.service", 40);
        scene.Services.Add(new SimulatedUnit("web.service", "/system.slice/web.service"));
        scene.Pressure(0);
        scene.At(0.5, () => scene.Pressure(50));
        scene.At(PressureUntil, () => scene.Pressure(0));
        return scene;
    }

    private static long Limited(Scene scene, string of) => 4096 * scene.Machine.FindCgroup(
        of == "batch.slice/*" ? "/batch.slice/a" : "/" + of)!.SwapMaxPages;

    private static Scene MakeStanding(string policy, System.Func<IKernel, IKernel> wrap)
    {
        var scene = new Scene(policy) { Wrap = wrap };
        scene.Start("small", "/batch.slice/a", 40);
        scene.Start("large", "/batch.slice/b", 200);
        return scene;
    }

    private static void Cut(string then, int call, string before, bool runningWritesAreDone)
    {
        Scene scene = Make(then, kernel => new CutKernel(kernel, call));
        try
        {
            while (scene.Now < End)
                scene.Step();
            return;
        }
        catch (CutException)
        {
            using Scene again = scene.RestartAfterKill(runningWritesAreDone);
            again.Pressure(0);
            again.Step();
            again.Step();
            Assert.True(
                before == Controls.Of(again.Machine),
                $"cut before call {call}, writes under way {(runningWritesAreDone ? "" : "not ")}done:\n"
                + $"{Controls.Of(again.Machine)}\ninstead of\n{before}\n{scene.Text}");
        }
    }

    private static Scene Make(string then, System.Func<IKernel, IKernel> wrap)
    {
        Scene scene = ChangeTests.MakeScene(then, wrap: wrap);
        scene.Pressure(0);
        scene.At(PressureFrom, () => scene.Pressure(50));
        scene.At(PressureUntil, () => scene.Pressure(0));
        return scene;
    }

    /// <summary>Has the rule change something; after that its condition is over.</summary>
    /// <returns>What control files held before.</returns>
    private static string Change(Scene scene)
    {
        string before = Controls.Of(scene.Machine);
        scene.Pressure(50);
        scene.RunUntil(() => scene.Loop.EffectCount > 0, 2);
        scene.Run(scene.Now + 1);
        Assert.NotEqual(before, Controls.Of(scene.Machine));
        scene.Pressure(0);
        return before;
    }
}
