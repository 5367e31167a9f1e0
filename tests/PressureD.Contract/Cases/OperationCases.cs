using System;
using System.Collections.Generic;
using PressureD.Core.Kernel;

namespace PressureD.Contract.Cases;

/// <summary>Operations that can hang: tickets, their results, and the end of the room for them.</summary>
internal static class OperationCases
{
    public static IEnumerable<ContractCase> All { get; } =
    [
        new("the arguments of the own process are read by a worker", CaseNeeds.None, OwnCmdline),
        new("arguments are NUL-separated", CaseNeeds.None, Cmdline),
        new("the program of a process is an absolute path", CaseNeeds.None, Exe),
        new("the environment is NUL-separated, as the process got it", CaseNeeds.None, Environ),
        new("arguments of a reaped process are gone", CaseNeeds.None, CmdlineGone),
        new("a short buffer takes the beginning of a result", CaseNeeds.None, ShortOutput),
        new("a ticket is given back once", CaseNeeds.None, FinishOnce),
        new("Begin answers EBUSY when every place is taken", CaseNeeds.None, Busy),
        new("releasing the memory of a living process answers EINVAL",
            CaseNeeds.ProcessHandles | CaseNeeds.ReleaseMemory, ReleaseLiving),
        new("releasing the memory of a reaped process answers ESRCH",
            CaseNeeds.ProcessHandles | CaseNeeds.ReleaseMemory, ReleaseReaped),
        new("a handle may be closed while its memory is being released",
            CaseNeeds.ProcessHandles | CaseNeeds.ReleaseMemory, ReleaseClosed),
    ];

    private static void OwnCmdline(IKernel kernel, IKernelStage stage)
    {
        var ticket = Begin(kernel, kernel.Features.OwnPid, ProcessFile.Cmdline);
        var output = new byte[4096];
        var length = kernel.AwaitTicket(ticket, output);
        Check.True(length > 0 && output.AsSpan(0, length).Contains((byte)0), "own arguments");
    }

    private static void Cmdline(IKernel kernel, IKernelStage stage)
    {
        var ticket = Begin(kernel, stage.StartProcess(""), ProcessFile.Cmdline);
        var output = new byte[4096];
        var length = kernel.AwaitTicket(ticket, output);
        Check.Equal("cat\0-u\0", output[..Check.Succeeds(length, "read cmdline")], "cmdline");
    }

    private static void Environ(IKernel kernel, IKernelStage stage)
    {
        var pid = stage.StartProcess("");
        Check.Fails(Errno.EINVAL, kernel.ReadProcess(pid, ProcessFile.Environ, new byte[64]), "read environ on the loop");
        var ticket = Begin(kernel, pid, ProcessFile.Environ);
        var output = new byte[4096];
        var length = kernel.AwaitTicket(ticket, output);
        Check.Equal("CONTRACT=kept\0EMPTY=\0", output[..Check.Succeeds(length, "read environ")], "environ");
        stage.EndProcess(pid);
        stage.Reap(pid);
        ticket = Begin(kernel, pid, ProcessFile.Environ);
        Check.Gone(kernel.AwaitTicket(ticket, output), "environ of a reaped process");
    }

    private static void Exe(IKernel kernel, IKernelStage stage)
    {
        var ticket = Begin(kernel, stage.StartProcess(""), ProcessFile.Exe);
        var output = new byte[4096];
        var length = kernel.AwaitTicket(ticket, output);
        Check.StartsWith("/", output[..Check.Succeeds(length, "read exe")], "exe");
    }

    private static void CmdlineGone(IKernel kernel, IKernelStage stage)
    {
        var pid = stage.StartProcess("");
        stage.EndProcess(pid);
        stage.Reap(pid);
        var ticket = Begin(kernel, pid, ProcessFile.Cmdline);
        Check.Gone(kernel.AwaitTicket(ticket, new byte[64]), "cmdline of a reaped process");
    }

    private static void ShortOutput(IKernel kernel, IKernelStage stage)
    {
        var ticket = Begin(kernel, stage.StartProcess(""), ProcessFile.Cmdline);
        var output = new byte[2];
        Check.Equal(2, kernel.AwaitTicket(ticket, output), "finish into 2 bytes");
        Check.Equal("ca", output, "the beginning of cmdline");
    }

    private static void FinishOnce(IKernel kernel, IKernelStage stage)
    {
        var ticket = Begin(kernel, kernel.Features.OwnPid, ProcessFile.Cmdline);
        var output = new byte[4096];
        Check.Succeeds(kernel.AwaitTicket(ticket, output), "finish");
        Check.Fails(Errno.EINVAL, kernel.Finish(ticket, output), "finish again");
        Check.Fails(Errno.EINVAL, kernel.Finish(-1, output), "finish no ticket");
    }

    private static void Busy(IKernel kernel, IKernelStage stage)
    {
        var tickets = new Queue<int>();
        int last;
        while ((last = kernel.Begin(BlockingOperation.ReadProcess(kernel.Features.OwnPid, ProcessFile.Cmdline))) >= 0)
        {
            Check.True(!tickets.Contains(last), "a ticket that was not given back is not given out again");
            tickets.Enqueue(last);
            Check.True(tickets.Count <= 1024, "the number of tickets is bounded");
        }

        Check.Fails(Errno.EBUSY, last, "begin when every place is taken");
        Check.True(tickets.Count >= 2, "there is room for two operations");
        var output = new byte[4096];
        foreach (var ticket in tickets)
        {
            while (kernel.Finish(ticket, output) == -Errno.EAGAIN)
                kernel.Wait(kernel.NowUsec + 10_000, new WaitEvent[4]);
        }

        var again = Begin(kernel, kernel.Features.OwnPid, ProcessFile.Cmdline);
        Check.Succeeds(kernel.AwaitTicket(again, output), "begin after every ticket was given back");
    }

    private static void ReleaseLiving(IKernel kernel, IKernelStage stage)
    {
        var process = Check.Succeeds(kernel.OpenProcess(stage.StartProcess("")), "open a process");
        var ticket = Check.Succeeds(kernel.Begin(BlockingOperation.ReleaseMemory(process)), "begin");
        Check.Fails(Errno.EINVAL, kernel.AwaitTicket(ticket, []), "release the memory of a living process");
        kernel.Close(process);
    }

    private static void ReleaseReaped(IKernel kernel, IKernelStage stage)
    {
        var pid = stage.StartProcess("");
        var process = Check.Succeeds(kernel.OpenProcess(pid), "open a process");
        Check.Equal(0, kernel.Signal(process, Signals.Kill), "kill");
        stage.Reap(pid);
        var ticket = Check.Succeeds(kernel.Begin(BlockingOperation.ReleaseMemory(process)), "begin");
        Check.Fails(Errno.ESRCH, kernel.AwaitTicket(ticket, []), "release the memory of a reaped process");
        kernel.Close(process);
    }

    private static void ReleaseClosed(IKernel kernel, IKernelStage stage)
    {
        var process = Check.Succeeds(kernel.OpenProcess(stage.StartProcess("")), "open a process");
        var ticket = Check.Succeeds(kernel.Begin(BlockingOperation.ReleaseMemory(process)), "begin");
        kernel.Close(process);
        Check.Fails(Errno.EINVAL, kernel.AwaitTicket(ticket, []), "release the memory of a living process");
    }

    private static int Begin(IKernel kernel, int pid, ProcessFile file) =>
        Check.Succeeds(kernel.Begin(BlockingOperation.ReadProcess(pid, file)), $"begin reading {file}");
}
