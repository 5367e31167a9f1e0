using System;
using System.IO;
using System.Threading;
using PressureD.Systemd.Bus;

namespace PressureD.Cli.Notifications;

/// <summary>Listens to the daemon and has what it signals shown; connects again when a bus goes away.</summary>
internal sealed class NotifyAgent
{
    private readonly Func<BusSignals> _listen;
    private readonly Func<DesktopNotifications> _connect;
    private readonly NotifyOptions _options;
    private readonly TimeProvider _time;
    private readonly TextWriter _error;
    private string? _said;

    /// <param name="listen">Connects to the daemon's bus.</param>
    /// <param name="connect">Connects to the session's.</param>
    /// <param name="options">What is told.</param>
    /// <param name="time">The time.</param>
    /// <param name="error">For what goes wrong.</param>
    internal NotifyAgent(
        Func<BusSignals> listen,
        Func<DesktopNotifications> connect,
        NotifyOptions options,
        TimeProvider time,
        TextWriter error)
    {
        _listen = listen;
        _connect = connect;
        _options = options;
        _time = time;
        _error = error;
    }

    /// <summary>Listens until it is to end.</summary>
    internal void Run(CancellationToken ending)
    {
        using Notices notices = new(_connect, _options, _time, Say);
        Backoff backoff = new();
        while (!ending.IsCancellationRequested)
        {
            try
            {
                using BusSignals signals = _listen();
                Say($"listening to pressured for user {_options.Uid}");
                backoff.Reset();
                while (!ending.IsCancellationRequested)
                {
                    if (signals.Next(ending, notices.Advance()) is { } signal)
                        notices.Take(signal);
                }
            }
            catch (BusException problem)
            {
                Say(problem.Message);
                ending.WaitHandle.WaitOne(backoff.Next());
                notices.Advance();
            }
        }
    }

    /// <summary>Says what is new, once.</summary>
    private void Say(string text)
    {
        if (_said == text)
            return;
        _said = text;
        _error.WriteLine($"pressurectl: {text}");
        _error.Flush();
    }
}
