using System;
using System.IO;
using System.Runtime.CompilerServices;
using PressureD.Core.Durable;
using PressureD.Core.Kernel;
using PressureD.Core.Loop;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Yaml;
using Xunit.Abstractions;

namespace PressureD.Linux.Tests;

/// <summary>The whole loop on this machine's kernel: what a step allocates, which must be nothing.</summary>
public sealed class LoopFootprintTests(ITestOutputHelper output)
{
    private const int WarmUp = 300;
    private const int Steps = 1000;
    private const int MaxBatches = 4;

    /// <summary>Chooses among everything that runs here at every step; as a dry run it goes no further.</summary>
    private const string AlwaysChoosing =
        """
        version: 1
        rules:
          - name: always
            when: mem.available_user < 100%
            cooldown: 1ms
            then: [ { kill: { from: "**", victim: process, rank: [growth, badness], min-size: 8MiB } } ]
        """;

    [Fact]
    public void A_step_with_the_shipped_policy_allocates_nothing() =>
        Measure("shipped policy", Read(ShippedPolicy()));

    [Fact]
    public void A_step_that_chooses_a_victim_allocates_nothing()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, AlwaysChoosing);
            Measure("a choice at every step", Read(file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static PolicySet Read(string path)
    {
        PolicyResult result = PolicyFiles.Read(path);
        Assert.True(result.Policy is not null, string.Join('\n', result.Diagnostics));
        return result.Policy;
    }

    private static string ShippedPolicy([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../config"));

    private void Measure(string what, PolicySet policy)
    {
        using LinuxKernel kernel = LinuxKernel.Open();
        var wake = new NoWake();
        var ring = new EventRing(64, wake);
        using var loop = new DaemonLoop(new LoopOptions
        {
            Kernel = kernel,
            Store = new MemoryRunStore(UndoJournal.StoreBytes),
            Sink = ring,
            Board = new SnapshotBoard(wake),
            Policy = policy,
            DryRun = true,
            DegradedReasons = [],
        });
        loop.Rehearse();
        for (int i = 0; i < WarmUp; i++)
            StepNow(kernel, loop);

        // What is made once, at the first cgroup that vanishes or the first full table, is no cost of a step.
        long bytes = 0;
        for (int batch = 1; batch <= MaxBatches; batch++)
        {
            bytes = GC.GetAllocatedBytesForCurrentThread();
            int collections = GC.CollectionCount(0);
            for (int i = 0; i < Steps; i++)
                StepNow(kernel, loop);
            bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
            collections = GC.CollectionCount(0) - collections;
            output.WriteLine(
                $"footprint: {what}: {bytes} bytes allocated in {Steps} steps (batch {batch}), "
                + $"{collections} GCs of the process meanwhile");
            if (bytes == 0)
                return;
        }

        Assert.Fail($"{bytes} bytes allocated in the last {Steps} steps, expected none");
    }

    /// <summary>A step without waiting for its time.</summary>
    private static void StepNow(LinuxKernel kernel, DaemonLoop loop)
    {
        kernel.Wake();
        loop.Step();
    }

    private sealed class NoWake : IWake
    {
        public void Signal()
        {
        }
    }
}
