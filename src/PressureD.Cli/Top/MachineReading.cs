using System;
using PressureD.Core.Kernel;
using PressureD.Core.Readers;
using PressureD.Systemd.Bus;

namespace PressureD.Cli.Top;

/// <summary>What can be known of the machine without the daemon.</summary>
internal static class MachineReading
{
    private static readonly KeyedReader MemInfo =
        new(["MemTotal", "MemAvailable", "AnonPages", "SwapTotal", "SwapFree"]);

    internal static DaemonStatus Read(IKernel kernel)
    {
        byte[] buffer = new byte[8192];
        long[] values = new long[MemInfo.Count];
        MemInfo.Read(Content(kernel, "/proc/meminfo"u8, buffer), values);
        PsiReading memory = Pressure(kernel, "/proc/pressure/memory"u8, buffer);
        PsiReading io = Pressure(kernel, "/proc/pressure/io"u8, buffer);
        bool known = values[1] >= 0 && values[2] >= 0 && values[1] + values[2] > 0;
        return new DaemonStatus
        {
            MemoryTotalBytes = Known(values[0]),
            MemoryAvailableBytes = Known(values[1]),
            MemoryAvailableUserPercent = known ? 100.0 * values[1] / (values[1] + values[2]) : null,
            SwapTotalBytes = Known(values[3]),
            SwapFreeBytes = Known(values[4]),
            MemorySomeAvg10Percent = Percent(memory.Some),
            MemoryFullAvg10Percent = Percent(memory.Full),
            IoFullAvg10Percent = Percent(io.Full),
        };
    }

    private static ulong? Known(long value) => value >= 0 ? (ulong)value : null;

    private static double? Percent(PsiLine line) => line.Present ? line.Avg10 / (Quantity.Whole / 100.0) : null;

    private static PsiReading Pressure(IKernel kernel, ReadOnlySpan<byte> path, byte[] buffer)
    {
        PsiReader.TryRead(Content(kernel, path, buffer), out PsiReading reading);
        return reading;
    }

    private static ReadOnlySpan<byte> Content(IKernel kernel, ReadOnlySpan<byte> path, byte[] buffer)
    {
        int length = WholeFile.Read(kernel, KernelDirectory.None, path, buffer);
        return buffer.AsSpan(0, Math.Max(length, 0));
    }
}
