using System.Linq;
using PressureD.Core.Kernel;
using PressureD.Simulation.Faults;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Tests.Engine;

namespace PressureD.Simulation.Tests.Actions;

/// <summary>Taking memory by memory.reclaim: how much, from whom, and when not.</summary>
public sealed class ReclaimTests
{
    [Fact]
    public void SoMuchIsTakenAsWasAskedFor()
    {
        using Scene scene = MakeScene("reclaim: { of: batch.slice/cache, amount: 40MiB }");
        SimulatedCgroup cgroup = scene.Machine.FindCgroup("/batch.slice/cache")!;
        long before = cgroup.CurrentPages;
        scene.Pressure(50);
        scene.RunUntil(() => Says(scene, "reclaimed"), 4);
        long taken = (before - cgroup.CurrentPages) * Pages.Bytes;
        Assert.InRange(taken, 36L << 20, 48L << 20);
    }

    [Fact]
    public void AShareIsTakenFromEachAndNobodyGoesBelowTheFloor()
    {
        using Scene scene = MakeScene("reclaim: { of: 'batch.slice/*', amount: 50%, floor: 150MiB }");
        SimulatedCgroup cache = scene.Machine.FindCgroup("/batch.slice/cache")!;
        SimulatedCgroup small = scene.Machine.FindCgroup("/batch.slice/small")!;
        long smallBefore = small.CurrentPages;
        scene.Pressure(50);
        scene.RunUntil(() => Says(scene, "reclaimed"), 4);
        Assert.InRange(cache.CurrentPages * Pages.Bytes, 145L << 20, 160L << 20);
        Assert.Equal(smallBefore, small.CurrentPages);
    }

    [Fact]
    public void ItStopsWhenTheConditionIsOver()
    {
        var faults = new ScriptedFaults();
        faults.Delay("memory.reclaim", 300_000, times: 100);
        using Scene scene = MakeScene("reclaim: { of: batch.slice/cache, amount: 200MiB }", faults);
        scene.Pressure(50);
        scene.At(0.7, () => scene.Pressure(0));
        scene.Run(6);
        int chunks = scene.Kernel.Begun.Count(operation => operation.Kind == BlockingKind.Write);
        Assert.InRange(chunks, 1, 5);
        Assert.Single(scene.Events, said => said.Text.Contains("reclaimed ") && said.Text.Contains("the condition is over"));
    }

    [Fact]
    public void WhereNothingCanBeTakenItIsNotAskedForAgainAndAgain()
    {
        using Scene scene = MakeScene("reclaim: { of: batch.slice/small, amount: 20MiB }");
        scene.Pressure(50);
        scene.RunUntil(() => Says(scene, "nothing could be taken"), 4);
        scene.Run(scene.Now + 10);
        Assert.InRange(scene.Kernel.Begun.Count(operation => operation.Kind == BlockingKind.Write), 3, 7);
    }

    [Fact]
    public void AKernelWithoutItIsSaidOnceAndTheChainGoesOn()
    {
        using Scene scene = MakeScene(
            "reclaim: { of: batch.slice/cache, amount: 40MiB }\n      - log: went on", null, KernelProfile.Debian11);
        scene.Pressure(50);
        scene.RunUntil(() => Says(scene, "went on"), 4);
        Assert.Single(scene.Events, said => said.Text.Contains("this kernel has no memory.reclaim"));
        Assert.Contains(scene.Snapshot.DegradedReasons, reason => reason.Contains("memory.reclaim"));
    }

    [Fact]
    public void AnOlderKernelIsAskedWithoutASwappiness()
    {
        using Scene scene = MakeScene("reclaim: { of: batch.slice/cache, amount: 40MiB, swappiness: 10 }");
        scene.Pressure(50);
        scene.RunUntil(() => Says(scene, "reclaimed"), 4);
        Assert.Contains(scene.Snapshot.DegradedReasons, reason => reason.Contains("swappiness"));
    }

    [Fact]
    public void TheKernelsOwnKillerIsAskedWhereItMayBe()
    {
        using Scene scene = MakeScene("kernel-oom: true");
        scene.Pressure(50);
        scene.RunUntil(() => scene.Machine.OomKills.Count == 1, 4);
        scene.Run(scene.Now + 3);
        Assert.Single(scene.Machine.OomKills);
    }

    [Fact]
    public void TheKernelsOwnKillerIsAskedOnceInAWhileWhateverRulesAskAndOverReloads()
    {
        const string then = "kernel-oom: true\n  - { name: too, when: psi.memory.full.avg10 > 20%, then: [ { kernel-oom: true } ] }";
        using Scene scene = MakeScene(then);
        ChangeTests.Stall(scene, permille: 500, seconds: 30);
        scene.RunUntil(() => scene.Machine.OomKills.Count == 1, 4);
        double first = scene.Now;
        scene.Loop.ReplacePolicy(Scene.Compile(ChangeTests.Policy(then)));
        scene.RunUntil(() => scene.Machine.OomKills.Count == 2, 20);
        Assert.InRange(scene.Now - first, 9.5, 11);
    }

    [Fact]
    public void TheBrakeCountsTheKernelsOwnKiller()
    {
        const string kills = "  - name: kill\n    when: psi.memory.full.avg10 > 20% for 1s\n    cooldown: 1h\n    then: [ { kill: { from: 'batch.slice/b', signal: KILL } } ]\n";
        using Scene scene = new("limits: { kills-per-minute: 1 }\n" + ChangeTests.Policy("kernel-oom: true") + kills);
        scene.Start("small", "/batch.slice/a", 40);
        scene.Start("large", "/batch.slice/b", 200);
        scene.Start("other", "/batch.slice/b", 100);
        ChangeTests.Stall(scene, permille: 500, seconds: 50);
        scene.Run(45);
        Assert.Single(scene.Machine.OomKills);
        Assert.Empty(scene.Kernel.Signals);
        Assert.Contains(scene.Events, said => said.Text.StartsWith("mild: no kill, brake: "));
        Assert.Contains(scene.Events, said => said.Text.StartsWith("kill: no kill, brake: "));
    }

    [Fact]
    public void ThatItWasAskedIsToldAlsoWhenThatEndsTheRule()
    {
        using Scene scene = MakeScene("kernel-oom: true", new ScriptedFaults().Delay("/proc/sysrq-trigger", 4_000_000));
        scene.Pressure(50);
        scene.RunUntil(() => scene.Fired("mild").Length > 0, 4);
        scene.Pressure(0);
        scene.Run(scene.Now + 20);
        Assert.Single(scene.Machine.OomKills);
        Assert.StartsWith("asked for the kernel's own killer", Assert.Single(
            scene.Incidents.Written, static incident => incident.GetProperty("outcome").GetString() == "acted")
            .GetProperty("summary").GetString());
    }

    [Fact]
    public void WhereItMayNotBeAskedThatIsSaidAndTheChainGoesOn()
    {
        var faults = new ScriptedFaults();
        faults.Fail(KernelCallKind.WriteControl, "/proc/sysrq-trigger", Errno.EROFS, times: 100);
        using Scene scene = MakeScene("kernel-oom: true\n      - log: went on", faults);
        scene.Pressure(50);
        scene.RunUntil(() => Says(scene, "went on"), 4);
        Assert.Contains(scene.Events, said => said.Text.Contains("EROFS"));
        Assert.Contains(scene.Snapshot.DegradedReasons, reason => reason.Contains("sysrq"));
        Assert.Empty(scene.Machine.OomKills);
    }

    [Theory]
    [InlineData(Errno.EMFILE)]
    [InlineData(Errno.EBUSY)]
    public void WhereItCannotBeAskedForAMomentItIsAskedAgain(int errno)
    {
        var faults = new ScriptedFaults();
        faults.Fail(KernelCallKind.WriteControl, "/proc/sysrq-trigger", errno, times: 2);
        using Scene scene = MakeScene("kernel-oom: true", faults);
        ChangeTests.Stall(scene, permille: 500, seconds: 30);
        scene.RunUntil(() => scene.Machine.OomKills.Count == 1, 8);
        Assert.DoesNotContain(scene.Snapshot.DegradedReasons, reason => reason.Contains("sysrq"));
    }

    [Fact]
    public void ACgroupThatIsRemovedUnderAWriteSaysNothingOfTheKernel()
    {
        using Scene scene = MakeScene(
            "reclaim: { of: batch.slice/cache, amount: 40MiB }",
            new ScriptedFaults().Delay("cache/memory.reclaim", 20_000));
        SimulatedCgroup cache = scene.Machine.FindCgroup("/batch.slice/cache")!;
        scene.Pressure(50);
        scene.RunUntil(() => scene.Kernel.Begun.Any(operation => operation.Kind == BlockingKind.Write), 4);
        foreach (SimulatedProcess process in cache.Processes.ToArray())
            scene.Machine.Move(process, scene.Machine.FindCgroup("/batch.slice/small")!);
        scene.Machine.RemoveCgroup(cache);
        Assert.True(cache.Removed);
        scene.Run(scene.Now + 2);
        Assert.DoesNotContain(scene.Snapshot.DegradedReasons, reason => reason.Contains("memory.reclaim"));
    }

    internal static Scene MakeScene(string then, IFaultPlan? faults = null, KernelProfile? profile = null)
    {
        Scene scene = ChangeTests.MakeScene(
            then, faults: faults, machine: profile is null ? null : new MachineOptions { Profile = profile });
        SimulatedProcess reader = scene.Start("reader", "/batch.slice/cache", 20);
        MemoryRegion cache = scene.Machine.MapRegion(reader, RegionKind.File);
        scene.Machine.Fill(cache, Pages.FromBytes(260L << 20));
        scene.Start("small", "/batch.slice/small", 60);
        return scene;
    }

    private static bool Says(Scene scene, string text) => scene.Events.Any(said => said.Text.Contains(text));
}
