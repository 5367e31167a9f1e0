using System.Collections.Generic;
using PressureD.Core.Kernel;

namespace PressureD.Contract.Cases;

/// <summary>PSI triggers: what is accepted, what is refused, and the end of their source.</summary>
internal static class TriggerCases
{
    public static IEnumerable<ContractCase> All { get; } =
    [
        new("triggers are armed on the host, both kinds", CaseNeeds.Triggers, ArmHost),
        new("triggers are armed on a cgroup, many to a file", CaseNeeds.Triggers | CaseNeeds.Cgroups, ArmCgroup),
        new("the longest trigger text loses no digit", CaseNeeds.Triggers, LongText),
        new("windows that no kernel takes answer EINVAL", CaseNeeds.Triggers, BadWindow),
        new("windows of no 2 s multiple answer EINVAL",
            CaseNeeds.Triggers | CaseNeeds.LongTriggerWindowsOnly, OddWindow),
        new("windows below 2 s are taken", CaseNeeds.Triggers | CaseNeeds.ShortTriggerWindows, ShortWindow),
        new("a trigger on an absent file answers ENOENT", CaseNeeds.Triggers, AbsentFile),
        new("a trigger of a removed cgroup is reported gone once", CaseNeeds.Triggers | CaseNeeds.Cgroups, Gone),
        new("arming on a removed cgroup says gone", CaseNeeds.Triggers | CaseNeeds.Cgroups, ArmGone),
    ];

    private static void ArmHost(IKernel kernel, IKernelStage stage)
    {
        kernel.Close(Check.Succeeds(Arm(kernel, StallKind.Some, 1_800_000, 2_000_000), "arm some 1800000 2000000"));
        kernel.Close(Check.Succeeds(Arm(kernel, StallKind.Full, 1_800_000, 2_000_000), "arm full 1800000 2000000"));
    }

    private static void ArmCgroup(IKernel kernel, IKernelStage stage)
    {
        stage.CreateCgroup("a");
        var cgroup = kernel.OpenCgroup(stage, "a");
        var some = kernel.ArmTrigger(cgroup, "memory.pressure"u8, StallKind.Some, 1_800_000, 2_000_000);
        var full = kernel.ArmTrigger(cgroup, "memory.pressure"u8, StallKind.Full, 1_800_000, 2_000_000);
        Check.Succeeds(some, "arm some");
        Check.Succeeds(full, "arm full");
        Check.True(some != full, "each trigger has a descriptor of its own");
        kernel.Close(some);
        kernel.Close(full);
        kernel.Close(cgroup);
    }

    // The host's pressure files overwrite the last byte written: a text without its own NUL arms a tenth of the window.
    private static void LongText(IKernel kernel, IKernelStage stage) =>
        kernel.Close(Check.Succeeds(Arm(kernel, StallKind.Full, 9_000_000, 10_000_000), "arm full 9000000 10000000"));

    private static void BadWindow(IKernel kernel, IKernelStage stage)
    {
        Check.Fails(Errno.EINVAL, Arm(kernel, StallKind.Some, 1, 0), "arm a window of nothing");
        Check.Fails(Errno.EINVAL, Arm(kernel, StallKind.Some, 1_000_000, 12_000_000), "arm a window of 12 s");
        Check.Fails(Errno.EINVAL, Arm(kernel, StallKind.Some, 2_000_001, 2_000_000), "arm more stall than window");
        Check.Fails(Errno.EINVAL, Arm(kernel, StallKind.Some, 0, 2_000_000), "arm no stall");
        Check.Fails(Errno.EINVAL, Arm(kernel, StallKind.Some, -1, -2_000_000), "arm a negative window");
    }

    private static void OddWindow(IKernel kernel, IKernelStage stage)
    {
        Check.Fails(Errno.EINVAL, Arm(kernel, StallKind.Some, 150_000, 1_000_000), "arm a window of 1 s");
        Check.Fails(Errno.EINVAL, Arm(kernel, StallKind.Some, 150_000, 3_000_000), "arm a window of 3 s");
    }

    private static void ShortWindow(IKernel kernel, IKernelStage stage)
    {
        kernel.Close(Check.Succeeds(Arm(kernel, StallKind.Some, 900_000, 1_000_000), "arm a window of 1 s"));
        kernel.Close(Check.Succeeds(Arm(kernel, StallKind.Full, 450_000, 500_000), "arm a window of 0.5 s"));
    }

    private static void AbsentFile(IKernel kernel, IKernelStage stage)
    {
        var result = kernel.ArmTrigger(
            KernelDirectory.None, "/proc/pressure/there-is-no-such-file"u8, StallKind.Some, 1_000_000, 2_000_000);
        Check.Fails(Errno.ENOENT, result, "arm an absent file");
    }

    private static void Gone(IKernel kernel, IKernelStage stage)
    {
        stage.CreateCgroup("a");
        var cgroup = kernel.OpenCgroup(stage, "a");
        var trigger = Check.Succeeds(
            kernel.ArmTrigger(cgroup, "memory.pressure"u8, StallKind.Full, 1_800_000, 2_000_000), "arm a cgroup");
        stage.RemoveCgroup("a");
        kernel.Await(WaitKind.Gone, trigger, "the removal of the cgroup");
        kernel.ExpectNothing(trigger, "gone is reported once");
        kernel.Close(trigger);
        kernel.Close(cgroup);
    }

    private static void ArmGone(IKernel kernel, IKernelStage stage)
    {
        stage.CreateCgroup("a");
        var cgroup = kernel.OpenCgroup(stage, "a");
        stage.RemoveCgroup("a");
        var result = kernel.ArmTrigger(cgroup, "memory.pressure"u8, StallKind.Some, 1_000_000, 2_000_000);
        Check.Gone(result, "arm a removed cgroup");
        kernel.Close(cgroup);
    }

    private static int Arm(IKernel kernel, StallKind kind, int stallUsec, int windowUsec) =>
        kernel.ArmTrigger(KernelDirectory.None, "/proc/pressure/memory"u8, kind, stallUsec, windowUsec);
}
