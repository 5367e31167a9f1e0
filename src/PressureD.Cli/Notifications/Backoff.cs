using System;

namespace PressureD.Cli.Notifications;

/// <summary>How long until the next try: a second first, twice as long each time, half a minute at most.</summary>
internal sealed class Backoff
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private TimeSpan _next = First;

    /// <summary>A try has failed.</summary>
    /// <returns>The pause before the next.</returns>
    internal TimeSpan Next()
    {
        TimeSpan pause = _next;
        _next = pause * 2 < Longest ? pause * 2 : Longest;
        return pause;
    }

    /// <summary>A try has succeeded.</summary>
    internal void Reset() => _next = First;
}
