using System;
using PressureD.Core.Kernel;

namespace PressureD.Simulation.Kernel;

/// <summary>A run store that a restart of the simulated daemon finds again, and a reboot does not.</summary>
public sealed class SimulatedRunStore(int sizeBytes) : IRunStore
{
    private readonly byte[] _bytes = new byte[sizeBytes];

    /// <inheritdoc/>
    public Span<byte> Bytes => _bytes;

    /// <summary>The machine was booted anew.</summary>
    public void Clear() => Array.Clear(_bytes);
}
