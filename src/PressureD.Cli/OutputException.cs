using System;

namespace PressureD.Cli;

/// <summary>
/// Standard output cannot be written. No IOException, which whoever reads and writes files takes for a fault of those.
/// </summary>
/// <param name="reason">Why, in words.</param>
/// <param name="isUnread">Whether nothing is wrong but that nobody reads it any more, as after "| head".</param>
internal sealed class OutputException(string reason, bool isUnread) : Exception($"cannot write: {reason}")
{
    internal bool IsUnread { get; } = isUnread;
}
