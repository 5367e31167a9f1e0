using System.Linq;
using PressureD.Core.Kernel;
using PressureD.Simulation.Faults;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Tests.Engine;

namespace PressureD.Simulation.Tests.Actions;

/// <summary>Actions that change control files for a while: in effect when they should be, and never longer.</summary>
public sealed class ChangeTests
{
    [Fact]
    public void WhatARuleFreezesIsThawedWhenTheRuleIsOver()
    {
        using Scene scene = MakeScene("freeze: { of: 'batch.slice/*', for: 60s }");
        string before = Controls.Of(scene.Machine);
        scene.Pressure(50);
        scene.RunUntil(() => IsFrozen(scene, "/batch.slice/a") && IsFrozen(scene, "/batch.slice/b"), 2);
        scene.Pressure(0);
        scene.RunUntil(() => !IsFrozen(scene, "/batch.slice/a") && !IsFrozen(scene, "/batch.slice/b"), scene.Now + 4);
        Assert.Equal(before, Controls.Of(scene.Machine));
        Assert.Contains(scene.Events, said => said.Text.Contains("the rule's condition is over"));
        Assert.Equal(0, scene.Loop.EffectCount);
    }

    [Fact]
    public void ItIsThawedAtOnceWhenTheRuleSaysWhenItIsOver()
    {
        using Scene scene = MakeScene(
            "freeze: { of: 'batch.slice/*', for: 60s }",
            "when: psi.memory.full.avg10 > 20%\n    until: psi.memory.full.avg10 < 5%");
        Stall(scene, permille: 500, seconds: 1);
        scene.RunUntil(() => IsFrozen(scene, "/batch.slice/a"), 2);
        scene.At(1.1, () => Stall(scene, permille: 100, seconds: 4));
        scene.Run(5.2);
        Assert.True(IsFrozen(scene, "/batch.slice/a"), scene.Text);
        scene.Pressure(0);
        scene.RunUntil(() => !IsFrozen(scene, "/batch.slice/a"), scene.Now + 1.2);
    }

    [Fact]
    public void AFreezeEndsAtItsLimitAndRestsForAsLongAgain()
    {
        using Scene scene = MakeScene("freeze: { of: 'batch.slice/*', for: 2s }");
        Stall(scene, permille: 500, seconds: 30);
        scene.RunUntil(() => IsFrozen(scene, "/batch.slice/a"), 2);
        double frozen = scene.Now;
        scene.RunUntil(() => !IsFrozen(scene, "/batch.slice/a"), frozen + 2.2);
        Assert.True(scene.Now >= frozen + 1.9, $"thawed after {scene.Now - frozen} s");
        double thawed = scene.Now;
        scene.RunUntil(() => IsFrozen(scene, "/batch.slice/a"), thawed + 3);
        Assert.True(scene.Now >= thawed + 1.8, $"frozen again after {scene.Now - thawed} s");
    }

    [Fact]
    public void WhoIsSentTermWithAllBelowIsThawedBelowToo()
    {
        using Scene scene = new("""
            rules:
              - { name: stop, when: mem.available > 1MiB, cooldown: 1h, then: [ { freeze: { of: "app.slice/x/*", for: 60s } } ] }
              - name: end
                when: mem.available > 1MiB for 2s
                cooldown: 1h
                then: [ { kill: { from: app.slice/x, victim: cgroup, grace: 20s } } ]
            """);
        scene.Start("one", "/app.slice/x/1", 40);
        scene.Machine.FindCgroup("/app.slice/x")!.OomGroup = true;
        scene.RunUntil(() => IsFrozen(scene, "/app.slice/x/1"), 2);
        scene.RunUntil(() => scene.Kernel.Signals.Count > 0, 5);
        scene.RunUntil(() => !IsFrozen(scene, "/app.slice/x/1"), scene.Now + 1);
    }

    [Fact]
    public void ItRestsForAsLongOverAReloadToo()
    {
        const string then = "freeze: { of: 'batch.slice/*', for: 2s }";
        using Scene scene = MakeScene(then);
        Stall(scene, permille: 500, seconds: 30);
        scene.RunUntil(() => IsFrozen(scene, "/batch.slice/a"), 2);
        scene.Run(scene.Now + 1);
        scene.Loop.ReplacePolicy(Scene.Compile(Policy(then, null, null)));
        scene.RunUntil(() => !IsFrozen(scene, "/batch.slice/a"), scene.Now + 2);
        double thawed = scene.Now;
        scene.RunUntil(() => IsFrozen(scene, "/batch.slice/a"), thawed + 3);
        Assert.True(scene.Now >= thawed + 1.8, $"frozen again after {scene.Now - thawed} s");
    }

    [Fact]
    public void WhatIsDoneOverAndOverIsAnActInAnIncidentEachTime()
    {
        using Scene scene = MakeScene("freeze: { of: 'batch.slice/*', for: 7s }");
        Stall(scene, permille: 500, seconds: 50);
        scene.At(50, () => scene.Pressure(0));
        scene.Run(90);
        int frozen = scene.Events.Count(said => said.Text.Contains(": freeze (cgroup.freeze=1) of "));
        Assert.InRange(frozen, 3, 4);
        int acts = scene.Incidents.Written.Sum(incident => incident.GetProperty("acts").EnumerateArray()
            .Count(act => act.GetProperty("kind").GetString() == "acted"));
        Assert.Equal(frozen, acts);
    }

    [Fact]
    public void TheMatchItselfIsTheTargetWhenNoneIsNamed()
    {
        using Scene scene = MakeScene(
            "freeze: { for: 60s }", "for-each: 'batch.slice/*'\n    when: psi.memory.full.avg10 > 20%");
        scene.Pressure(50, cgroup: "/batch.slice/b");
        scene.RunUntil(() => IsFrozen(scene, "/batch.slice/b"), 3);
        Assert.False(IsFrozen(scene, "/batch.slice/a"));
    }

    [Fact]
    public void OnlyTheLargestAreTakenWhenAskedSo()
    {
        using Scene scene = MakeScene("freeze: { of: 'batch.slice/*', for: 60s, at-most: 1 }");
        scene.Pressure(50);
        scene.RunUntil(() => IsFrozen(scene, "/batch.slice/b"), 2);
        scene.Run(4);
        Assert.False(IsFrozen(scene, "/batch.slice/a"));
    }

    [Fact]
    public void TheLargestOfManyIsTakenWhereverItIs()
    {
        using Scene scene = MakeScene("freeze: { of: 'many.slice/*', for: 60s, at-most: 1 }");
        for (int i = 0; i < 60; i++)
            scene.Start("one", $"/many.slice/{i}", i == 55 ? 30 : 1);
        scene.Pressure(50);
        scene.RunUntil(() => IsFrozen(scene, "/many.slice/55"), 3);
        Assert.Single(scene.Machine.FindCgroup("/many.slice")!.Children, cgroup => cgroup.FreezeRequested);
    }

    [Fact]
    public void MoreThanCanBeActedOnAtATimeIsSaid()
    {
        using Scene scene = MakeScene("freeze: { of: 'many.slice/*', for: 60s }");
        for (int i = 0; i < 60; i++)
            scene.Start("one", $"/many.slice/{i}", 1);
        scene.Pressure(50);
        scene.RunUntil(() => scene.Loop.EffectCount == 32, 3);
        scene.Run(scene.Now + 1);
        Assert.Contains(scene.Events, said => said.Text.Contains("and of no more, though more match"));
    }

    [Fact]
    public void TheOutermostCgroupIsTakenAndNotThoseBelowItAsWell()
    {
        using Scene scene = MakeScene("freeze: { of: 'batch.slice/**', for: 60s }");
        scene.Start("below", "/batch.slice/c/d", 10);
        scene.Pressure(50);
        scene.RunUntil(() => IsFrozen(scene, "/batch.slice/c"), 2);
        Assert.False(scene.Machine.FindCgroup("/batch.slice/c/d")!.FreezeRequested);
    }

    [Theory]
    [InlineData("/system.slice")]
    [InlineData("/system.slice/pressured.service")]
    [InlineData("/init.scope")]
    [InlineData("/guarded.slice/holy")]
    [InlineData("/guarded.slice")]
    public void NobodyWhoIsNeverAVictimIsEverFrozen(string cgroup)
    {
        using Scene scene = MakeScene($"freeze: {{ of: '{cgroup[1..]}', for: 60s }}");
        scene.Machine.Move(scene.Machine.FindProcess(1)!, scene.Machine.MakeCgroup("/init.scope"));
        scene.Start(new ProcessOptions { Comm = "holy", Cgroup = "/guarded.slice/holy", OomScoreAdj = -1000 });
        scene.Pressure(50);
        scene.Run(3);
        Assert.False(IsFrozen(scene, cgroup));
        Assert.Contains(scene.Events, said => said.Text.Contains("no freeze, nobody qualifies"));
    }

    [Theory]
    [InlineData("batch.slice/empty", "nobody lives in what matches")]
    [InlineData("batch.slice/none", "no cgroup matches")]
    public void ThatNobodyQualifiesIsExplained(string of, string why)
    {
        using Scene scene = MakeScene($"freeze: {{ of: {of}, for: 60s }}");
        scene.Machine.MakeCgroup("/batch.slice/empty");
        scene.Pressure(50);
        scene.Run(3);
        Assert.Contains(scene.Events, said => said.Text.EndsWith("no freeze, nobody qualifies: " + why));
    }

    [Fact]
    public void BesideAProtectedProcessTheOthersOfASliceAreTaken()
    {
        using Scene scene = MakeScene("freeze: { of: 'batch.slice/**', for: 60s }", protect: "cgroup: batch.slice/a");
        scene.Pressure(50);
        scene.RunUntil(() => IsFrozen(scene, "/batch.slice/b"), 2);
        Assert.False(scene.Machine.FindCgroup("/batch.slice/a")!.EffectivelyFrozen);
    }

    [Fact]
    public void AThrottleIsSetToAShareOfWhatIsUsedAndTakenBack()
    {
        using Scene scene = MakeScene("throttle: { of: batch.slice/b, to: 90%, for: 60s }");
        scene.Pressure(50);
        SimulatedCgroup cgroup = scene.Machine.FindCgroup("/batch.slice/b")!;
        long used = cgroup.CurrentPages;
        scene.RunUntil(() => cgroup.HighPages != SimulatedCgroup.NoLimit, 2);
        Assert.InRange(cgroup.HighPages, used * 88 / 100, used * 91 / 100);
        scene.Pressure(0);
        scene.RunUntil(() => cgroup.HighPages == SimulatedCgroup.NoLimit, scene.Now + 4);
    }

    [Fact]
    public void AThrottleNeverRaisesALimit()
    {
        using Scene scene = MakeScene("throttle: { of: batch.slice/b, to: 90%, for: 60s }");
        SimulatedCgroup cgroup = scene.Machine.FindCgroup("/batch.slice/b")!;
        cgroup.HighPages = 10;
        scene.Pressure(50);
        scene.Run(3);
        Assert.Equal(10, cgroup.HighPages);
        Assert.Contains(scene.Events, said => said.Text.Contains("it is all as it would make it"));
    }

    [Fact]
    public void SwapLimitsSwappinessAndWeightsChangeAndComeBack()
    {
        using Scene scene = MakeScene(
            "swap: { of: batch.slice/a, max: 64MiB, high: 32MiB, swappiness: 10 }\n      - weight: { of: batch.slice/b, cpu: 5, io: 7 }"
            + "\n      - set: { of: batch.slice/b, file: memory.low, value: 8MiB }");
        string before = Controls.Of(scene.Machine);
        scene.Pressure(50);
        SimulatedCgroup a = scene.Machine.FindCgroup("/batch.slice/a")!;
        SimulatedCgroup b = scene.Machine.FindCgroup("/batch.slice/b")!;
        scene.RunUntil(() => a.SwapMaxPages == 16384 && a.SwapHighPages == 8192 && scene.Machine.Swappiness == 10, 3);
        scene.RunUntil(() => b is { CpuWeight: 5, IoWeight: 7, LowPages: 2048 }, 3);
        scene.Pressure(0);
        scene.RunUntil(() => Controls.Of(scene.Machine) == before, scene.Now + 5);
    }

    [Fact]
    public void WhatSomebodyElseHasChangedMeanwhileIsLeftAloneAndSaid()
    {
        using Scene scene = MakeScene("swap: { of: batch.slice/a, max: 64MiB }");
        SimulatedCgroup cgroup = scene.Machine.FindCgroup("/batch.slice/a")!;
        scene.Pressure(50);
        scene.RunUntil(() => cgroup.SwapMaxPages == 16384, 2);
        cgroup.SwapMaxPages = 4711;
        scene.Pressure(0);
        scene.RunUntil(() => scene.Events.Any(said => said.Text.Contains("somebody else has changed it")), 8);
        Assert.Equal(4711, cgroup.SwapMaxPages);
        Assert.Equal(0, scene.Loop.EffectCount);
    }

    [Fact]
    public void StoppingPutsEverythingBack()
    {
        using Scene scene = MakeScene("freeze: { of: 'batch.slice/*', for: 60s }\n      - swap: { swappiness: 1 }");
        string before = Controls.Of(scene.Machine);
        scene.Pressure(50);
        scene.RunUntil(() => IsFrozen(scene, "/batch.slice/a") && scene.Machine.Swappiness == 1, 2);
        scene.Loop.Leave();
        Assert.Equal(before, Controls.Of(scene.Machine));
    }

    [Fact]
    public void AReloadThatDropsTheActionPutsItBackAndOneThatKeepsItDoesNot()
    {
        const string Freeze = "freeze: { of: 'batch.slice/*', for: 60s }";
        using Scene scene = MakeScene(Freeze);
        Stall(scene, permille: 500, seconds: 30);
        scene.RunUntil(() => IsFrozen(scene, "/batch.slice/a"), 2);
        scene.Loop.ReplacePolicy(Scene.Compile(Policy(Freeze)));
        for (double until = scene.Now + 2; scene.Now < until;)
        {
            scene.Step();
            Assert.True(IsFrozen(scene, "/batch.slice/a"), scene.Text);
        }

        scene.Loop.ReplacePolicy(Scene.Compile(Policy("log: nothing any more")));
        scene.RunUntil(() => !IsFrozen(scene, "/batch.slice/a"), scene.Now + 4);
        Assert.Contains(scene.Events, said => said.Text.Contains("the policy no longer asks for it"));
    }

    [Fact]
    public void ADryRunChangesNothingAndSaysWhatItWouldHave()
    {
        using Scene scene = MakeScene("freeze: { of: 'batch.slice/*', for: 60s, dry-run: true }");
        string before = Controls.Of(scene.Machine);
        scene.Pressure(50);
        scene.Run(3);
        Assert.Equal(before, Controls.Of(scene.Machine));
        Assert.Single(scene.Events, said => said.Text.Contains("dry run, would have done: freeze"));
    }

    [Fact]
    public void AFileThatCannotBeWrittenIsSaidAndTheChainGoesOn()
    {
        var faults = new ScriptedFaults();
        faults.Fail(KernelCallKind.WriteControl, "a/cgroup.freeze", Errno.EACCES, times: 100);
        using Scene scene = MakeScene(
            "freeze: { of: 'batch.slice/*', for: 60s }\n      - log: went on", faults: faults);
        scene.Pressure(50);
        scene.RunUntil(() => IsFrozen(scene, "/batch.slice/b"), 2);
        scene.RunUntil(() => scene.Events.Any(said => said.Text.Contains("went on")), 2);
        Assert.Contains(scene.Events, said => said.Text.Contains("could not write cgroup.freeze of /batch.slice/a: EACCES"));
        Assert.False(IsFrozen(scene, "/batch.slice/a"));
    }

    [Fact]
    public void AFileThatDoesNotExistIsSaidAndNotTakenForOneThatIsAsItShouldBe()
    {
        using Scene scene = MakeScene("swap: { of: 'batch.slice/a', zswap-max: 1MiB }\n      - log: went on");
        scene.Pressure(50);
        scene.RunUntil(() => scene.Events.Any(said => said.Text.Contains("went on")), 2);
        Assert.Contains(
            scene.Events,
            said => said.Text.Contains("cannot swap /batch.slice/a (memory.zswap.max): there is no such file"));
        Assert.Contains(scene.Events, said => said.Text.Contains("no swap, nothing could be changed: ENOENT"));
        Assert.DoesNotContain(scene.Events, said => said.Text.Contains("as it would make it"));
    }

    [Fact]
    public void WhatCannotBeChangedAtAllIsSaidOnceInAWhileAndIsInTheIncident()
    {
        var faults = new ScriptedFaults();
        faults.Fail(KernelCallKind.WriteControl, "a/cgroup.freeze", Errno.EACCES, times: 1000);
        using Scene scene = MakeScene("freeze: { of: 'batch.slice/a', for: 60s }", faults: faults);
        scene.Pressure(50);
        scene.Run(9);
        Assert.Single(scene.Events, said => said.Text.Contains("could not write cgroup.freeze of /batch.slice/a: EACCES"));
        Assert.Single(scene.Events, said => said.Text.Contains("no freeze, nothing could be changed: EACCES"));
        scene.Run(12);
        Assert.Equal(2, scene.Events.Count(said => said.Text.Contains("could not write cgroup.freeze")));
        scene.Pressure(0);
        scene.Run(16);
        Assert.Contains(
            scene.Incidents.Written, incident => incident.GetRawText().Contains("nothing could be changed: EACCES"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(11)]
    public void OfWhatWasThereAPartIsNeverPutBack(long fromSeconds)
    {
        // One read ends early: those that note what is there, and those that look at it before it is put back.
        var faults = new ScriptedFaults();
        long fromUsec = new MachineOptions().StartUsec + (fromSeconds * 1_000_000);
        faults.Truncate(KernelCallKind.Read, "a/memory.swap.max", 6, fromUsec: fromUsec);
        using Scene scene = MakeScene("swap: { of: 'batch.slice/a', max: 600MiB }", faults: faults);
        SimulatedCgroup cgroup = scene.Machine.FindCgroup("/batch.slice/a")!;
        cgroup.SwapMaxPages = Pages.FromMiB(700);
        for (int times = 1; times <= 2; times++)
        {
            scene.Pressure(50);
            scene.RunUntil(() => cgroup.SwapMaxPages == Pages.FromMiB(600), scene.Now + 25);
            scene.Pressure(0);
            scene.RunUntil(() => scene.Loop.EffectCount == 0, scene.Now + 5);
            Assert.Equal(Pages.FromMiB(700), cgroup.SwapMaxPages);
        }

        Assert.Equal(0, faults.Remaining);
    }

    [Fact]
    public void WorkersThatHangAreSaidAndTheChainGoesOn()
    {
        var faults = new ScriptedFaults();
        faults.Fail(KernelCallKind.Begin, "cgroup.freeze", Errno.EBUSY, times: 100_000);
        using Scene scene = MakeScene(
            "freeze: { of: 'batch.slice/*', for: 60s }\n      - log: went on", faults: faults);
        scene.Pressure(50);
        scene.RunUntil(() => scene.Events.Any(said => said.Text.Contains("went on")), 4);
        Assert.Contains(scene.Events, said => said.Text.Contains("every worker hangs"));
    }

    [Fact]
    public void AWriteThatTakesLongHoldsTheChainUpForTwoSecondsAndIsStillTakenBack()
    {
        var faults = new ScriptedFaults();
        faults.Delay("memory.high", 5_000_000);
        using Scene scene = MakeScene(
            "throttle: { of: batch.slice/b, to: 90%, for: 60s }\n      - log: went on", faults: faults);
        SimulatedCgroup cgroup = scene.Machine.FindCgroup("/batch.slice/b")!;
        scene.Pressure(50);
        scene.RunUntil(() => scene.Events.Any(said => said.Text.Contains("went on")), 3);
        Assert.Contains(scene.Events, said => said.Text.Contains("throttle (memory.high)"));
        Assert.Equal(SimulatedCgroup.NoLimit, cgroup.HighPages);
        scene.Pressure(0);
        scene.RunUntil(() => scene.Loop.EffectCount == 0, 12);
        Assert.Equal(SimulatedCgroup.NoLimit, cgroup.HighPages);
    }

    [Fact]
    public void AWriteThatTakesLongerThanItsConditionHoldsIsStillSaidAndToldOf()
    {
        var faults = new ScriptedFaults();
        faults.Delay("cgroup.freeze", 1_500_000);
        using Scene scene = MakeScene(
            "freeze: { of: batch.slice/b, for: 60s }",
            "when: psi.memory.full.avg10 > 20%\n    until: psi.memory.full.avg10 < 5%",
            faults: faults);
        Stall(scene, permille: 500, seconds: 1);
        scene.RunUntil(() => scene.Text.Contains("mild: fired"), 2);
        scene.Pressure(0);
        scene.RunUntil(() => scene.Text.Contains("mild: over"), scene.Now + 1);
        Assert.Contains("freeze (cgroup.freeze=1) of /batch.slice/b", scene.Text);
        scene.RunUntil(() => scene.Loop.EffectCount == 0, scene.Now + 8);
        scene.Run(scene.Now + 130);
        Assert.Contains(
            scene.Incidents.Written.SelectMany(incident => incident.GetProperty("acts").EnumerateArray()),
            act => act.GetProperty("kind").GetString() == "acted");
    }

    [Fact]
    public void ACgroupThatGoesWhileItIsFrozenLeavesNothingBehind()
    {
        using Scene scene = MakeScene("freeze: { of: 'batch.slice/*', for: 60s }");
        scene.Pressure(50);
        scene.RunUntil(() => IsFrozen(scene, "/batch.slice/a"), 2);
        SimulatedCgroup gone = scene.Machine.FindCgroup("/batch.slice/a")!;
        scene.Machine.Signal(gone.Processes[0], Signals.Kill);
        scene.RunUntil(() => gone.Processes.Count == 0, 4);
        scene.Machine.RemoveCgroup(gone);
        SimulatedCgroup again = scene.Machine.MakeCgroup("/batch.slice/a");
        again.FreezeRequested = true;
        scene.Pressure(0);
        scene.RunUntil(() => scene.Loop.EffectCount == 0, scene.Now + 5);
        Assert.True(again.FreezeRequested, "another cgroup of that name is not ours to thaw");
    }

    [Fact]
    public void ChangesThatCannotBeNotedAreNotMade()
    {
        using Scene scene = MakeScene("weight: { of: 'many.slice/*', cpu: 5, io: 5 }\n      - swap: { of: 'many.slice/*', max: 0B, high: 0B }\n      - set: { of: 'many.slice/*', file: memory.low, value: 4KiB }");
        for (int i = 0; i < 40; i++)
            scene.Start("one", $"/many.slice/{i}", 1);
        scene.Pressure(50);
        scene.RunUntil(() => scene.Events.Any(said => said.Text.Contains("as many changes are in effect")), 8);
        int low = scene.Machine.FindCgroup("/many.slice")!.Children.Count(cgroup => cgroup.LowPages > 0);
        Assert.True(scene.Loop.EffectCount == 128 && low == 0, $"{scene.Loop.EffectCount} {low}");
    }

    [Fact]
    public void WhoIsAskedToLeaveIsThawedForIt()
    {
        using Scene scene = MakeScene(
            "freeze: { of: 'batch.slice/*', for: 60s }\n      - kill: { from: batch.slice/b, victim: process, grace: 20s }");
        SimulatedProcess victim = scene.Machine.FindCgroup("/batch.slice/b")!.Processes[0];
        Stall(scene, permille: 500, seconds: 10);
        scene.RunUntil(() => Scene.IsDead(victim), 5);
        Assert.All(scene.Kernel.Signals, signal => Assert.Equal(Signals.Term, signal.Number));
        Assert.True(IsFrozen(scene, "/batch.slice/a"));
    }

    [Fact]
    public void AChainStopsAfterWhatHadAnEffectWhenAskedSo()
    {
        using Scene scene = MakeScene(
            "freeze: { of: batch.slice/none, for: 60s }\n      - stop: after-effect\n      - log: went on\n"
            + "      - freeze: { of: batch.slice/a, for: 60s }\n      - stop: after-effect\n      - log: too far");
        scene.Pressure(50);
        scene.RunUntil(() => IsFrozen(scene, "/batch.slice/a"), 2);
        scene.Run(3);
        Assert.Contains(scene.Events, said => said.Text.Contains("went on"));
        Assert.DoesNotContain(scene.Events.TakeWhile(said => !said.Text.Contains("freeze (")), said => said.Text.Contains("too far"));
    }

    internal static Scene MakeScene(
        string then,
        string? when = null,
        string? protect = null,
        IFaultPlan? faults = null,
        MachineOptions? machine = null,
        System.Func<IKernel, IKernel>? wrap = null)
    {
        var scene = new Scene(
            Policy(then, when, protect), machine, new SimulatedKernelOptions { Faults = faults ?? NoFaults.Instance })
        {
            Wrap = wrap,
        };
        scene.Start("small", "/batch.slice/a", 40);
        scene.Start("large", "/batch.slice/b", 200);
        return scene;
    }

    /// <summary>From now on so much of the time is stalled, whatever is done.</summary>
    internal static void Stall(Scene scene, int permille, int seconds)
    {
        double from = scene.Now;
        for (double at = from; at < from + seconds; at += 0.05)
        {
            long totalUsec = (long)((from * 1_000_000) + ((at - from + 0.05) * 1000 * permille));
            scene.At(at, () => scene.Pressure(permille / 10.0, totalUsec));
        }
    }

    internal static bool IsFrozen(Scene scene, string cgroup) => scene.Machine.FindCgroup(cgroup)!.FreezeRequested;

    internal static string Policy(string then, string? when = null, string? protect = null) =>
        (protect is null ? "" : $"protect: [{{ {protect} }}]\n")
        + "rules:\n  - name: mild\n    " + (when ?? "when: psi.memory.full.avg10 > 20%") + "\n    then:\n      - " + then + "\n";
}
