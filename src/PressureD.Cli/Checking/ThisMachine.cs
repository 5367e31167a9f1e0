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
        int count = SwapsReader.Read(File.ReadAllBytes("/proc/swaps"), devices);
        const string zswap = "/sys/module/zswap/parameters/enabled";
        return new MachineReach
        {
            Size = Size(),
            HasZram = Array.Exists(devices[..count], static device => device.IsZram),
            HasZswap = File.Exists(zswap) && File.ReadAllText(zswap).StartsWith('Y'),
        };
    }
}
