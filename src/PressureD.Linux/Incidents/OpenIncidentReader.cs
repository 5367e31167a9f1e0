using System;
using PressureD.Core.Incidents;

namespace PressureD.Linux.Incidents;

/// <summary>Asks the loop for the incidents that go on, and waits for it a little. For one thread.</summary>
/// <param name="open">Where the loop tells of them; nobody else may ask there.</param>
/// <param name="wait">
/// Waits until the loop signals that it has told, or until then (CLOCK_MONOTONIC, microseconds); it may end sooner.
/// </param>
/// <param name="version">The daemon's version.</param>
/// <param name="nowUsec">CLOCK_MONOTONIC, microseconds.</param>
public sealed class OpenIncidentReader(
    OpenIncidents open, Action<long> wait, string version, Func<long> nowUsec)
{
    /// <summary>A loop that hangs does not keep anybody from what is on disk.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly IncidentJson _json = new(version);
    private bool _isHere;

    /// <summary>All, the newest first; none when the loop does not answer.</summary>
    internal ReadOnlySpan<OpenIncidentHead> Heads => _isHere ? open.Heads : default;

    /// <summary>What CLOCK_REALTIME says where CLOCK_MONOTONIC says 0, microseconds.</summary>
    internal long ClockUsec =>
        (DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond - nowUsec();

    /// <summary>Asks, until <see cref="Release"/>.</summary>
    /// <param name="id">Which one is asked for whole; 0: none.</param>
    internal void Look(long id)
    {
        // What came too late for an earlier question is no answer to this one.
        if (open.IsAnswered)
            open.Release();
        if (!open.TryAsk(id))
            return;
        long untilUsec = nowUsec() + (long)Patience.TotalMicroseconds;
        while (!open.IsAnswered && nowUsec() < untilUsec)
            wait(untilUsec);
        _isHere = open.IsAnswered;
    }

    internal void Release()
    {
        if (_isHere)
            open.Release();
        _isHere = false;
    }

    /// <summary>The one that was asked for, without the end of its line.</summary>
    /// <returns>Its length; 0 when it does not go on, or is larger than there is room for.</returns>
    internal int Read(Span<byte> content)
    {
        if (!_isHere || open.Found is not { } incident)
            return 0;
        ReadOnlySpan<byte> text = _json.Write(incident, ClockUsec).TrimEnd((byte)'\n');
        return text.TryCopyTo(content) ? text.Length : 0;
    }
}
