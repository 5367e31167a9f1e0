using System;
using System.Globalization;
using System.IO;
using System.Linq;

namespace PressureD.Tests;

/// <summary>What a process costs, as the kernel counts it.</summary>
internal sealed record ProcessFigures
{
    public required long ResidentKib { get; init; }

    public required long AnonymousKib { get; init; }

    public required long LockedKib { get; init; }

    public required int Threads { get; init; }

    public required int Descriptors { get; init; }

    public required long MajorFaults { get; init; }

    /// <summary>Of all threads: a thread that waits and is woken switches once.</summary>
    public required long VoluntarySwitches { get; init; }

    /// <summary>User and kernel time, in clock ticks of 10 ms.</summary>
    public required long CpuTicks { get; init; }

    public static ProcessFigures Of(int pid)
    {
        string[] status = File.ReadAllLines($"/proc/{pid}/status");
        // After the name, which may hold anything: state is the third field.
        string stat = File.ReadAllText($"/proc/{pid}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return new ProcessFigures
        {
            ResidentKib = Number(status, "VmRSS:"),
            AnonymousKib = Number(status, "RssAnon:"),
            LockedKib = Number(status, "VmLck:"),
            Threads = (int)Number(status, "Threads:"),
            Descriptors = Directory.GetFileSystemEntries($"/proc/{pid}/fd").Length,
            MajorFaults = Parse(fields[9]),
            CpuTicks = Parse(fields[11]) + Parse(fields[12]),
            VoluntarySwitches = Directory.GetDirectories($"/proc/{pid}/task").Sum(VoluntarySwitchesOf),
        };
    }

    private static long VoluntarySwitchesOf(string task)
    {
        try
        {
            return Number(File.ReadAllLines(Path.Combine(task, "status")), "voluntary_ctxt_switches:");
        }
        catch (IOException)
        {
            // It has ended since they were listed.
            return 0;
        }
    }

    private static long Number(string[] lines, string key) =>
        Parse(lines.First(line => line.StartsWith(key, StringComparison.Ordinal))[key.Length..].Replace("kB", "").Trim());

    private static long Parse(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
