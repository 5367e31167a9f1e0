using System;
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
        MetricOrigin? machine = Operand.OfHost ? metric.OfMachine : null;
        MetricSource source = machine?.Source ?? metric.Source;
        string file = machine?.File ?? metric.File;
        string key = machine?.Key ?? metric.Key;
        if (metric.Name == "time_to_exhaustion")
        {
            text.Append("there are fewer than three samples of memory yet, or /proc/meminfo has no MemAvailable"u8);
            return;
        }

        switch (source)
        {
            case MetricSource.Psi:
                text.Append(Operand.OfHost ? "/proc/pressure/"u8 : default).Append(file)
                    .Append(Operand.OfHost ? default : ".pressure"u8);
                break;
            case MetricSource.Meminfo:
                text.Append("/proc/meminfo"u8);
                break;
            case MetricSource.Vmstat or MetricSource.VmstatRate:
                text.Append("/proc/vmstat"u8);
                break;
            case MetricSource.Arc:
                text.Append("/proc/spl/kstat/zfs/arcstats"u8);
                break;
            case var _ when file.Length > 0:
                text.Append(file);
                break;
            default:
                text.Append(metric.Name.StartsWith("zram.", StringComparison.Ordinal)
                    ? "/proc/swaps or what it is computed from there"u8
                    : "/proc/meminfo or what it is computed from there"u8);
                break;
        }

        text.Append(Operand.OfHost || file.Length == 0 ? default : " of the cgroup"u8).Append(" cannot be read"u8);
        if (key.Length > 0)
            text.Append(" or has no "u8).Append(key);
    }
}
