using System;
using System.Collections.Generic;

namespace PressureD.Cli.Incidents;

/// <summary>Where incidents are read from: the daemon, or a directory.</summary>
internal interface IIncidentSource : IDisposable
{
    /// <summary>The newest, newest first.</summary>
    /// <param name="period">None that is older or newer.</param>
    /// <param name="limit">How many at most.</param>
    IReadOnlyList<IncidentRow> List(Period period, int limit);

    /// <summary>One, as it is kept; null when there is none of that number.</summary>
    /// <exception cref="FormatException">It is damaged or cannot be read.</exception>
    byte[]? Get(long id);
}
