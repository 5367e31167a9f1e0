using System;
using PressureD.Systemd.Tests;

namespace PressureD.Tests;

/// <summary>The published daemon as a service manager would run it, ready.</summary>
internal sealed class RunningDaemon : IDisposable
{
    private readonly NotifyListener _notify;
    private int _ready = 1;

    public RunningDaemon(PublishedProduct product, Sandbox sandbox, params string[] arguments)
    {
        _notify = new NotifyListener(sandbox.PathOf("notify"));
        Program = RunningProgram.Daemon(product, sandbox, _notify.Path, ["--config", sandbox.Config, .. arguments]);
        Eventually.True(() => _notify.Count("READY=1") >= 1 || Program.HasExited, "the daemon is ready");
        Assert.False(Program.HasExited, Program.Errors);
    }

    public RunningProgram Program { get; }

    /// <summary>What it told the service manager last; empty before it told anything.</summary>
    public string Status => _notify.Last("STATUS=");

    /// <summary>Asks for a reload, and waits until it is over one way or the other.</summary>
    public void Reload()
    {
        _ready++;
        Program.Send(RunningProgram.HangUp);
        Eventually.True(
            () => _notify.Count("READY=1") >= _ready || Program.HasExited, $"the reload ends:\n{Program.Errors}");
        Assert.False(Program.HasExited, Program.Errors);
        Assert.Equal(_ready - 1, _notify.Count("RELOADING=1"));
    }

    /// <summary>Asks it to leave, and waits until it has.</summary>
    /// <returns>How long that took.</returns>
    public TimeSpan Leave()
    {
        long began = Environment.TickCount64;
        Program.Send(RunningProgram.Term);
        Program.Ended();
        return TimeSpan.FromMilliseconds(Environment.TickCount64 - began);
    }

    public void Dispose()
    {
        Program.Dispose();
        _notify.Dispose();
    }
}
