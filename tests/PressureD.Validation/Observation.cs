using System;
using System.Collections.Generic;
using System.Linq;

namespace PressureD.Validation;

/// <summary>One run, real or simulated, as its files showed it while nobody but the kernel acted.</summary>
internal sealed class Observation
{
    /// <param name="moments">What was seen, in order.</param>
    /// <param name="startUsec">When the culprit started.</param>
    /// <param name="kernelKillUsec">When the kernel's killer first acted, or null.</param>
    /// <param name="kernelVictim">Whom it took, by the cgroup.</param>
    internal Observation(
        IReadOnlyList<Moment> moments, long startUsec, long? kernelKillUsec, string? kernelVictim)
    {
        StartUsec = startUsec;
        KernelKillUsec = kernelKillUsec;
        KernelVictim = kernelVictim;
        Moments = [.. moments.Where(moment => moment.Usec >= startUsec)];
    }

    /// <summary>From the start of the culprit on.</summary>
    internal IReadOnlyList<Moment> Moments { get; }

    internal long StartUsec { get; }

    internal long? KernelKillUsec { get; }

    internal string? KernelVictim { get; }

    /// <summary>How long it was seen from the culprit's start on.</summary>
    internal long SeenUsec => Moments[^1].Usec - StartUsec;

    /// <summary>
    /// What comes before the kernel's killer acts and within so long: later the workload is another one.
    /// </summary>
    internal IReadOnlyList<Moment> Until(long windowUsec)
    {
        long endUsec = Math.Min(StartUsec + windowUsec, KernelKillUsec ?? long.MaxValue);
        return [.. Moments.Where(moment => moment.Usec <= endUsec)];
    }
}
