using System;
using System.Collections.Generic;
using System.Text;
using PressureD.Core.Policy;
using PressureD.Core.Readers;

namespace PressureD.Core.Sampling;

/// <summary>
/// Which control files give the metrics that all rules together ask about a cgroup, worked out once for all cgroups of
/// which the same is asked.
/// </summary>
internal sealed class CgroupMetricPlan
{
    private static readonly string[] Resources = ["memory", "io", "cpu", "irq"];

    /// <param name="metrics">All metrics of cgroups in the policy, by slot.</param>
    /// <param name="slots">Those asked about.</param>
    /// <param name="hostMetrics">
    /// For the root cgroup, whose values are the machine's where it has no file of its own: the host's metrics.
    /// </param>
    public CgroupMetricPlan(Metric[] metrics, SlotSet slots, Metric[]? hostMetrics = null)
    {
        Metrics = metrics;
        Asked = new SlotSet(metrics.Length);
        Asked.CopyFrom(slots);
        Slots = Asked.ToArray();
        var files = new List<FilePlan>();
        var copies = new List<(int, int)>();
        var resources = new List<PsiPlan>();
        foreach (int slot in Slots)
        {
            Metric metric = metrics[slot];
            int host = hostMetrics is null || metric.Source is MetricSource.Window
                ? -1
                : Array.FindIndex(hostMetrics, known => known.Name == metric.Name);
            if (host >= 0)
                copies.Add((slot, host));
            else if (metric.Source == MetricSource.CgroupValue)
                files.Add(new FilePlan(Encoding.UTF8.GetBytes(metric.File), null, [slot]));
        }

        HostCopies = copies.ToArray();
        foreach (string file in KeyedFiles(MetricSource.CgroupKey))
            files.Add(PlanKeyed(file));
        Files = files.ToArray();
        foreach (string resource in Resources)
        {
            PsiPlan plan = PsiPlan.For(metrics, IsRead, resource);
            if (plan.IsNeeded)
                resources.Add(plan);
        }

        Psi = resources.ToArray();
        Io = IoPlan.For(metrics, IsRead);
        int windows = 0;
        foreach (int slot in Slots)
            windows += metrics[slot].Window is null ? 0 : 1;
        SamplerBytes = 350 + (8 * metrics.Length) + (16 * files.Count) + (420 * resources.Count) + (640 * windows);
    }

    /// <summary>What a sampler of this plan takes on the heap, roughly.</summary>
    public int SamplerBytes { get; }

    public Metric[] Metrics { get; }

    /// <summary>The slots it was made for.</summary>
    public SlotSet Asked { get; }

    /// <summary>As a list, ascending.</summary>
    public int[] Slots { get; }

    public FilePlan[] Files { get; }

    public PsiPlan[] Psi { get; }

    public IoPlan? Io { get; }

    /// <summary>For the root cgroup: what is the machine's, by the host's slot.</summary>
    public (int Slot, int HostSlot)[] HostCopies { get; }

    /// <summary>Whether a slot is asked about and read from the cgroup's own files.</summary>
    private bool IsRead(int slot)
    {
        foreach ((int copied, _) in HostCopies)
        {
            if (copied == slot)
                return false;
        }

        return Array.IndexOf(Slots, slot) >= 0;
    }

    private List<string> KeyedFiles(MetricSource source)
    {
        var names = new List<string>();
        foreach (int slot in Slots)
        {
            if (Metrics[slot].Source == source && IsRead(slot) && !names.Contains(Metrics[slot].File))
                names.Add(Metrics[slot].File);
        }

        return names;
    }

    private FilePlan PlanKeyed(string file)
    {
        var keys = new List<string>();
        var slots = new List<int>();
        foreach (int slot in Slots)
        {
            Metric metric = Metrics[slot];
            if (metric.Source != MetricSource.CgroupKey || metric.File != file || !IsRead(slot))
                continue;
            keys.Add(metric.Key);
            slots.Add(slot);
        }

        return new FilePlan(Encoding.UTF8.GetBytes(file), new KeyedReader(keys), slots.ToArray());
    }

    /// <param name="Name">The control file.</param>
    /// <param name="Reader">For a flat-keyed file; null for a file with one value.</param>
    /// <param name="Slots">Where its values go, in the reader's key order.</param>
    internal sealed record FilePlan(byte[] Name, KeyedReader? Reader, int[] Slots);
}
