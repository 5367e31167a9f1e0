using System;

namespace PressureD.Cli.Incidents;

/// <summary>From one moment to another, both included.</summary>
internal readonly record struct Period(DateTimeOffset Since, DateTimeOffset Until)
{
    internal static readonly Period Ever = new(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue);
}
