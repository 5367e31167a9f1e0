using System;
using System.Collections.Generic;
using System.Linq;

namespace PressureD.Validation;

/// <summary>A figure of a run that is compared.</summary>
/// <param name="Name">What it is, with its unit.</param>
/// <param name="Slack">What sampling alone can make it differ by.</param>
/// <param name="Decimals">How it is printed.</param>
/// <param name="Of">It, of a run within a window in microseconds; null: it did not come to that.</param>
internal sealed record Figure(string Name, double Slack, int Decimals, Func<Observation, long, double?> Of)
{
    /// <summary>Whether it is looked for in the whole run, also after the machine stood still.</summary>
    internal bool IsOfWholeRun { get; private init; }

    private const double Second = 1e6;
    private const double MiB = 1 << 20;

    /// <summary>What every workload is compared by.</summary>
    internal static IReadOnlyList<Figure> Common { get; } =
    [
        .. new[] { 50, 20, 10, 6, 4 }.Select(static percent => new Figure(
            $"`mem.available_user` falls below {percent} %, s", 0.3, 1, (run, window) => Falls(run, window, percent))),
        new("least `mem.available_user`, %", 0.5, 1, static (run, window) =>
            run.Until(window).Min(static moment => moment.AvailablePercent)),
        new("the kernel's killer acts, s", 0.3, 1, static (run, window) => Kill(run, window)) { IsOfWholeRun = true },
        new("from below 10 % to the kernel's killer, s", 0.3, 1, static (run, window) =>
            Kill(run, window) - Falls(run, window, 10))
        {
            IsOfWholeRun = true,
        },
        new("memory some, s in all", 0.05, 2, static (run, window) =>
            Grows(run, window, static moment => moment.MemorySomeUsec) / Second),
        new("memory full, s in all", 0.05, 2, static (run, window) =>
            Grows(run, window, static moment => moment.MemoryFullUsec) / Second),
        new("io some, s in all", 0.05, 2, static (run, window) =>
            Grows(run, window, static moment => moment.IoSomeUsec) / Second),
        new("io full, s in all", 0.05, 2, static (run, window) =>
            Grows(run, window, static moment => moment.IoFullUsec) / Second),

        // Several workloads share a boot: what the one before has left of its average does not count.
        new("highest memory some avg10, above that at the start, %", 1, 1, static (run, window) =>
            (run.Until(window).Max(static moment => moment.MemorySome10) - run.Moments[0].MemorySome10) / 10_000.0),
        new("swap used at the end, MiB", 4, 0, static (run, window) => run.Until(window)[^1].SwapUsedBytes / MiB),
        new("pages swapped out, thousands", 1, 1, static (run, window) =>
            Grows(run, window, static moment => moment.SwappedOut) / 1000),
        new("pages swapped in, thousands", 1, 1, static (run, window) =>
            Grows(run, window, static moment => moment.SwappedIn) / 1000),
        new("refaults of private memory, thousands", 1, 1, static (run, window) =>
            Grows(run, window, static moment => moment.RefaultedAnon) / 1000),
        new("refaults of files, thousands", 1, 1, static (run, window) =>
            Grows(run, window, static moment => moment.RefaultedFile) / 1000),
    ];

    /// <summary>memory.current of a cgroup at the end.</summary>
    internal static Figure Held(string cgroup) => new(
        $"{Workload.Label(cgroup)}: memory.current at the end, MiB", 4, 0, (run, window) =>
            run.Until(window)[^1].Cgroups.TryGetValue(cgroup, out CgroupMoment there)
                ? there.CurrentBytes / MiB : null);

    /// <summary>memory some of a cgroup.</summary>
    internal static Figure Stalled(string cgroup) => new(
        $"{Workload.Label(cgroup)}: memory some, s in all", 0.05, 2, (run, window) =>
            run.Until(window)[^1].Cgroups.TryGetValue(cgroup, out CgroupMoment there)
                ? there.MemorySomeUsec / Second : null);

    private static double? Falls(Observation run, long window, int percent)
    {
        Moment? found = run.Until(window).FirstOrDefault(moment => moment.AvailablePercent < percent);
        return found is null ? null : (found.Usec - run.StartUsec) / Second;
    }

    private static double? Kill(Observation run, long window) =>
        run.KernelKillUsec - run.StartUsec is { } usec && usec <= window ? usec / Second : null;

    private static double Grows(Observation run, long window, Func<Moment, long> of)
    {
        IReadOnlyList<Moment> moments = run.Until(window);
        return of(moments[^1]) - of(moments[0]);
    }
}
