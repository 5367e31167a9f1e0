using System;
using System.Collections.Generic;
using System.Text;
using PressureD.Core.Policy;
using PressureD.Core.Readers;

namespace PressureD.Core.Sampling;

/// <summary>Which control files give a rule's match metrics, worked out once for all its matches.</summary>
internal sealed class CgroupMetricPlan
{
    public CgroupMetricPlan(Metric[] metrics)
    {
        Metrics = metrics;
        var files = new List<FilePlan>();
        for (int slot = 0; slot < metrics.Length; slot++)
        {
            if (metrics[slot].Source == MetricSource.CgroupValue)
                files.Add(new FilePlan(Encoding.UTF8.GetBytes(metrics[slot].File), null, [slot]));
        }

        foreach (string file in KeyedFiles(metrics))
            files.Add(PlanKeyed(metrics, file));
        Files = files.ToArray();

        var resources = new List<string>();
        foreach (string resource in (string[])["memory", "io", "cpu"])
        {
            if (Array.Exists(metrics, metric => metric.Source == MetricSource.Psi && metric.File == resource))
                resources.Add(resource);
        }

        PsiResources = resources.ToArray();
        PsiFileNames = resources.ConvertAll(static name => Encoding.UTF8.GetBytes($"{name}.pressure")).ToArray();
    }

    public Metric[] Metrics { get; }

    public FilePlan[] Files { get; }

    public string[] PsiResources { get; }

    public byte[][] PsiFileNames { get; }

    private static List<string> KeyedFiles(Metric[] metrics)
    {
        var names = new List<string>();
        foreach (Metric metric in metrics)
        {
            if (metric.Source == MetricSource.CgroupKey && !names.Contains(metric.File))
                names.Add(metric.File);
        }

        return names;
    }

    private static FilePlan PlanKeyed(Metric[] metrics, string file)
    {
        var keys = new List<string>();
        var slots = new List<int>();
        for (int slot = 0; slot < metrics.Length; slot++)
        {
            if (metrics[slot].Source != MetricSource.CgroupKey || metrics[slot].File != file)
                continue;
            keys.Add(metrics[slot].Key);
            slots.Add(slot);
        }

        return new FilePlan(Encoding.UTF8.GetBytes(file), new KeyedReader(keys), slots.ToArray());
    }

    /// <param name="Name">The control file.</param>
    /// <param name="Reader">For a flat-keyed file; null for a file with one value.</param>
    /// <param name="Slots">Where its values go, in the reader's key order.</param>
    internal sealed record FilePlan(byte[] Name, KeyedReader? Reader, int[] Slots);
}
