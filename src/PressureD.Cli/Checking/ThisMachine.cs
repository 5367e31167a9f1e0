using System;
using System.IO;
using PressureD.Core.Policy;
using PressureD.Core.Policy.Checks;
using PressureD.Core.Readers;

namespace PressureD.Cli.Checking;

/// <summary>The machine that the tool runs on.</summary>
internal static class ThisMachine
{
    /// <summary>What percentages are taken of.</summary>
    /// <exception cref="IOException">/proc/meminfo cannot be read.</exception>
    internal static MachineSize Size()
    {
        long[] values = new long[2];
        new KeyedReader(["MemTotal", "SwapTotal"]).Read(File.ReadAllBytes("/proc/meminfo"), values);
        return new MachineSize(values[0], values[1]);
    }

    /// <summary>What kinds of swap it has.</summary>
    /// <exception cref="IOException">/proc/meminfo or /proc/swaps cannot be read.</exception>
    internal static MachineReach Reach()
    {
        var devices = new SwapDevice[SwapsReader.MaxDevices];
        const string swaps = "/proc/swaps";

        // A kernel that cannot swap has no such file.
        int count = File.Exists(swaps) ? SwapsReader.Read(File.ReadAllBytes(swaps), devices) : 0;
        const string zswap = "/sys/module/zswap/parameters/enabled";
        return new MachineReach
        {
            Size = Size(),
            HasZram = Array.Exists(devices[..count], static device => device.IsZram),
            HasZswap = File.Exists(zswap) && File.ReadAllText(zswap).StartsWith('Y'),
        };
    }
}
