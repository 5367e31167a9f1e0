using PressureD.Core.Publishing;
using PressureD.Linux;

namespace PressureD;

/// <summary>Wakes the loop out of its wait.</summary>
internal sealed class LoopWake(LinuxKernel kernel) : IWake
{
    public void Signal() => kernel.Wake();
}
