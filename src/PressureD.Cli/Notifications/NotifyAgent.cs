using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using PressureD.Core.Policy;
using PressureD.Systemd;
using PressureD.Systemd.Bus;

namespace PressureD.Cli.Notifications;

/// <summary>
/// Turns what the daemon signals into notifications on a user's desktop. Deaths that follow each other are told in one
/// notification, which is brought up to date; so a burst of them is neither a flood nor forgotten.
/// </summary>
internal sealed class NotifyAgent
{
    /// <summary>Between two notifications at least.</summary>
    private const long PauseUsec = 2_000_000;

    /// <summary>A death that comes later than this after the one before is told in a notification of its own.</summary>
    private const long TogetherUsec = 60_000_000;

    /// <summary>What a rule said when it fired is the reason of no death that comes later than this.</summary>
    private const long FreshUsec = 60_000_000;

    private const long FirstRetryUsec = 1_000_000;
    private const long LongestRetryUsec = 30_000_000;

    /// <summary>Rules whose reasons are remembered; a policy has fewer that kill.</summary>
    private const int MostReasons = 64;

    private readonly Func<BusSignals> _listen;
    private readonly Func<DesktopNotifications> _connect;
    private readonly NotifyOptions _options;
    private readonly TextWriter _error;
    private readonly Dictionary<string, (string Why, long AtUsec)> _reasons = [];

    private DesktopNotifications? _desktop;
    private Deaths _deaths = new();
    private uint _deathsNumber;
    private long _deathUsec;
    private uint _levelNumber;
    private long _levelUsec;
    private byte _level;
    private bool _untold;
    private long _shownUsec;
    private string? _said;

    /// <param name="listen">Connects to the daemon's bus.</param>
    /// <param name="connect">Connects to the session's.</param>
    /// <param name="options">What is told.</param>
    /// <param name="error">For what goes wrong.</param>
    internal NotifyAgent(
        Func<BusSignals> listen, Func<DesktopNotifications> connect, NotifyOptions options, TextWriter error)
    {
        _listen = listen;
        _connect = connect;
        _options = options;
        _error = error;
    }

    /// <summary>Listens until it is to end; connects again when a bus goes away.</summary>
    internal void Run(CancellationToken ending)
    {
        long retryUsec = FirstRetryUsec;
        while (!ending.IsCancellationRequested)
        {
            try
            {
                using BusSignals signals = _listen();
                Say($"listening to pressured for user {_options.Uid}");
                retryUsec = FirstRetryUsec;
                Listen(signals, ending);
            }
            catch (BusException problem)
            {
                Say(problem.Message);
                ending.WaitHandle.WaitOne(TimeSpan.FromMicroseconds(retryUsec));
                retryUsec = Math.Min(retryUsec * 2, LongestRetryUsec);
            }
        }

        _desktop?.Dispose();
    }

    private void Listen(BusSignals signals, CancellationToken ending)
    {
        while (!ending.IsCancellationRequested)
        {
            long dueUsec = _untold ? _shownUsec + PauseUsec : long.MaxValue;
            if (signals.Next(ending, dueUsec) is { } signal)
                Take(signal);
            if (_untold && MonotonicClock.NowUsec >= _shownUsec + PauseUsec)
                Tell();
        }
    }

    private void Take(BusSignal signal)
    {
        switch (signal.Name)
        {
            case "Killed":
                TakeDeath(signal);
                break;
            case "RuleFired" when signal is { Rule: { } rule, Text: { } text }:
                if (_reasons.Count >= MostReasons)
                    _reasons.Clear();
                _reasons[rule] = (text, MonotonicClock.NowUsec);
                break;
            case "LevelChanged" when signal.Level is { } level:
                TakeLevel(level);
                break;
        }
    }

    private void TakeDeath(BusSignal signal)
    {
        bool isNamed = _options.Others == OthersPolicy.Name || VictimName.IsOf(_options.Uid, signal.Cgroup ?? "");
        if (!isNamed && _options.Others == OthersPolicy.Hide)
            return;
        long nowUsec = MonotonicClock.NowUsec;
        if (nowUsec - _deathUsec > TogetherUsec)
        {
            _deaths = new Deaths();
            _deathsNumber = 0;
        }

        _deathUsec = nowUsec;

        // The evidence names the machine's figures, and may name a cgroup: that of others is not told.
        bool isKnown = _reasons.TryGetValue(signal.Rule ?? "", out (string Why, long AtUsec) reason);
        _deaths.Add(signal, isNamed, isNamed && isKnown && nowUsec - reason.AtUsec <= FreshUsec ? reason.Why : null);
        _untold = true;
    }

    private void TakeLevel(byte level)
    {
        bool isWorse = _options.Level is { } least && level >= (byte)least && _level < (byte)least;
        _level = level;
        long nowUsec = MonotonicClock.NowUsec;
        if (!isWorse || (_levelUsec != 0 && nowUsec - _levelUsec < TogetherUsec))
            return;
        _levelUsec = nowUsec;
        _levelNumber = Show(
            _levelNumber,
            "Memory is short",
            "Programs may become slow, and one may be ended. Closing what is not needed now helps.");
    }

    private void Tell()
    {
        _untold = false;
        _deathsNumber = Show(_deathsNumber, _deaths.Summary, Escape(_deaths.Body));
        _shownUsec = MonotonicClock.NowUsec;
    }

    /// <returns>The notification's number; 0 when nobody shows any.</returns>
    private uint Show(uint replaces, string summary, string body)
    {
        try
        {
            _desktop ??= _connect();
            return _desktop.Show(replaces, summary, body);
        }
        catch (BusException problem)
        {
            // The session may get a bus or somebody who shows notifications later.
            _desktop?.Dispose();
            _desktop = null;
            Say($"no notification: {problem.Message}");
            return 0;
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

    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal);
}
