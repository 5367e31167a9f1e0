using System;

namespace PressureD.Core.Readers;

/// <summary>
/// Names and command lines of processes. Their owners choose every byte of them, so they are escaped
/// (<see cref="Publishing.TextBuffer.AppendEscaped"/>) on their way to a log or a terminal.
/// </summary>
public static class ProcessText
{
    /// <summary>
    /// Copies the content of <c>/proc/PID/cmdline</c> with a space in place of each NUL, and without NULs and spaces at
    /// its end (a process that renames itself leaves many). Returns the length; what does not fit is left out. For
    /// people to read and patterns to match: where one argument ends is lost.
    /// </summary>
    public static int CopyArguments(ReadOnlySpan<char> cmdline, Span<char> output)
    {
        cmdline = cmdline.TrimEnd("\0 ");
        int length = Math.Min(cmdline.Length, output.Length);
        cmdline[..length].Replace(output, '\0', ' ');
        return length;
    }
}
