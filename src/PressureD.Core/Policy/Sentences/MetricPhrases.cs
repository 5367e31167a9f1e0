using System.Collections.Generic;

namespace PressureD.Core.Policy.Sentences;

/// <summary>What sentences call the metrics that policies ask about most.</summary>
internal static class MetricPhrases
{
    private static readonly Dictionary<string, string> ByName = new()
    {
        ["mem.total"] = "memory",
        ["mem.free"] = "memory that nobody uses",
        ["mem.available"] = "available memory",
        ["mem.available_user"] = "memory left to processes",
        ["mem.user_total"] = "memory that processes hold or can have",
        ["mem.anon"] = "processes' own memory",
        ["mem.cached"] = "page cache",
        ["mem.shmem"] = "tmpfs and shared memory",
        ["mem.dirty"] = "page cache to be written",
        ["mem.committed"] = "promised memory",
        ["swap.total"] = "swap",
        ["swap.free"] = "free swap",
        ["swap.used"] = "used swap",
        ["swap.effective"] = "what swap can still take",
        ["zram.used"] = "memory that zram occupies",
        ["zram.stored"] = "what zram holds",
        ["zswap.pool"] = "memory that zswap occupies",
        ["zswap.stored"] = "what zswap holds",
        ["arc.size"] = "ZFS's cache",
        ["time_to_exhaustion"] = "the time until memory and swap are used up",
        ["self.lateness"] = "the delay with which the daemon looks",
        ["vm.swap_in"] = "the number of pages read back from swap",
        ["vm.swap_out"] = "the number of pages written to swap",
        ["vm.major_faults"] = "the number of page faults that wait for a disk",
        ["vm.scan"] = "the number of pages scanned by reclaim",
        ["vm.scan_direct"] = "the number of pages scanned by tasks that wait for memory",
        ["vm.scan_kswapd"] = "the number of pages scanned by kswapd",
        ["vm.refault_anon"] = "the number of swapped-out pages needed again",
        ["vm.refault_file"] = "the number of dropped file pages needed again",
        ["vm.alloc_stalls"] = "the number of times a task had to reclaim memory itself",
        ["vm.oom_kills"] = "the number of kills by the kernel's own killer",
        ["memory.current"] = "its memory",
        ["memory.growth"] = "the growth of its memory",
        ["memory.swap.current"] = "its swap",
        ["memory.stat.anon"] = "its processes' own memory",
        ["memory.stat.file"] = "its page cache",
        ["memory.stat.shmem"] = "its tmpfs and shared memory",
        ["memory.stat.pgscan"] = "the number of its pages scanned by reclaim",
        ["memory.events.oom_kill"] = "the number of kills in it by the kernel's own killer",
        ["pids.current"] = "the number of its tasks",
        ["io.read"] = "what it reads from disks",
        ["io.write"] = "what it writes to disks",
        ["io.cost"] = "what it costs the disks",
        ["cgroup.stat.nr_dying_descendants"] = "the number of removed cgroups that still hold memory",
    };

    /// <summary>The names that have a phrase.</summary>
    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <summary>A phrase for a value of the metric: its name when there is no better one.</summary>
    public static string Of(Metric metric)
    {
        if (ByName.TryGetValue(metric.Name, out string? phrase))
            return phrase;
        return metric.Source == MetricSource.Psi ? OfPressure(metric) : metric.Name;
    }

    /// <summary>"the full memory stall (10 s average)".</summary>
    private static string OfPressure(Metric metric)
    {
        string line = metric.Key[..metric.Key.IndexOf('.')];
        return $"the {line} {metric.File} stall ({Span(metric)})";
    }

    /// <summary>Over which time a pressure metric counts.</summary>
    public static string Span(Metric metric) =>
        metric.AverageSpanUsec > 0 ? $"{QuantityText.Duration(metric.AverageSpanUsec)} average"
        : metric.IsCounter ? "in all" : "since the last look";
}
