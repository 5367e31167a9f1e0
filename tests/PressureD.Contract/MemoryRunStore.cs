using System;
using PressureD.Core.Durable;
using PressureD.Core.Kernel;

namespace PressureD.Contract;

/// <summary>A run store in memory.</summary>
internal sealed class MemoryRunStore : IRunStore
{
    private readonly byte[] _bytes = new byte[UndoJournal.StoreBytes];

    public Span<byte> Bytes => _bytes;
}
