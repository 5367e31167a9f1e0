using PressureD.Core.Services;

namespace PressureD.Core.Kernel;

/// <summary>
/// The service manager as the loop asks it: requests go out, results come back in a later step. Nothing here blocks or
/// allocates; whoever carries a request out does so elsewhere, and wakes the loop when it has ended.
/// </summary>
public interface IServiceJobs
{
    /// <summary>A request to fill.</summary>
    /// <returns>Null when all places are in use.</returns>
    ServiceJob? Begin(ServiceJobKind kind);

    /// <summary>
    /// Sends a filled request on its way. Its stage is <see cref="ServiceJobStage.Ended"/> in the end.
    /// </summary>
    void Submit(ServiceJob job);

    /// <summary>
    /// Gives a request back. One that still runs is not waited for any more; the service manager ends it by its own
    /// time limit.
    /// </summary>
    void Release(ServiceJob job);
}
