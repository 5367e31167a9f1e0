using System;
using System.Collections.Generic;
using System.Threading;
using PressureD.Core.Policy;
using PressureD.Systemd.Bus;

namespace PressureD.Cli.Notifications;

/// <summary>
/// What is to be shown on a user's desktop, and when. Deaths that follow each other are told in one notification, which
/// is brought up to date; so a burst of them is neither a flood nor forgotten. What could not be shown is tried again.
/// </summary>
internal sealed class Notices : IDisposable
{
    /// <summary>Between two notifications at least.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>A death that comes later than this after the one before is told in a notification of its own.</summary>
    private static readonly TimeSpan Together = TimeSpan.FromMinutes(1);

    /// <summary>What a rule said when it fired is the reason of no death that comes later than this.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    /// <summary>What nobody has shown for so long after the last death is nobody's news any more.</summary>
    private static readonly TimeSpan Stale = TimeSpan.FromMinutes(10);

    /// <summary>Rules whose reasons are remembered; a policy has fewer that kill.</summary>
    private const int MostReasons = 64;

    private readonly Func<DesktopNotifications> _connect;
    private readonly NotifyOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<string> _complain;
    private readonly long _started;
    private readonly Backoff _backoff = new();
    private readonly Dictionary<string, (string Why, TimeSpan At)> _reasons = [];

    private DesktopNotifications? _desktop;
    private Deaths _deaths = new();
    private uint _deathsNumber;
    private TimeSpan _died;
    private bool _untold;
    private TimeSpan _due = TimeSpan.Zero;
    private uint _levelNumber;
    private TimeSpan? _levelShown;
    private byte _level;

    /// <param name="connect">Connects to the session's bus.</param>
    /// <param name="options">What is told.</param>
    /// <param name="time">The time.</param>
    /// <param name="complain">Told of what goes wrong, each time.</param>
    internal Notices(
        Func<DesktopNotifications> connect, NotifyOptions options, TimeProvider time, Action<string> complain)
    {
        _connect = connect;
        _options = options;
        _time = time;
        _complain = complain;
        _started = time.GetTimestamp();
    }

    private TimeSpan Now => _time.GetElapsedTime(_started);

    public void Dispose() => _desktop?.Dispose();

    /// <summary>Takes what the daemon signals.</summary>
    internal void Take(BusSignal signal)
    {
        switch (signal.Name)
        {
            case "Killed":
                TakeDeath(signal);
                break;
            case "RuleFired" when signal is { Rule: { } rule, Text: { } text }:
                if (_reasons.Count >= MostReasons)
                    _reasons.Clear();
                _reasons[rule] = (text, Now);
                break;
            case "LevelChanged" when signal.Level is { } level:
                TakeLevel(level);
                break;
        }
    }

    /// <summary>Shows what is due.</summary>
    /// <returns>After how long it wants to be called again; infinite when nothing waits.</returns>
    internal TimeSpan Advance()
    {
        TimeSpan now = Now;
        if (_untold && now >= _due)
            Tell(now - _died);
        return _untold ? _due - now : Timeout.InfiniteTimeSpan;
    }

    private void TakeDeath(BusSignal signal)
    {
        bool isNamed = _options.Others == OthersPolicy.Name || VictimName.IsOf(_options.Uid, signal.Cgroup ?? "");
        if (!isNamed && _options.Others == OthersPolicy.Hide)
            return;
        TimeSpan now = Now;

        // What is still untold is told together with what came since.
        if (!_untold && now - _died > Together)
        {
            _deaths = new Deaths();
            _deathsNumber = 0;
        }

        _died = now;
        _untold = true;

        // The evidence names the machine's figures, and may name a cgroup: that of others is not told.
        bool isKnown = _reasons.TryGetValue(signal.Rule ?? "", out (string Why, TimeSpan At) reason);
        _deaths.Add(
            signal, isNamed, isNamed && isKnown && now - reason.At <= Fresh ? reason.Why : null, _time.GetLocalNow());
    }

    private void TakeLevel(byte level)
    {
        bool isWorse = _options.Level is { } least && level >= (byte)least && _level < (byte)least;
        _level = level;
        if (!isWorse || Now - _levelShown < Together)
            return;
        bool isShown = TryShow(
            ref _levelNumber,
            "Memory is short",
            "Programs may become slow, and one may be ended. Closing what is not needed now helps.");
        if (isShown)
            _levelShown = Now;
    }

    private void Tell(TimeSpan age)
    {
        if (age > Stale)
        {
            _complain($"not shown, and no longer tried: {_deaths.Summary}");
            _untold = false;
            return;
        }

        _untold = !TryShow(ref _deathsNumber, _deaths.Summary, Escape(_deaths.Body(age > Together)));
        _due = Now + (_untold ? _backoff.Next() : Pause);
        if (!_untold)
            _backoff.Reset();
    }

    /// <param name="number">The notification that it takes the place of, 0: of none; gets its own.</param>
    /// <param name="summary">One line.</param>
    /// <param name="body">More.</param>
    /// <returns>False when nobody shows any.</returns>
    private bool TryShow(ref uint number, string summary, string body)
    {
        try
        {
            _desktop ??= _connect();
            number = _desktop.Show(number, summary, body);
            return true;
        }
        catch (BusException problem)
        {
            // The session may get a bus or somebody who shows notifications later, who knows of none before.
            _desktop?.Dispose();
            _desktop = null;
            _deathsNumber = _levelNumber = 0;
            _complain($"no notification: {problem.Message}");

            // Who is slow to answer, for want of memory, has the question: it would be shown twice.
            return problem.Problem == BusProblem.NoAnswer;
        }
    }

    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal);
}
