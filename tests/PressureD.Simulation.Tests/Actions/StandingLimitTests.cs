using System.Linq;
using PressureD.Core.Kernel;
using PressureD.Simulation.Faults;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Tests.Engine;

namespace PressureD.Simulation.Tests.Actions;

/// <summary>The swap section: limits that stand for as long as the daemon runs.</summary>
public sealed class StandingLimitTests
{
    private const string Section =
        "swap:\n  swappiness: 20\n  cgroups:\n    - { match: batch.slice/a, max: 0B }\n    - { match: 'batch.slice/**', max: 64MiB }\n";

    private const string Rules = "rules:\n  - { name: quiet, when: mem.available < 0.1%, then: [{ log: low }] }\n";

    [Fact]
    public void LimitsAreSetAndThoseThatAppearLaterGetTheirsAndAllComeBackAtTheEnd()
    {
        using Scene scene = MakeScene(Section + Rules);
        string before = Controls.Of(scene.Machine);
        SimulatedCgroup a = scene.Machine.FindCgroup("/batch.slice/a")!;
        SimulatedCgroup b = scene.Machine.FindCgroup("/batch.slice/b")!;
        scene.RunUntil(() => a.SwapMaxPages == 0 && b.SwapMaxPages == 16384 && scene.Machine.Swappiness == 20, 3);
        Assert.Equal(SimulatedCgroup.NoLimit, scene.Machine.FindCgroup("/batch.slice")!.SwapMaxPages);
        SimulatedCgroup later = scene.Start("late", "/batch.slice/c", 5).Cgroup;
        scene.RunUntil(() => later.SwapMaxPages == 16384, scene.Now + 3);
        scene.Loop.Leave();
        Assert.Equal(SimulatedCgroup.NoLimit, later.SwapMaxPages);
        Assert.StartsWith(before.Split('\n')[0], Controls.Of(scene.Machine));
        Assert.Equal(SimulatedCgroup.NoLimit, a.SwapMaxPages);
    }

    [Fact]
    public void AReloadKeepsWhatIsStillAskedForAndPutsTheRestBack()
    {
        using Scene scene = MakeScene(Section + Rules);
        SimulatedCgroup a = scene.Machine.FindCgroup("/batch.slice/a")!;
        SimulatedCgroup b = scene.Machine.FindCgroup("/batch.slice/b")!;
        scene.RunUntil(() => b.SwapMaxPages == 16384 && a.SwapMaxPages == 0, 3);
        scene.Loop.ReplacePolicy(Scene.Compile(
            "swap:\n  cgroups:\n    - { match: batch.slice/a, max: 0B }\n" + Rules));
        scene.RunUntil(
            () => b.SwapMaxPages == SimulatedCgroup.NoLimit && scene.Machine.Swappiness == 60, scene.Now + 3);
        Assert.Equal(0, a.SwapMaxPages);
        Assert.Equal(1, scene.Loop.EffectCount);
    }

    [Fact]
    public void KilledAndStartedAgainItFindsTheOldValuesBelowItsOwn()
    {
        Scene scene = MakeScene(Section + Rules);
        string before = Controls.Of(scene.Machine);
        SimulatedCgroup a = scene.Machine.FindCgroup("/batch.slice/a")!;
        scene.RunUntil(() => a.SwapMaxPages == 0 && scene.Machine.Swappiness == 20, 3);
        using Scene again = scene.RestartAfterKill(runningWritesAreDone: true);
        again.RunUntil(() => a.SwapMaxPages == 0 && scene.Machine.Swappiness == 20 && again.Loop.EffectCount == 3, again.Now + 3);
        again.Loop.Leave();
        Assert.Equal(before, Controls.Of(scene.Machine));
    }

    [Fact]
    public void NeitherWeNorPidOneAreLimited()
    {
        using Scene scene = MakeScene("swap:\n  cgroups:\n    - { match: '**', max: 0B }\n" + Rules);
        scene.Machine.Move(scene.Machine.FindProcess(1)!, scene.Machine.MakeCgroup("/init.scope"));
        SimulatedCgroup a = scene.Machine.FindCgroup("/batch.slice/a")!;
        scene.RunUntil(() => a.SwapMaxPages == 0, 3);
        scene.Run(scene.Now + 2);
        foreach (string spared in new[] { "/init.scope", "/system.slice", "/system.slice/pressured.service" })
            Assert.Equal(SimulatedCgroup.NoLimit, scene.Machine.FindCgroup(spared)!.SwapMaxPages);
    }

    [Fact]
    public void ASwappinessThatMayNotBeSetIsNamed()
    {
        var faults = new ScriptedFaults();
        faults.Fail(KernelCallKind.WriteControl, "/proc/sys/vm/swappiness", Errno.EROFS, times: 100);
        using Scene scene = MakeScene(Section + Rules, faults);
        SimulatedCgroup a = scene.Machine.FindCgroup("/batch.slice/a")!;
        scene.RunUntil(() => a.SwapMaxPages == 0, 3);
        scene.Run(scene.Now + 2);
        Assert.Contains(scene.Snapshot.DegradedReasons, reason => reason.Contains("vm.swappiness"));
        Assert.Equal(60, scene.Machine.Swappiness);
    }

    [Fact]
    public void WhatHasNoPlaceInTheJournalIsNotLimitedAndSaid()
    {
        using Scene scene = MakeScene("swap:\n  cgroups:\n    - { match: 'many.slice/*', max: 0B }\n" + Rules);
        for (int i = 0; i < 200; i++)
            scene.Start("one", $"/many.slice/{i}", 1);
        scene.Run(8);
        int limited = scene.Machine.FindCgroup("/many.slice")!.Children.Count(cgroup => cgroup.SwapMaxPages == 0);
        Assert.Equal(scene.Loop.EffectCount, limited);
        Assert.Equal(96, limited);
        Assert.Contains(scene.Snapshot.DegradedReasons, reason => reason.Contains("swap rules"));
    }

    private static Scene MakeScene(string policy, IFaultPlan? faults = null)
    {
        var scene = new Scene(
            policy, null, new SimulatedKernelOptions { Faults = faults ?? NoFaults.Instance });
        scene.Start("small", "/batch.slice/a", 40);
        scene.Start("large", "/batch.slice/b", 200);
        return scene;
    }
}
