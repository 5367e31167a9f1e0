using System;
using PressureD.Core.Kernel;
using PressureD.Core.Services;
using PressureD.Core.Victims;

namespace PressureD.Core.Actions;

/// <summary>
/// Has the service manager set limits of its units, since it writes its own again at any reload. Nothing here waits.
/// </summary>
internal sealed class UnitLimits
{
    /// <summary>Of the places for requests, some stay free for programs and jobs.</summary>
    private const int Places = 2;

    /// <summary>The service manager's side gives up before.</summary>
    private const long PatienceUsec = 40_000_000;

    private readonly IKernel _kernel;
    private readonly IServiceJobs? _jobs;
    private readonly ServiceJob?[] _places = new ServiceJob?[Places];
    private readonly long[] _untilUsec = new long[Places];

    /// <param name="kernel">The clock.</param>
    /// <param name="jobs">The service manager; null where there is none.</param>
    public UnitLimits(IKernel kernel, IServiceJobs? jobs)
    {
        _kernel = kernel;
        _jobs = jobs;
    }

    /// <summary>The service manager does not let us: from now on it is not asked to set anything.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>Whether a file is the service manager's to write, and it may be asked.</summary>
    public bool Takes(ReadOnlySpan<byte> path, ReadOnlySpan<byte> file) =>
        _jobs is not null && !IsRefused && UnitLimit.TryFind(path, file, out _);

    /// <summary>Asks for a value.</summary>
    /// <returns>What <see cref="TryFinish"/> wants, or a negative errno: EBUSY when it has to be tried later.</returns>
    public int Begin(ReadOnlySpan<byte> path, ReadOnlySpan<byte> file, ReadOnlySpan<byte> value)
    {
        if (_jobs is null || !UnitLimit.TryFind(path, file, out string? property)
            || !UnitLimit.TryParse(value, out ulong number))
        {
            return -Errno.EINVAL;
        }

        int place = Array.IndexOf(_places, null);
        if (place < 0 || _jobs.Begin(ServiceJobKind.SetLimit) is not { } job)
            return -Errno.EBUSY;
        job.Unit.Append(UnitNames.OfSystem(path));
        job.Property = property;
        job.Value = number;
        _places[place] = job;
        _untilUsec[place] = _kernel.NowUsec + PatienceUsec;
        _jobs.Submit(job);
        return place;
    }

    /// <summary>Takes a request's result, once it has one.</summary>
    /// <param name="place">From <see cref="Begin"/>; no longer good when this was true.</param>
    /// <param name="result">How it ended; unavailable also when nobody knows whether it was done.</param>
    public bool TryFinish(int place, out ServiceJobResult result)
    {
        ServiceJob job = _places[place]!;
        result = ServiceJobResult.Unavailable;
        if (job.Stage == ServiceJobStage.Ended)
            result = job.Result;
        else if (_kernel.NowUsec < _untilUsec[place])
            return false;
        IsRefused |= result == ServiceJobResult.Refused;
        _jobs!.Release(job);
        _places[place] = null;
        return true;
    }
}
