using System;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Hosting;

namespace PressureD;

/// <summary>Ties the daemon to the host: started with it, and ended before it.</summary>
internal sealed class LoopService(Daemon daemon) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        daemon.Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        daemon.Stop();
        return Task.CompletedTask;
    }
}
