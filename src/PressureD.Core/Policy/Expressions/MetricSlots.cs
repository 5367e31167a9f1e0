using System.Collections.Generic;

namespace PressureD.Core.Policy.Expressions;

/// <summary>Gives each metric that is asked about its place in a sample, in the order of the first question.</summary>
internal sealed class MetricSlots
{
    private readonly List<Metric> _metrics = [];
    private readonly Dictionary<string, int> _slots = [];

    /// <summary>The metric's slot; what a function is over always has a lower one.</summary>
    public int SlotOf(Metric metric)
    {
        if (!_slots.TryGetValue(metric.Name, out int slot))
        {
            if (metric.Window is { } window)
                SlotOf(window.Argument);
            foreach (string needed in Needed(metric))
                SlotOf(MetricCatalog.Get(needed));
            slot = _metrics.Count;
            _slots.Add(metric.Name, slot);
            _metrics.Add(metric);
        }

        return slot;
    }

    /// <summary>What an effective protection is computed from, for all cgroups.</summary>
    private static string[] Needed(Metric metric) =>
        metric.Source == MetricSource.Protection ? ["memory.current", "memory.min", "memory.low"] : [];

    public Metric[] ToArray() => _metrics.ToArray();

    /// <summary>The host's, which begin with those that are sampled whatever a policy asks.</summary>
    public static MetricSlots ForHost()
    {
        var slots = new MetricSlots();
        foreach (Metric metric in PolicySet.BaseHostMetrics)
            slots.SlotOf(metric);
        return slots;
    }
}
