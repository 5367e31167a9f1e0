using System.Collections.Generic;
using PressureD.Core.Kernel;

namespace PressureD.Contract.Cases;

/// <summary>Waiting: the deadline, a step asked for, and many events through few places.</summary>
internal static class WaitCases
{
    public static IEnumerable<ContractCase> All { get; } =
    [
        new("time does not go back", CaseNeeds.None, Time),
        new("a wait without events ends at its deadline, not before", CaseNeeds.None, Deadline),
        new("a deadline that has passed returns at once", CaseNeeds.None, PassedDeadline),
        new("a step asked for ends a wait without an event", CaseNeeds.None, RequestedStep),
        new("steps asked for together are one step", CaseNeeds.None, RequestedStepIsOneStep),
        new("events beyond the places given come with the next wait", CaseNeeds.ProcessHandles, FewPlaces),
        new("only processes and files can be watched", CaseNeeds.Cgroups, WatchDirectory),
        new("watching a closed descriptor answers EBADF", CaseNeeds.ProcessHandles, WatchClosed),
    ];

    private static void Time(IKernel kernel, IKernelStage stage)
    {
        var beforeUsec = kernel.NowUsec;
        Check.True(beforeUsec > 0, "the clock is positive");
        for (var round = 0; round < 1000; round++)
        {
            var nowUsec = kernel.NowUsec;
            Check.True(nowUsec >= beforeUsec, "the clock does not go back");
            beforeUsec = nowUsec;
        }
    }

    private static void Deadline(IKernel kernel, IKernelStage stage)
    {
        foreach (var waitUsec in (long[])[1, 700, 1_000, 1_001, 50_000])
        {
            var deadlineUsec = kernel.NowUsec + waitUsec;
            Check.Equal(0, kernel.Wait(deadlineUsec, new WaitEvent[4]), "wait with nothing to report");
            Check.True(kernel.NowUsec >= deadlineUsec, $"a wait of {waitUsec} us ends at its deadline");
        }
    }

    private static void PassedDeadline(IKernel kernel, IKernelStage stage)
    {
        Check.Equal(0, kernel.Wait(kernel.NowUsec, new WaitEvent[4]), "wait until now");
        Check.Equal(0, kernel.Wait(0, new WaitEvent[4]), "wait until the boot");
    }

    private static void RequestedStep(IKernel kernel, IKernelStage stage)
    {
        stage.RequestStep();
        var deadlineUsec = kernel.NowUsec + 60_000_000;
        Check.Equal(0, kernel.Wait(deadlineUsec, new WaitEvent[4]), "wait with a step asked for");
        Check.True(kernel.NowUsec < deadlineUsec, "the wait ends early");
    }

    private static void RequestedStepIsOneStep(IKernel kernel, IKernelStage stage)
    {
        stage.RequestStep();
        stage.RequestStep();
        Check.Equal(0, kernel.Wait(kernel.NowUsec + 60_000_000, new WaitEvent[4]), "wait with two steps asked for");
        var deadlineUsec = kernel.NowUsec + 20_000;
        Check.Equal(0, kernel.Wait(deadlineUsec, new WaitEvent[4]), "wait again");
        Check.True(kernel.NowUsec >= deadlineUsec, "steps asked for together are one step");
    }

    private static void FewPlaces(IKernel kernel, IKernelStage stage)
    {
        var expected = new HashSet<int>();
        for (var child = 0; child < 5; child++)
        {
            var pid = stage.StartProcess("");
            var process = Check.Succeeds(kernel.OpenProcess(pid), "open a process");
            stage.EndProcess(pid);
            stage.Reap(pid);
            Check.Equal(0, kernel.Watch(process), "watch a process that has ended");
            expected.Add(process);
        }

        var one = new WaitEvent[1];
        var remaining = new HashSet<int>(expected);
        var deadlineUsec = kernel.NowUsec + 20_000_000;
        while (remaining.Count > 0 && kernel.NowUsec < deadlineUsec)
        {
            if (kernel.Wait(deadlineUsec, one) == 0) continue;
            Check.True(one[0].Kind == WaitKind.Exit, "the event is an exit");
            Check.True(remaining.Remove(one[0].Descriptor), "each exit is reported once");
        }

        Check.Equal(0, remaining.Count, "exits not reported");
        foreach (var process in expected) kernel.Close(process);
    }

    private static void WatchDirectory(IKernel kernel, IKernelStage stage)
    {
        var top = kernel.OpenCgroup(stage, "");
        Check.Fails(Errno.EINVAL, kernel.Watch(top), "watch a directory");
        kernel.Close(top);
    }

    private static void WatchClosed(IKernel kernel, IKernelStage stage)
    {
        var process = Check.Succeeds(kernel.OpenProcess(kernel.Features.OwnPid), "open the own process");
        kernel.Close(process);
        Check.Fails(Errno.EBADF, kernel.Watch(process), "watch a closed descriptor");
    }
}
