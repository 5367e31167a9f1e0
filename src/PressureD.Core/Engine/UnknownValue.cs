using PressureD.Core.Policy;
using PressureD.Core.Publishing;

namespace PressureD.Core.Engine;

/// <summary>A metric of a condition that has no value, and why.</summary>
/// <param name="Operand">Which, and whose.</param>
/// <param name="Cause">Why.</param>
internal readonly record struct UnknownValue(MetricOperand Operand, UnknownCause Cause)
{
    /// <summary>Says why, for people: the file and what of it, or what else is lacking.</summary>
    public void AppendCause(TextBuffer text)
    {
        switch (Cause)
        {
            case UnknownCause.WindowOpen:
                text.Append("its window is not full yet"u8);
                break;
            case UnknownCause.JustActed:
                text.Append("right after an act an average says nothing yet"u8);
                break;
            default:
                AppendPlace(text);
                break;
        }
    }

    private void AppendPlace(TextBuffer text)
    {
        Metric metric = Operand.Metric.Window?.Root ?? Operand.Metric;
        MetricOrigin origin = Operand.OfHost && metric.OfMachine is { } machine
            ? machine
            : new MetricOrigin(metric.Source, metric.File, metric.Key);
        string file = origin.Source switch
        {
            MetricSource.Psi => Operand.OfHost ? $"/proc/pressure/{origin.File}" : $"{origin.File}.pressure",
            MetricSource.Meminfo => "/proc/meminfo",
            MetricSource.Vmstat or MetricSource.VmstatRate => "/proc/vmstat",
            MetricSource.Arc => "/proc/spl/kstat/zfs/arcstats",
            _ => origin.File,
        };
        if (metric.Name == "time_to_exhaustion")
            text.Append("there are fewer than three samples of memory yet"u8);
        else if (file.Length == 0)
            text.Append("what it is computed from cannot be read"u8);
        else
            AppendFile(text, file, origin.Key);
    }

    private void AppendFile(TextBuffer text, string file, string key)
    {
        text.Append(file);
        if (!Operand.OfHost)
            text.Append(" of the cgroup"u8);
        text.Append(" cannot be read"u8);
        if (key.Length > 0)
            text.Append(" or has no "u8).Append(key);
    }
}
