using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using PressureD.Core.Readers;

namespace PressureD.Simulation.Recordings;

/// <summary>Looks up, and corrects, what recorded files say.</summary>
internal static class RecordedText
{
    private static readonly KeyedReader OomKills = new(["oom_kill"]);

    /// <summary>A file's text; empty when it has none.</summary>
    public static string Of(IReadOnlyDictionary<string, RecordedValue> values, string key) =>
        values.TryGetValue(key, out var value) && value.Content is { } content ? Encoding.UTF8.GetString(content) : "";

    /// <summary>Processes that the kernel's OOM killer has ended since the machine booted.</summary>
    public static long KernelKills(IReadOnlyDictionary<string, RecordedValue> values)
    {
        if (!values.TryGetValue(RecordedFiles.VmStat, out var value)) return 0;
        Span<long> count = stackalloc long[1];
        OomKills.Read(value.Content, count);
        return long.Max(0, count[0]);
    }

    /// <summary>The cgroup of a process: "/a/b"; null when it is in none that is known.</summary>
    public static string? CgroupOf(IReadOnlyDictionary<string, RecordedValue> values, int pid) =>
        values.TryGetValue(RecordedFiles.KeyOf(pid, Core.Kernel.ProcessFile.Cgroup), out var value)
        && ProcessCgroupReader.TryRead(value.Content, out var path)
            ? "/" + Encoding.UTF8.GetString(path)
            : null;

    /// <summary>Whether a process ignores SIGTERM, by its status.</summary>
    public static bool IgnoresTerm(string status)
    {
        const string line = "\nSigIgn:\t";
        var start = status.IndexOf(line, StringComparison.Ordinal);
        if (start < 0 || status.Length < start + line.Length + 16) return false;
        return ulong.TryParse(
            status.AsSpan(start + line.Length, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture,
            out var mask) && ((mask >> (Core.Kernel.Signals.Term - 1)) & 1) != 0;
    }

    /// <summary>
    /// A "Key: value kB" or "key value" text with so much more at some keys, down to zero; unchanged where a key is
    /// missing.
    /// </summary>
    public static byte[] Add(byte[] content, params ReadOnlySpan<(string Key, long Difference)> differences)
    {
        var lines = Encoding.UTF8.GetString(content).Split('\n');
        for (var index = 0; index < lines.Length; index++)
        {
            var line = lines[index];
            foreach (var (key, difference) in differences)
            {
                if (!line.StartsWith(key, StringComparison.Ordinal) || line.Length == key.Length) continue;
                if (line[key.Length] is not (':' or ' ')) continue;
                var digits = line.AsSpan(key.Length + 1).TrimStart();
                var end = digits.IndexOf(' ');
                var unit = end < 0 ? "" : digits[end..].ToString();
                if (end >= 0) digits = digits[..end];
                if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value)) continue;
                var sum = long.Max(0, value + difference).ToString(CultureInfo.InvariantCulture);
                var head = line[..^(digits.Length + unit.Length)];
                lines[index] = head + sum + unit;
            }
        }

        return Encoding.UTF8.GetBytes(string.Join('\n', lines));
    }

    /// <summary>A single number with so much less, down to zero; unchanged when it is none.</summary>
    public static byte[] Lessen(byte[] content, long by) => ValueReader.TryRead(content, out var value)
        ? Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{long.Max(0, value - by)}\n"))
        : content;
}
