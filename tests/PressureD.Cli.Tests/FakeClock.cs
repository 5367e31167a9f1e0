using System;
using System.Threading;

namespace PressureD.Cli.Tests;

/// <summary>A clock that stands still until a test moves it. It began at midnight UTC of 2026-03-01, 1000 s after boot.
/// </summary>
internal sealed class FakeClock : TimeProvider
{
    private static readonly DateTimeOffset Beginning = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long GetTimestamp() => (1000 * TimeSpan.TicksPerSecond) + Interlocked.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => Beginning.AddTicks(Interlocked.Read(ref _ticks));

    internal void Advance(double seconds) => Interlocked.Add(ref _ticks, TimeSpan.FromSeconds(seconds).Ticks);
}
