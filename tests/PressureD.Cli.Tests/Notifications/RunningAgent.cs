using System;
using System.IO;
using System.Threading;
using PressureD.Cli.Notifications;
using PressureD.Systemd.Bus;
using PressureD.Systemd.Tests;

namespace PressureD.Cli.Tests.Notifications;

/// <summary>The agent of user 1000, on a thread of its own.</summary>
internal sealed class RunningAgent : IDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private readonly StringWriter _said = new();
    private readonly TextWriter _error;
    private readonly Thread _thread;

    internal RunningAgent(BusAddress daemon, BusAddress session, NotifyOptions options)
    {
        _error = TextWriter.Synchronized(_said);
        NotifyAgent agent = new(
            () => new BusSignals(daemon),
            () => new DesktopNotifications(session),
            options,
            TimeProvider.System,
            _error);
        _thread = new Thread(() => agent.Run(_ending.Token)) { IsBackground = true };
        _thread.Start();
    }

    internal string Said
    {
        get
        {
            // What the synchronized writer locks.
            lock (_error)
                return _said.ToString();
        }
    }

    public void Dispose()
    {
        _ending.Cancel();
        _thread.Join();
        _ending.Dispose();
    }

    internal RunningAgent WaitListening()
    {
        Eventually.True(() => Said.Contains("listening", StringComparison.Ordinal), "the agent listens");
        return this;
    }
}
