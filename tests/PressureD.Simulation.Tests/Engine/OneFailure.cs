using System.Collections.Generic;
using PressureD.Core.Kernel;
using PressureD.Simulation.Faults;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Tests.Engine;

/// <summary>One call of a run fails, for want of something that says nothing of what was asked, or is cut off.</summary>
/// <param name="index">Which call, from 0; −1: none does.</param>
/// <param name="isCut">Whether it is a read, which ends early.</param>
internal sealed class OneFailure(long index, bool isCut) : IFaultPlan
{
    /// <summary>In the middle of the first value of most files.</summary>
    private const int CutBytes = 9;

    /// <summary>The calls so far: whether each was a read.</summary>
    public List<bool> Calls { get; } = [];

    /// <summary>What failed; null as long as nothing has.</summary>
    public string? What { get; private set; }

    /// <inheritdoc/>
    public Fault OnCall(in KernelCall call)
    {
        Calls.Add(call.Kind is KernelCallKind.Read or KernelCallKind.ReadProcess);
        if (Calls.Count - 1 != index)
            return default;
        if (isCut)
        {
            What = $"{call.Kind} {call.Path}: cut off";
            return new Fault { TruncateToBytes = CutBytes };
        }

        int errno = ErrnoOf(call.Kind);
        What = $"{call.Kind} {call.Path}: {Errno.Name(errno)}";
        return new Fault { Errno = errno };
    }

    /// <inheritdoc/>
    public WakeFault OnWake(long nowUsec) => default;

    /// <inheritdoc/>
    public long StickUsec(SimulatedProcess victim) => 0;

    /// <summary>A signal is refused for good or not at all.</summary>
    private static int ErrnoOf(KernelCallKind kind) => kind switch
    {
        KernelCallKind.Signal => 0,
        KernelCallKind.OpenFile or KernelCallKind.OpenDirectory or KernelCallKind.ListProcesses => Errno.EMFILE,
        KernelCallKind.OpenProcess => Errno.ENFILE,
        KernelCallKind.Watch => Errno.ENOSPC,
        KernelCallKind.Begin => Errno.EBUSY,
        _ => Errno.ENOMEM,
    };
}
