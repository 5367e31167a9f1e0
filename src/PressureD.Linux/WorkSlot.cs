using System;
using System.Threading;
using PressureD.Core.Kernel;

namespace PressureD.Linux;

/// <summary>A place for one blocking operation: its request, its state and the room for its result.</summary>
/// <remarks>
/// The loop owns a free or finished slot, the worker that moved it from queued to running owns a running one. The state
/// is the only thing both look at, and what it guards is written before it.
/// </remarks>
internal sealed class WorkSlot
{
    /// <summary>The largest result that is kept.</summary>
    public const int OutputBytes = 4096;

    private readonly byte[] _input = new byte[BlockingOperation.MaxPathBytes + BlockingOperation.MaxValueBytes];
    private int _pathLength;
    private int _valueLength;
    private int _state = Free;

    public const int Free = 0;
    public const int Queued = 1;
    public const int Running = 2;
    public const int Done = 3;

    public byte[] Output { get; } = GC.AllocateArray<byte>(OutputBytes, pinned: true);

    public BlockingOperation Operation { get; set; }

    /// <summary>The pid, or a descriptor that belongs to this operation.</summary>
    public int Target { get; set; }

    /// <summary>Whether the target is only to be closed: nobody waits for that, and there is no ticket.</summary>
    public bool ClosesOnly { get; set; }

    /// <summary>What a write is for.</summary>
    public ReadOnlySpan<byte> Path => _input.AsSpan(0, _pathLength);

    /// <summary>What a write writes.</summary>
    public ReadOnlySpan<byte> Value => _input.AsSpan(_pathLength, _valueLength);

    /// <summary>Order of queueing.</summary>
    public long Sequence { get; set; }

    /// <summary>Names this use of the slot.</summary>
    public int Ticket { get; set; }

    /// <summary>The length of the output, 0, or a negative errno.</summary>
    public int Result { get; set; }

    /// <summary>Whether the loop was told; its own note.</summary>
    public bool Reported { get; set; }

    public int State => Volatile.Read(ref _state);

    /// <summary>Copies what a write needs: the caller's own may change before a worker comes to it.</summary>
    public void Take(ReadOnlySpan<byte> path, ReadOnlySpan<byte> value)
    {
        path.CopyTo(_input);
        value.CopyTo(_input.AsSpan(path.Length));
        _pathLength = path.Length;
        _valueLength = value.Length;
    }

    /// <summary>Passes the slot on with everything written so far.</summary>
    public void MoveTo(int state) => Volatile.Write(ref _state, state);

    /// <summary>Takes a queued slot, for one of the workers.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _state, Running, Queued) == Queued;
}
