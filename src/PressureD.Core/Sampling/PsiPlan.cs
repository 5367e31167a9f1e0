using System;
using System.Text;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;

namespace PressureD.Core.Sampling;

/// <summary>Which numbers of one resource's pressure file are asked about.</summary>
internal sealed class PsiPlan
{
    private PsiPlan(string resource, Entry[] entries)
    {
        Resource = resource;
        FileName = Encoding.UTF8.GetBytes($"{resource}.pressure");
        Entries = entries;
    }

    public string Resource { get; }

    /// <summary>In a cgroup's directory.</summary>
    public byte[] FileName { get; }

    public Entry[] Entries { get; }

    public bool IsNeeded => Entries.Length > 0;

    public static PsiPlan For(Metric[] metrics, Func<int, bool> isAsked, string resource)
    {
        int n = 0;
        var entries = new Entry[metrics.Length];
        for (int slot = 0; slot < metrics.Length; slot++)
        {
            if (metrics[slot].Source == MetricSource.Psi && metrics[slot].File == resource && isAsked(slot))
                entries[n++] = ParseKey(slot, metrics[slot].Key);
        }

        return new PsiPlan(resource, entries.AsSpan(0, n).ToArray());
    }

    private static Entry ParseKey(int slot, string key)
    {
        int dot = key.IndexOf('.', StringComparison.Ordinal);
        StallKind kind = key.AsSpan(0, dot).SequenceEqual("some") ? StallKind.Some : StallKind.Full;
        PsiField field = key[(dot + 1)..] switch
        {
            "avg10" => PsiField.Avg10,
            "avg60" => PsiField.Avg60,
            "avg300" => PsiField.Avg300,
            "total" => PsiField.Total,
            "stall" => PsiField.Stall,
            string other => throw new ArgumentException($"no PSI field {other}"),
        };
        return new Entry(slot, kind, field);
    }

    internal readonly record struct Entry(int Slot, StallKind Kind, PsiField Field);
}
