using PressureD.Linux;

namespace PressureD.Cli;

/// <summary>The machine that this program runs on.</summary>
internal static class RealMachine
{
    /// <summary>More descriptors than this are not asked for: each cgroup is held open, and files of some.</summary>
    private const int WantedDescriptors = 1 << 16;

    /// <summary>Opens its kernel, for reading, with room for all that is held open.</summary>
    internal static LinuxKernel Open()
    {
        ProcessMemory.RaiseOpenFiles(WantedDescriptors);
        return LinuxKernel.Open();
    }
}
