using System;
using PressureD.Core.Kernel;
using PressureD.Core.Publishing;

namespace PressureD.Core.Services;

/// <summary>
/// The requests between the loop and the thread that speaks to the service manager: a fixed number of places, nothing
/// allocated, neither side waits.
/// </summary>
public sealed class ServiceJobs : IServiceJobs
{
    private const int Places = 4;

    private readonly ServiceJob[] _jobs = new ServiceJob[Places];
    private readonly IWake? _wake;

    /// <param name="wake">Signalled when a job is submitted; null when the other side polls.</param>
    public ServiceJobs(IWake? wake = null)
    {
        _wake = wake;
        for (int i = 0; i < Places; i++)
            _jobs[i] = new ServiceJob();
    }

    /// <summary>All places, for the service manager's side: it has those that are submitted or running.</summary>
    public ReadOnlySpan<ServiceJob> All => _jobs;

    /// <inheritdoc/>
    public ServiceJob? Begin(ServiceJobKind kind)
    {
        foreach (ServiceJob job in _jobs)
        {
            bool over = job.Stage == ServiceJobStage.Ended && job.IsAbandoned;
            if (job.Stage != ServiceJobStage.Free && !over)
                continue;
            job.Fill(kind);
            return job;
        }

        return null;
    }

    /// <inheritdoc/>
    public void Submit(ServiceJob job)
    {
        job.Submit();
        _wake?.Signal();
    }

    /// <inheritdoc/>
    public void Release(ServiceJob job)
    {
        if (job.Stage is ServiceJobStage.Ended or ServiceJobStage.Filling)
            job.Free();
        else
            job.Abandon();
    }
}
