using System.Collections.Generic;
using System.Linq;
using PressureD.Core.Commands;
using PressureD.Core.Durable;
using PressureD.Core.Kernel;
using PressureD.Core.Services;
using PressureD.Simulation.Faults;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Services;
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
    public void WhatStandsIsListedWithWhatWasThereBefore()
    {
        using Scene scene = MakeScene(Section + Rules);
        SimulatedCgroup b = scene.Machine.FindCgroup("/batch.slice/b")!;
        scene.RunUntil(() => b.SwapMaxPages == 16384 && scene.Machine.Swappiness == 20, 3);
        Assert.Equal(
            [
                ("", "/proc/sys/vm/swappiness", "20", "60", true), ("batch.slice/a", "memory.swap.max", "0", "max", true),
                ("batch.slice/b", "memory.swap.max", "67108864", "max", true),
            ],
            Listed(scene).Order());
    }

    [Fact]
    public void InADryRunItIsSaidAndListedWhatWouldBeSet()
    {
        using Scene scene = MakeScene(Section + Rules, dryRun: true);
        scene.Run(3);
        Assert.Equal(60, scene.Machine.Swappiness);
        Said said = Assert.Single(scene.Events, static said => said.Text.StartsWith("swap rules: "));
        Assert.Equal(
            "swap rules: dry run, would set 3 standing limits; pressurectl status has what and from what", said.Text);
        Assert.Equal(
            [
                ("", "/proc/sys/vm/swappiness", "20", "60", false), ("batch.slice/a", "memory.swap.max", "0", "max", false),
                ("batch.slice/b", "memory.swap.max", "67108864", "max", false),
            ],
            Listed(scene).Order());
    }

    [Fact]
    public void WhoeverAsksInADryRunHasFewFilesReadAndOnceASecond()
    {
        var reads = new CountedReads("memory.swap.max");
        using Scene scene = MakeScene(Section + Rules, reads, dryRun: true);
        for (int i = 0; i < 600; i++)
            scene.Machine.MakeCgroup($"/batch.slice/m{i}").SwapMaxPages = 16384;
        scene.Run(3);

        // Those that are as they should be are read as well, and there is nothing in the answer for them.
        reads.Count = 0;
        Assert.EndsWith("|0", AskForLimits(scene));
        Assert.InRange(reads.Count, 200, 256);
        string first = AskForLimits(scene);
        for (int i = 0; i < 5; i++)
            Assert.Equal(first, AskForLimits(scene));
        Assert.InRange(reads.Count, 200, 256);
        scene.Run(scene.Now + 1.1);
        AskForLimits(scene);
        Assert.InRange(reads.Count, 400, 512);
    }

    [Fact]
    public void NothingMoreIsReadOnceTheAnswerIsFull()
    {
        var reads = new CountedReads("memory.swap.max");
        using Scene scene = MakeScene(Section + Rules, reads, dryRun: true);
        string longName = new('n', 200);
        for (int i = 0; i < 200; i++)
            scene.Machine.MakeCgroup($"/batch.slice/{longName}{i}");
        scene.Run(3);
        reads.Count = 0;
        Assert.EndsWith("|0", AskForLimits(scene));
        Assert.InRange(reads.Count, 20, 100);
    }

    [Fact]
    public void TheyNeedNoRules()
    {
        using Scene scene = MakeScene(Section);
        SimulatedCgroup a = scene.Machine.FindCgroup("/batch.slice/a")!;
        scene.RunUntil(() => a.SwapMaxPages == 0, 3);
        SimulatedCgroup later = scene.Start("late", "/batch.slice/c", 5).Cgroup;
        scene.RunUntil(() => later.SwapMaxPages == 16384, scene.Now + 3);
        scene.Loop.Leave();
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
    public void AFileThatThisKernelLacksIsNamedOnceAndTheOtherLimitsAreSet()
    {
        using Scene scene = MakeScene("swap: { cgroups: [{ match: 'batch.slice/*', zswap-max: 1MiB, max: 64MiB }] }");
        SimulatedCgroup b = scene.Machine.FindCgroup("/batch.slice/b")!;
        scene.RunUntil(() => b.SwapMaxPages == 16384, 3);
        scene.Run(scene.Now + 1);
        Assert.Contains(scene.Snapshot.DegradedReasons, reason => reason.Contains("CONFIG_ZSWAP"));
        Assert.Single(scene.Events, said => said.Text.Contains("cannot set memory.zswap.max"));
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

    [Fact]
    public void WhatIsAUnitIsLimitedAndLetGoThroughTheServiceManager()
    {
        using Scene scene = MakeUnits(out SimulatedCgroup web);
        Assert.Equal(0UL, scene.Services.Limits[("web.service", "MemorySwapMax")]);
        SimulatedCgroup inner = scene.Machine.FindCgroup("/system.slice/web.service/inner.service")!;
        scene.RunUntil(() => inner.SwapMaxPages == 16384, scene.Now + 3);
        Assert.DoesNotContain(scene.Services.Calls, call => call.Unit == "inner.service");
        scene.Loop.Leave();
        Assert.Equal(ulong.MaxValue, scene.Services.Limits[("web.service", "MemorySwapMax")]);
        Assert.Equal((SimulatedCgroup.NoLimit, SimulatedCgroup.NoLimit), (web.SwapMaxPages, inner.SwapMaxPages));
        Assert.Equal(0, scene.Loop.EffectCount);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1.5)]
    [InlineData(6)]
    public void AUnitThatIsStartedAgainKeepsItsLimitAndIsLetGoInTheEnd(double awaySeconds)
    {
        using Scene scene = MakeUnits(out SimulatedCgroup web);
        SimulatedUnit unit = scene.Services.Find("web.service")!;
        SimulatedCgroup inner = scene.Machine.FindCgroup("/system.slice/web.service/inner.service")!;
        Assert.Equal(1, Requests(scene));
        for (int restart = 0; restart < 3; restart++)
        {
            Stop(scene, inner, web);
            SimulatedCgroup? again = null;
            scene.At(scene.Now + awaySeconds, () =>
            {
                again = scene.Start("web", "/system.slice/web.service", 5).Cgroup;
                scene.Services.Realize(unit);
            });
            scene.RunUntil(() => again is not null, scene.Now + awaySeconds + 1);
            for (double until = scene.Now + 15; scene.Now < until; scene.Step())
                Assert.Equal(0, again!.SwapMaxPages);
            web = again!;
        }

        Assert.Equal(1, Requests(scene));
        Assert.Single(scene.Events, said => said.Text.Contains("memory.swap.max of /system.slice/web.service is now 0"));
        Assert.DoesNotContain(scene.Events, said => said.Text.Contains("put back memory.swap.max of /system.slice/web.service to"));
        scene.Loop.Leave();
        Assert.Equal(SimulatedCgroup.NoLimit, web.SwapMaxPages);
        Assert.Equal(ulong.MaxValue, scene.Services.Limits[("web.service", "MemorySwapMax")]);
    }

    [Fact]
    public void AUnitThatIsMadeAnewGetsItsLimitAnew()
    {
        using Scene scene = MakeUnits(out SimulatedCgroup web);
        Stop(scene, scene.Machine.FindCgroup("/system.slice/web.service/inner.service")!, web);

        // A transient unit goes with all that was set for it.
        scene.Services.Limits.Remove(("web.service", "MemorySwapMax"));
        SimulatedCgroup again = scene.Start("web", "/system.slice/web.service", 5).Cgroup;
        scene.Services.Realize(scene.Services.Find("web.service")!);
        Assert.Equal(SimulatedCgroup.NoLimit, again.SwapMaxPages);
        scene.RunUntil(() => again.SwapMaxPages == 0, scene.Now + 4);
        Assert.Equal(0UL, scene.Services.Limits[("web.service", "MemorySwapMax")]);
        scene.Loop.Leave();
        Assert.Equal(SimulatedCgroup.NoLimit, again.SwapMaxPages);
    }

    [Fact]
    public void AUnitThatStaysAwayIsLetGo()
    {
        using Scene scene = MakeUnits(out SimulatedCgroup web);
        Stop(scene, scene.Machine.FindCgroup("/system.slice/web.service/inner.service")!, web);
        double goneSeconds = scene.Now;
        scene.Run(goneSeconds + 9);
        Assert.Equal(0UL, scene.Services.Limits[("web.service", "MemorySwapMax")]);
        scene.RunUntil(() => scene.Loop.EffectCount == 0, goneSeconds + 13);
        Assert.Equal(ulong.MaxValue, scene.Services.Limits[("web.service", "MemorySwapMax")]);

        // Started after all, it is a new one.
        SimulatedCgroup again = scene.Start("web", "/system.slice/web.service", 5).Cgroup;
        scene.Services.Realize(scene.Services.Find("web.service")!);
        Assert.Equal(SimulatedCgroup.NoLimit, again.SwapMaxPages);
        scene.RunUntil(() => again.SwapMaxPages == 0, scene.Now + 3);
        scene.Run(scene.Now + 1);
        scene.Loop.Leave();
        Assert.Equal(SimulatedCgroup.NoLimit, again.SwapMaxPages);
        Assert.Equal(ulong.MaxValue, scene.Services.Limits[("web.service", "MemorySwapMax")]);
    }

    [Fact]
    public void AUnitThatTheDaemonsDeathAndItsOwnRestartMeetKeepsItsLimit()
    {
        Scene scene = MakeUnits(out SimulatedCgroup web);
        Stop(scene, scene.Machine.FindCgroup("/system.slice/web.service/inner.service")!, web);
        SimulatedCgroup remade = scene.Start("web", "/system.slice/web.service", 5).Cgroup;
        scene.Services.Realize(scene.Services.Find("web.service")!);
        using Scene again = scene.RestartAfterKill(runningWritesAreDone: true);
        again.Run(again.Now + 15);
        Assert.Equal(0, remade.SwapMaxPages);
        Assert.Equal(0UL, scene.Services.Limits[("web.service", "MemorySwapMax")]);
        again.Loop.Leave();
        Assert.Equal(SimulatedCgroup.NoLimit, remade.SwapMaxPages);
        Assert.Equal(ulong.MaxValue, scene.Services.Limits[("web.service", "MemorySwapMax")]);
    }

    private static int Requests(Scene scene) => scene.Services.Calls.Count(
        call => call is { Kind: ServiceJobKind.SetLimit, Unit: "web.service" });

    /// <summary>As systemd does when a unit stops: its processes end, and its cgroups are removed.</summary>
    private static void Stop(Scene scene, params SimulatedCgroup[] cgroups)
    {
        foreach (SimulatedCgroup cgroup in cgroups.Where(cgroup => !cgroup.Removed))
        {
            foreach (SimulatedProcess process in cgroup.Processes.ToArray())
                scene.Machine.Exit(process);
            scene.RunUntil(() => cgroup.Processes.Count == 0, scene.Now + 3);
            scene.Machine.RemoveCgroup(cgroup);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void KilledAndStartedAgainItTakesOverWhatTheServiceManagerWasAskedFor(bool isWanted)
    {
        Scene scene = MakeUnits(out SimulatedCgroup web);
        using Scene again = scene.RestartAfterKill(runningWritesAreDone: true);
        Assert.NotNull(again.Loop);
        if (!isWanted)
            again.Loop.ReplacePolicy(Scene.Compile(Rules));
        again.Run(again.Now + 3);
        Assert.Equal(isWanted ? 0 : SimulatedCgroup.NoLimit, web.SwapMaxPages);
        again.Loop.Leave();
        Assert.Equal(SimulatedCgroup.NoLimit, web.SwapMaxPages);
        Assert.Equal(ulong.MaxValue, scene.Services.Limits[("web.service", "MemorySwapMax")]);
    }

    [Fact]
    public void ARefusalIsNamedAndTheLimitIsWrittenAllTheSame()
    {
        using Scene scene = MakeUnits(out SimulatedCgroup web, refuses: true);
        Assert.Contains(scene.Snapshot.DegradedReasons, reason => reason.Contains("limits of its units"));
        scene.Loop.Leave();
        Assert.Equal(SimulatedCgroup.NoLimit, web.SwapMaxPages);
    }

    [Fact]
    public void AServiceManagerThatIsLostAtTheEndLeavesTheCgroupFreeAndIsToldByTheNext()
    {
        Scene scene = MakeUnits(out SimulatedCgroup web);
        scene.Services.Hangs = true;
        scene.Loop.Leave();
        scene.Services.Hangs = false;
        using Scene again = scene.RestartAfterKill(runningWritesAreDone: true);
        Assert.NotNull(again.Loop);
        again.Loop.ReplacePolicy(Scene.Compile(Rules));
        again.Run(again.Now + 3);
        Assert.Equal(SimulatedCgroup.NoLimit, web.SwapMaxPages);
        Assert.Equal(ulong.MaxValue, scene.Services.Limits[("web.service", "MemorySwapMax")]);
    }

    [Fact]
    public void AServiceManagerThatCannotBeAskedYetIsToldLater()
    {
        using Scene scene = MakeUnits(out SimulatedCgroup web, isAway: true);
        Assert.Equal(0, web.SwapMaxPages);
        Assert.Empty(scene.Services.Limits);
        scene.Services.IsAway = false;
        scene.Run(scene.Now + 15);
        Assert.Equal(0UL, scene.Services.Limits[("web.service", "MemorySwapMax")]);
        Assert.Equal(0, web.SwapMaxPages);
        Assert.Single(scene.Events, said => said.Text.Contains("memory.swap.max of /system.slice/web.service is now 0"));
        scene.Loop.Leave();
        Assert.Equal(ulong.MaxValue, scene.Services.Limits[("web.service", "MemorySwapMax")]);
        Assert.Equal(SimulatedCgroup.NoLimit, web.SwapMaxPages);
    }

    [Fact]
    public void WhatTheServiceManagerWasGivenByAnotherIsNotTakenFromItWhileItCannotBeRead()
    {
        var faults = new ScriptedFaults();
        using Scene scene = MakeUnits(out SimulatedCgroup web, faults: faults);
        web.SwapMaxPages = 4711;
        scene.Services.Limits[("web.service", "MemorySwapMax")] = 4711 * Pages.Bytes;
        faults.Fail(KernelCallKind.OpenFile, "web.service/memory.swap.max", Errno.EMFILE, times: 3);
        scene.Loop.ReplacePolicy(Scene.Compile(Rules));
        scene.RunUntil(() => scene.Loop.EffectCount == 0, scene.Now + 6);
        Assert.Equal(0, faults.Remaining);
        Assert.Equal(4711, web.SwapMaxPages);
        Assert.Equal(4711UL * Pages.Bytes, scene.Services.Limits[("web.service", "MemorySwapMax")]);
    }

    [Fact]
    public void WhoeverOnlyPutsBackTellsTheServiceManagerNothingOfWhatCannotBeRead()
    {
        var machine = new SimulatedMachine(new MachineOptions());
        var faults = new ScriptedFaults();
        faults.Fail(KernelCallKind.OpenFile, "web.service/memory.swap.max", Errno.EMFILE);
        var kernel = new SimulatedKernel(machine, new SimulatedKernelOptions { Faults = faults });
        var services = new SimulatedServices(machine);
        services.Add(new SimulatedUnit("web.service", "/system.slice/web.service"));
        SimulatedCgroup web = machine.MakeCgroup("/system.slice/web.service");
        web.SwapMaxPages = 4711;
        var journal = new UndoJournal(new SimulatedRunStore(UndoJournal.StoreBytes));
        int record = journal.Begin(web.Inode, "system.slice/web.service"u8, "memory.swap.max"u8, "max"u8, "0"u8);
        journal.SetByManager(record, true);
        Assert.Equal(1, journal.UndoAll(kernel, services).Failed);
        Assert.Empty(services.Limits);
        Assert.Equal(1, journal.UndoAll(kernel, services).Foreign);
        Assert.Empty(services.Limits);
    }

    [Theory]
    [InlineData(KernelCallKind.OpenFile, Errno.EMFILE)]
    [InlineData(KernelCallKind.Read, Errno.EIO)]
    [InlineData(KernelCallKind.Begin, Errno.ENOMEM)]
    [InlineData(KernelCallKind.WriteControl, Errno.ENFILE)]
    public void WhatCannotBeSetForAMomentIsSetLater(KernelCallKind failing, int errno)
    {
        var faults = new ScriptedFaults();
        faults.Fail(failing, "memory.swap.max", errno, times: 4);
        faults.Fail(failing, "swappiness", errno, times: 2);
        using Scene scene = MakeScene(Section + Rules, faults);
        SimulatedCgroup a = scene.Machine.FindCgroup("/batch.slice/a")!;
        SimulatedCgroup b = scene.Machine.FindCgroup("/batch.slice/b")!;
        scene.RunUntil(() => a.SwapMaxPages == 0 && b.SwapMaxPages == 16384 && scene.Machine.Swappiness == 20, 8);
        scene.Run(scene.Now + 1);
        Assert.Equal(0, faults.Remaining);
        Assert.DoesNotContain(scene.Snapshot.DegradedReasons, reason => reason.Contains("swappiness"));
    }

    [Fact]
    public void AUnitsLimitThatCannotBeWrittenForAMomentIsWrittenLater()
    {
        var faults = new ScriptedFaults();
        faults.Fail(KernelCallKind.Begin, "web.service/memory.swap.max", Errno.ENOMEM, times: 2);
        using Scene scene = MakeUnits(out SimulatedCgroup web, refuses: true, faults: faults);
        Assert.Equal((0, 0L), (faults.Remaining, web.SwapMaxPages));
    }

    [Fact]
    public void ALimitThatWasPutBackWhileItsRecordStayedIsSetAgainByTheNext()
    {
        Scene scene = MakeUnits(out SimulatedCgroup web);
        scene.Services.IsAway = true;
        scene.Loop.Leave();
        scene.Services.IsAway = false;
        Assert.Equal(SimulatedCgroup.NoLimit, web.SwapMaxPages);
        using Scene again = scene.RestartAfterKill(runningWritesAreDone: true);
        again.Run(again.Now + 3);
        Assert.Equal(0, web.SwapMaxPages);
        again.Loop!.Leave();
        Assert.Equal(SimulatedCgroup.NoLimit, web.SwapMaxPages);
        Assert.Equal(ulong.MaxValue, scene.Services.Limits[("web.service", "MemorySwapMax")]);
    }

    [Fact]
    public void AReloadThatChangesAValueSetsTheNewOne()
    {
        using Scene scene = MakeUnits(out SimulatedCgroup web);
        scene.Loop.ReplacePolicy(Scene.Compile(UnitSection.Replace("web.service, max: 0B", "web.service, max: 8MiB") + Rules));
        scene.RunUntil(() => web.SwapMaxPages == 2048, scene.Now + 5);
        scene.Loop.Leave();
        Assert.Equal(SimulatedCgroup.NoLimit, web.SwapMaxPages);
    }

    [Fact]
    public void ALimitThatIsDroppedWhileARulesChangeLiesOnItIsLetGoAfterThat()
    {
        const string rule =
            "rules:\n  - { name: r, when: mem.available < 200MiB, then: [{ swap: { of: system.slice/web.service, max: 8MiB } }] }\n";
        using Scene scene = MakeUnits(out SimulatedCgroup web, rules: rule);
        scene.Available(100);
        scene.RunUntil(() => web.SwapMaxPages == 2048, scene.Now + 3);
        scene.Loop.ReplacePolicy(Scene.Compile(rule));
        for (double until = scene.Now + 8; scene.Now < until; scene.Step())
            Assert.Equal(2048, web.SwapMaxPages);
        Assert.Equal(0UL, scene.Services.Limits[("web.service", "MemorySwapMax")]);
        scene.Available(900);
        scene.RunUntil(() => scene.Loop.EffectCount == 0, scene.Now + 8);
        Assert.Equal(SimulatedCgroup.NoLimit, web.SwapMaxPages);
        Assert.Equal(ulong.MaxValue, scene.Services.Limits[("web.service", "MemorySwapMax")]);
    }

    [Fact]
    public void ALimitThatIsToBeAskedForAgainWaitsForTheRulesChangeThatLiesOnIt()
    {
        using Scene scene = MakeUnits(
            out SimulatedCgroup web, isAway: true,
            rules: "rules:\n  - { name: r, when: mem.available < 200MiB, then: [{ swap: { of: system.slice/web.service, max: 8MiB } }] }\n");
        scene.Available(100);
        scene.RunUntil(() => web.SwapMaxPages == 2048, scene.Now + 3);
        int most = scene.Steps.Count + 400;
        for (double until = scene.Now + 20; scene.Now < until; scene.Step())
        {
            Assert.Equal(2048, web.SwapMaxPages);
            Assert.True(scene.Steps.Count < most, "The loop does not sleep.");
        }

        scene.Services.IsAway = false;
        scene.Available(900);
        scene.RunUntil(
            () => web.SwapMaxPages == 0 && scene.Services.Limits.GetValueOrDefault(("web.service", "MemorySwapMax"), 1UL) == 0,
            scene.Now + 15);
    }

    private const string UnitSection =
        "swap:\n  cgroups:\n    - { match: system.slice/web.service, max: 0B }\n"
        + "    - { match: 'system.slice/web.service/**', max: 64MiB }\n";

    /// <summary>A machine with a unit that has got its limit.</summary>
    private static Scene MakeUnits(
        out SimulatedCgroup web,
        bool refuses = false,
        bool isAway = false,
        string rules = Rules,
        IFaultPlan? faults = null)
    {
        var scene = new Scene(
            UnitSection + rules, kernel: new SimulatedKernelOptions { Faults = faults ?? NoFaults.Instance });
        web = scene.Start("web", "/system.slice/web.service", 5).Cgroup;
        scene.Start("inner", "/system.slice/web.service/inner.service", 5);
        scene.Services.Add(new SimulatedUnit("web.service", "/system.slice/web.service"));
        scene.Services.Refuses = refuses;
        scene.Services.IsAway = isAway;
        SimulatedCgroup limited = web;
        scene.RunUntil(() => limited.SwapMaxPages == 0, 3);
        scene.Run(scene.Now + 1);
        return scene;
    }

    private static string AskForLimits(Scene scene) => CommandTests.Values(scene.Ask(CommandKind.ListLimits, ""));

    private static IEnumerable<(string, string, string, string, bool)> Listed(Scene scene)
    {
        string[] values = AskForLimits(scene).Split('|');
        Assert.Equal("1", values[^1]);
        return values[1..^1].Chunk(5).Select(static one => (one[0], one[1], one[2], one[3], one[4] == "1"));
    }

    private static Scene MakeScene(string policy, IFaultPlan? faults = null, bool dryRun = false)
    {
        var scene = new Scene(
            policy, null, new SimulatedKernelOptions { Faults = faults ?? NoFaults.Instance }, dryRun);
        scene.Start("small", "/batch.slice/a", 40);
        scene.Start("large", "/batch.slice/b", 200);
        return scene;
    }

    /// <summary>How often files of a name are opened.</summary>
    private sealed class CountedReads(string name) : IFaultPlan
    {
        public int Count { get; set; }

        public Fault OnCall(in KernelCall call)
        {
            if (call.Kind == KernelCallKind.OpenFile && call.Path.EndsWith(name))
                Count++;
            return default;
        }

        public WakeFault OnWake(long nowUsec) => default;

        public long StickUsec(SimulatedProcess victim) => 0;
    }
}
