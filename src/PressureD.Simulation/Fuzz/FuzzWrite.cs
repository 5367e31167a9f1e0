using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;

namespace PressureD.Simulation.Fuzz;

/// <summary>A control file that the machine's owner writes.</summary>
/// <param name="Usec">When, since the beginning.</param>
/// <param name="Cgroup">Where, from the root.</param>
/// <param name="File">Which.</param>
/// <param name="Value">What the file says then.</param>
internal readonly record struct FuzzWrite(long Usec, string Cgroup, string File, string Value)
{
    /// <summary>Those of a drawn script, in the order of time.</summary>
    public static IEnumerable<FuzzWrite> AllOf(ImmutableArray<string> script) =>
        from line in script
        let value = Field(line, "write: ")
        where value is not null
        let usec = UsecOf(line)
        orderby usec
        select new FuzzWrite(
            usec, "/" + Field(line, "cgroup: "), Field(line, "file: ")!,
            value.EndsWith("MiB", StringComparison.Ordinal) ? $"{Number(value) << 20}" : value);

    /// <summary>When a line of a drawn script acts, since the beginning.</summary>
    public static long UsecOf(string line) => Number(Field(line, "at: ")!) * 1000;

    /// <summary>When a drawn fault restarts the daemon; −1: it is another one.</summary>
    public static long RestartUsecOf(string fault) =>
        Field(fault, "restart: ") is { } restart ? Number(restart) * 1000 : -1;

    private static string? Field(string line, string before)
    {
        var start = line.IndexOf(before, StringComparison.Ordinal);
        return start < 0 ? null : line[(start + before.Length)..].Split(',', ' ')[0];
    }

    private static long Number(string text) =>
        long.Parse(text.TrimEnd('m', 's', 'M', 'i', 'B'), NumberStyles.None, CultureInfo.InvariantCulture);
}
