using System;
using PressureD.Core.Kernel;

namespace PressureD.Linux;

/// <summary>
/// A run store that ends with the process, for whoever decides to go on without <see cref="RunStore"/>: after a
/// restart, cooldowns and the undo journal are forgotten.
/// </summary>
public sealed class MemoryRunStore(int length) : IRunStore
{
    private readonly byte[] _bytes = GC.AllocateArray<byte>(length, pinned: true);

    /// <inheritdoc/>
    public Span<byte> Bytes => _bytes;
}
