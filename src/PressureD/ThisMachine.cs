using System.IO;
using PressureD.Core.Policy;
using PressureD.Core.Readers;

namespace PressureD;

/// <summary>The machine we run on, before there is a loop that samples it.</summary>
internal static class ThisMachine
{
    private static readonly string[] Keys = ["MemTotal", "SwapTotal"];

    /// <summary>Memory and swap as /proc/meminfo has them now.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static MachineSize Size()
    {
        long[] values = new long[Keys.Length];
        new KeyedReader(Keys).Read(File.ReadAllBytes("/proc/meminfo"), values);
        return new MachineSize(values[0], values[1]);
    }
}
