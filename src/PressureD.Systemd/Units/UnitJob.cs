using System.Runtime.InteropServices;
using PressureD.Core.Publishing;
using PressureD.Core.Services;

namespace PressureD.Systemd.Units;

/// <summary>A job that systemd has been asked for, in a place that is used again and again.</summary>
internal sealed class UnitJob
{
    private GCHandle _self;

    internal UnitJob(UnitJobs owner, ServiceJob job)
    {
        Owner = owner;
        Job = job;
        _self = GCHandle.Alloc(this);
    }

    internal UnitJobs Owner { get; }

    internal ServiceJob Job { get; }

    /// <summary>What native callbacks are given to find it again; valid until <see cref="Dispose"/>.</summary>
    internal nint UserData => GCHandle.ToIntPtr(_self);

    /// <summary>CLOCK_MONOTONIC when it was asked for.</summary>
    internal long SinceUsec { get; set; }

    /// <summary>The object path of systemd's job; empty until it is known.</summary>
    internal TextBuffer Path { get; } = new(128);

    /// <summary>The property that is being asked for, of how its program ended; null when none is.</summary>
    internal string? Question { get; set; }

    /// <summary>How the program ended: CLD_EXITED and so on, of wait(2).</summary>
    internal int ExitKind { get; set; }

    internal void Dispose() => _self.Free();
}
