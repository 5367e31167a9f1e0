using System.Collections.Generic;
using System.Text;
using PressureD.Core.Kernel;

namespace PressureD.Contract.Cases;

/// <summary>Control files written by workers.</summary>
internal static class WriteCases
{
    public static IEnumerable<ContractCase> All { get; } =
    [
        new("a worker writes a control file", CaseNeeds.Cgroups, Freeze),
        new("the cgroup of a write may be closed meanwhile", CaseNeeds.Cgroups, Closed),
        new("a write to an absent control file answers ENOENT", CaseNeeds.Cgroups, Absent),
        new("a write to a removed cgroup says gone", CaseNeeds.Cgroups, Gone),
        new("a value the file does not take answers its errno", CaseNeeds.Cgroups, BadValue),
        new("a name of a write is one component", CaseNeeds.Cgroups, OneComponent),
        new("a write needs a directory, and what fits", CaseNeeds.Cgroups, Limits),
        new("memory.high is set by a worker and rounded down to pages",
            CaseNeeds.Cgroups | CaseNeeds.MemoryController, High),
        new("memory.reclaim that finds too little answers ETIMEDOUT",
            CaseNeeds.Cgroups | CaseNeeds.MemoryController, ReclaimTooMuch),
        new("memory.swap.max is set and taken back", CaseNeeds.Cgroups | CaseNeeds.MemoryController, SwapMax),
    ];

    private static void Freeze(IKernel kernel, IKernelStage stage)
    {
        stage.CreateCgroup("a");
        var cgroup = kernel.OpenCgroup(stage, "a");
        Check.Equal(0, Write(kernel, cgroup, "cgroup.freeze", "1"), "freeze");
        Check.Equal("1\n", kernel.ReadControl(cgroup, "cgroup.freeze"), "cgroup.freeze afterwards");
        Check.Equal(0, Write(kernel, cgroup, "cgroup.freeze", "0"), "thaw");
        Check.Equal("0\n", kernel.ReadControl(cgroup, "cgroup.freeze"), "cgroup.freeze at last");
        kernel.Close(cgroup);
    }

    private static void Closed(IKernel kernel, IKernelStage stage)
    {
        stage.CreateCgroup("a");
        stage.CreateCgroup("b");
        var cgroup = kernel.OpenCgroup(stage, "a");
        var ticket = Check.Succeeds(kernel.Begin(Operation(cgroup, "cgroup.freeze", "1")), "begin");
        kernel.Close(cgroup);
        var other = kernel.OpenCgroup(stage, "b");
        Check.Equal(0, kernel.AwaitTicket(ticket, []), "write");
        Check.Equal("0\n", kernel.ReadControl(other, "cgroup.freeze"), "the cgroup that took the number");
        var again = kernel.OpenCgroup(stage, "a");
        Check.Equal("1\n", kernel.ReadControl(again, "cgroup.freeze"), "the cgroup that was written");
        kernel.Close(other);
        kernel.Close(again);
    }

    private static void Absent(IKernel kernel, IKernelStage stage)
    {
        stage.CreateCgroup("a");
        var cgroup = kernel.OpenCgroup(stage, "a");
        Check.Fails(Errno.ENOENT, Write(kernel, cgroup, "cgroup.absent", "1"), "write an absent file");
        kernel.Close(cgroup);
    }

    private static void Gone(IKernel kernel, IKernelStage stage)
    {
        stage.CreateCgroup("a");
        var cgroup = kernel.OpenCgroup(stage, "a");
        stage.RemoveCgroup("a");
        Check.Gone(Write(kernel, cgroup, "cgroup.freeze", "1"), "write to a removed cgroup");
        kernel.Close(cgroup);
    }

    private static void BadValue(IKernel kernel, IKernelStage stage)
    {
        stage.CreateCgroup("a");
        var cgroup = kernel.OpenCgroup(stage, "a");
        Check.Fails(Errno.ERANGE, Write(kernel, cgroup, "cgroup.freeze", "7"), "freeze with 7");
        Check.Fails(Errno.EINVAL, Write(kernel, cgroup, "cgroup.freeze", "yes"), "freeze with a word");
        kernel.Close(cgroup);
    }

    private static void OneComponent(IKernel kernel, IKernelStage stage)
    {
        stage.CreateCgroup("a");
        var top = kernel.OpenCgroup(stage, "");
        Check.Fails(Errno.EINVAL, Write(kernel, top, "a/cgroup.freeze", "1"), "write a/cgroup.freeze");
        kernel.Close(top);
    }

    private static void Limits(IKernel kernel, IKernelStage stage)
    {
        stage.CreateCgroup("a");
        var cgroup = kernel.OpenCgroup(stage, "a");
        var file = kernel.OpenControl(cgroup, "cgroup.freeze");
        Check.Fails(Errno.EBADF, kernel.Begin(Operation(file, "cgroup.freeze", "1")), "begin on a file");
        Check.Fails(
            Errno.ENAMETOOLONG, kernel.Begin(Operation(cgroup, new string('n', 65), "1")), "begin with a long name");
        Check.Fails(
            Errno.EINVAL, kernel.Begin(Operation(cgroup, "cgroup.freeze", new string('1', 65))), "begin with much");
        kernel.Close(file);
        kernel.Close(cgroup);
    }

    private static void High(IKernel kernel, IKernelStage stage)
    {
        stage.CreateCgroup("a");
        var cgroup = kernel.OpenCgroup(stage, "a");
        var page = kernel.Features.PageBytes;
        Check.Equal(0, Write(kernel, cgroup, "memory.high", $"{(100 * page) + 17}"), "set memory.high");
        Check.Equal($"{100 * page}\n", kernel.ReadControl(cgroup, "memory.high"), "memory.high");
        Check.Equal(0, Write(kernel, cgroup, "memory.high", "max"), "set memory.high to max");
        Check.Equal("max\n", kernel.ReadControl(cgroup, "memory.high"), "memory.high at last");
        kernel.Close(cgroup);
    }

    private static void ReclaimTooMuch(IKernel kernel, IKernelStage stage)
    {
        stage.CreateCgroup("a");
        var cgroup = kernel.OpenCgroup(stage, "a");
        var result = Write(kernel, cgroup, "memory.reclaim", "1073741824");
        Check.True(result is -Errno.ETIMEDOUT or -Errno.ENOENT, $"reclaim of 1 GiB from an empty cgroup: {result}");
        if (result == -Errno.ETIMEDOUT)
            Check.Fails(Errno.EINVAL, Write(kernel, cgroup, "memory.reclaim", "much"), "reclaim of a word");
        kernel.Close(cgroup);
    }

    private static void SwapMax(IKernel kernel, IKernelStage stage)
    {
        stage.CreateCgroup("a");
        var cgroup = kernel.OpenCgroup(stage, "a");
        Check.Equal(0, Write(kernel, cgroup, "memory.swap.max", "0"), "set memory.swap.max");
        Check.Equal("0\n", kernel.ReadControl(cgroup, "memory.swap.max"), "memory.swap.max");
        Check.Equal(0, Write(kernel, cgroup, "memory.swap.max", "max"), "set memory.swap.max to max");
        Check.Equal("max\n", kernel.ReadControl(cgroup, "memory.swap.max"), "memory.swap.max at last");
        kernel.Close(cgroup);
    }

    private static int Write(IKernel kernel, int directory, string name, string value) => kernel.AwaitTicket(
        Check.Succeeds(kernel.Begin(Operation(directory, name, value)), $"begin to write {name}"), []);

    private static BlockingOperation Operation(int directory, string name, string value) =>
        BlockingOperation.Write(directory, Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));
}
