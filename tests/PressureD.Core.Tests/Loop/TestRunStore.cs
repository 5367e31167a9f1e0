using System;
using PressureD.Core.Durable;
using PressureD.Core.Kernel;

namespace PressureD.Core.Tests.Loop;

/// <summary>A run store in memory.</summary>
internal sealed class TestRunStore(int size = UndoJournal.StoreBytes) : IRunStore
{
    private readonly byte[] _bytes = new byte[size];

    public Span<byte> Bytes => _bytes;
}
