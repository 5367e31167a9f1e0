using System.Linq;
using PressureD.Core.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Tests.Engine;

namespace PressureD.Simulation.Tests.Actions;

/// <summary>Proactive reclaim: what nobody uses goes, what somebody uses stays.</summary>
public sealed class OffloadTests
{
    private const string Always = "when: mem.available > 1%";

    [Fact]
    public void WhatNobodyUsesIsTakenALittleAtATimeDownToTheFloor()
    {
        using Scene scene = MakeScene("offload: { of: batch.slice/cache, ratio: 10%, interval: 2s, floor: 100MiB }");
        SimulatedCgroup cgroup = scene.Machine.FindCgroup("/batch.slice/cache")!;
        long before = cgroup.CurrentPages;
        scene.Run(5);
        long early = (before - cgroup.CurrentPages) * Pages.Bytes;
        Assert.InRange(early, 5L << 20, 70L << 20);
        scene.Run(80);
        Assert.InRange(cgroup.CurrentPages * Pages.Bytes, 98L << 20, 125L << 20);
    }

    [Fact]
    public void ACgroupThatStallsIsLeftAloneLongerAndLonger()
    {
        using Scene scene = MakeScene("offload: { of: batch.slice/cache, ratio: 10%, interval: 1s, stall: 1% }");
        for (int at = 0; at < 60; at++)
        {
            long totalUsec = at * 100_000;
            scene.At(at, () => scene.Pressure(10, totalUsec, "/batch.slice/cache"));
        }

        SimulatedCgroup cgroup = scene.Machine.FindCgroup("/batch.slice/cache")!;
        long before = cgroup.CurrentPages;
        scene.Run(58);
        Assert.Equal(before, cgroup.CurrentPages);
    }

    [Fact]
    public void NoMoreIsSwappedOutThanMayBe()
    {
        using Scene scene = MakeScene(
            "offload: { of: batch.slice/b, ratio: 20%, interval: 1s, swap-out: 1MiB/s, floor: 1MiB }",
            new MachineOptions { Swap = [new SwapDeviceOptions { SizeBytes = 1L << 30 }] });
        SimulatedCgroup cgroup = scene.Machine.FindCgroup("/batch.slice/b")!;
        scene.Run(30);
        Assert.InRange(cgroup.SwapPages * Pages.Bytes, 10L << 20, 34L << 20);
    }

    [Fact]
    public void ItEndsWithTheRule()
    {
        using Scene scene = MakeScene("offload: { of: batch.slice/cache, ratio: 10%, interval: 1s, floor: 1MiB }");
        scene.Run(5);
        SimulatedCgroup cgroup = scene.Machine.FindCgroup("/batch.slice/cache")!;
        scene.Available(1);
        scene.Run(7);
        long then = cgroup.CurrentPages;
        scene.Run(15);
        Assert.Equal(then, cgroup.CurrentPages);
    }

    private static Scene MakeScene(string then, MachineOptions? machine = null)
    {
        Scene scene = ChangeTests.MakeScene(then, Always, machine: machine);
        SimulatedProcess reader = scene.Start("reader", "/batch.slice/cache", 20);
        MemoryRegion cache = scene.Machine.MapRegion(reader, RegionKind.File);
        scene.Machine.Fill(cache, Pages.FromBytes(260L << 20));
        return scene;
    }
}
