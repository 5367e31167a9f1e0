using System;
using System.Collections.Generic;
using System.Globalization;
using PressureD.Core.Publishing;
using PressureD.Systemd.Bus;

namespace PressureD.Cli.Notifications;

/// <summary>The deaths that one notification tells of.</summary>
internal sealed class Deaths
{
    private const int MostNames = 5;

    private readonly List<string> _names = [];
    private ulong _freedBytes;
    private int _unnamed;
    private int _others;
    private string? _why;
    private DateTimeOffset _last;

    private int Named => _names.Count + _unnamed;

    internal string Summary
    {
        get
        {
            int count = Named + _others;
            if (count > 1)
                return string.Create(CultureInfo.InvariantCulture, $"{count} programs were ended to free memory");
            return Named == 1 ? $"{_names[0]} was ended to free memory" : "A program was ended to free memory";
        }
    }

    /// <param name="isLate">Whether it is told so late that it has to be said when it was.</param>
    internal string Body(bool isLate)
    {
        List<string> sentences = [];
        if (Named + _others > 1 && Named > 0)
            sentences.Add($"{Names()}.");
        if (_others > 0)
            sentences.Add(OfOthers());
        if (_why is not null)
            sentences.Add($"Memory was running out: {_why}.");
        if (_freedBytes > 0)
            sentences.Add($"That freed {new TextBuffer(32).AppendBytes((long)_freedBytes)}.");
        if (isLate)
        {
            string which = Named + _others > 1 ? "The last time" : "That";
            sentences.Add(string.Create(CultureInfo.InvariantCulture, $"{which} was at {_last:HH:mm}."));
        }

        return string.Join('\n', sentences);
    }

    /// <summary>Adds a death.</summary>
    /// <param name="signal">What the daemon said.</param>
    /// <param name="isNamed">Whether it may be told who it was.</param>
    /// <param name="why">What came before, if it is known.</param>
    /// <param name="now">When.</param>
    internal void Add(BusSignal signal, bool isNamed, string? why, DateTimeOffset now)
    {
        // Nothing here grows with how many there are: nobody may show them for a long time.
        if (!isNamed)
            _others++;
        else if (_names.Count < MostNames)
            _names.Add(VictimName.Of(signal.Comm ?? "", signal.Cgroup ?? ""));
        else
            _unnamed++;
        _last = now;
        _freedBytes += signal.FreedBytes ?? 0;
        _why = why ?? _why;
    }

    private string Names()
    {
        string names = string.Join(", ", _names);
        return _unnamed > 0 ? string.Create(CultureInfo.InvariantCulture, $"{names} and {_unnamed} more") : names;
    }

    private string OfOthers() => (Named, _others) switch
    {
        (0, 1) => "It belonged to another user or to the system.",
        (0, _) => "They belonged to other users or to the system.",
        (_, 1) => "One belonged to another user or to the system.",
        _ => string.Create(CultureInfo.InvariantCulture, $"{_others} belonged to other users or to the system."),
    };
}
