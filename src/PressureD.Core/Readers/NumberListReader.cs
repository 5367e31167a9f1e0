using System;

namespace PressureD.Core.Readers;

/// <summary>Reads a file of one process or thread id per line: <c>cgroup.procs</c>, <c>cgroup.threads</c>.</summary>
public static class NumberListReader
{
    /// <summary>
    /// Returns how many ids it wrote. 0 stands for a process of a pid namespace that cannot be seen from here. The
    /// kernel gives no order and may give one id twice. Lines that are no id are passed over.
    /// </summary>
    /// <param name="text">The file's content, or its beginning.</param>
    /// <param name="numbers">Filled from the front.</param>
    /// <param name="more">
    /// Not everything was given: <paramref name="numbers"/> is full, or the last line was cut off.
    /// </param>
    public static int Read(ReadOnlySpan<byte> text, Span<int> numbers, out bool more)
    {
        int count = 0;
        var lines = new TextCursor(text);
        while (lines.TryLine(out ReadOnlySpan<byte> line))
        {
            var cursor = new TextCursor(line);
            if (!cursor.TryNumber(out long number) || !cursor.Rest.IsEmpty || number is < 0 or > int.MaxValue)
                continue;
            if (count == numbers.Length)
            {
                more = true;
                return count;
            }

            numbers[count++] = (int)number;
        }

        more = !lines.Rest.IsEmpty;
        return count;
    }
}
