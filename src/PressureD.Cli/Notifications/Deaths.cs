using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using PressureD.Core.Publishing;
using PressureD.Systemd.Bus;

namespace PressureD.Cli.Notifications;

/// <summary>The deaths that one notification tells of.</summary>
internal sealed class Deaths
{
    private const int MostNames = 5;

    private readonly List<string> _names = [];
    private ulong _freedBytes;
    private int _others;
    private string? _why;

    internal bool IsEmpty => _names.Count + _others == 0;

    internal string Summary
    {
        get
        {
            int count = _names.Count + _others;
            if (count > 1)
                return string.Create(CultureInfo.InvariantCulture, $"{count} programs were ended to free memory");
            return _names.Count == 1 ? $"{_names[0]} was ended to free memory" : "A program was ended to free memory";
        }
    }

    internal string Body
    {
        get
        {
            List<string> sentences = [];
            if (_names.Count + _others > 1 && _names.Count > 0)
                sentences.Add($"{Named()}.");
            if (_others > 0)
                sentences.Add(OfOthers());
            if (_why is not null)
                sentences.Add($"Memory was running out: {_why}.");
            if (_freedBytes > 0)
                sentences.Add($"That freed {new TextBuffer(32).AppendBytes((long)_freedBytes)}.");
            return string.Join('\n', sentences);
        }
    }

    /// <summary>Adds a death.</summary>
    /// <param name="signal">What the daemon said.</param>
    /// <param name="isNamed">Whether it may be told who it was.</param>
    /// <param name="why">What came before, if it is known.</param>
    internal void Add(BusSignal signal, bool isNamed, string? why)
    {
        if (isNamed)
            _names.Add(VictimName.Of(signal.Comm ?? "", signal.Cgroup ?? ""));
        else
            _others++;
        _freedBytes += signal.FreedBytes ?? 0;
        _why = why ?? _why;
    }

    private string Named()
    {
        string names = string.Join(", ", _names.Take(MostNames));
        return _names.Count > MostNames
            ? string.Create(CultureInfo.InvariantCulture, $"{names} and {_names.Count - MostNames} more")
            : names;
    }

    private string OfOthers() => (_names.Count, _others) switch
    {
        (0, 1) => "It belonged to another user or to the system.",
        (0, _) => "They belonged to other users or to the system.",
        (_, 1) => "One belonged to another user or to the system.",
        _ => string.Create(CultureInfo.InvariantCulture, $"{_others} belonged to other users or to the system."),
    };
}
