using System;
using System.Buffers.Text;
using PressureD.Core.Kernel;
using PressureD.Core.Readers;

namespace PressureD.Core.Actions;

/// <summary>
/// Takes memory from one cgroup, chunk by chunk. What counts is by how much it has shrunk: memory.reclaim answers
/// EAGAIN when it has not found all of it, however much that was.
/// </summary>
internal sealed class ReclaimJob
{
    /// <summary>
    /// A worker is held for no longer than this takes to be found or swapped out, and the condition is looked at again
    /// in between.
    /// </summary>
    private const long ChunkBytes = 16L << 20;

    private readonly byte[] _value = new byte[BlockingOperation.MaxValueBytes];
    private Target _target;
    private long _remainingBytes;
    private long _chunkBytes;
    private long _beforeBytes;
    private int _swappiness;
    private int _write = -1;

    public bool IsRunning { get; private set; }

    /// <summary>By how much the cgroup has shrunk so far.</summary>
    public long TakenBytes { get; private set; }

    /// <summary>Why it ended early, as a negative errno; 0 when it did not.</summary>
    public int Error { get; private set; }

    public void Begin(in Target target, long bytes, int swappiness)
    {
        _target = target;
        _remainingBytes = bytes;
        _swappiness = swappiness;
        TakenBytes = 0;
        Error = 0;
        IsRunning = bytes > 0;
    }

    /// <summary>Moves it on. It has ended when it no longer runs.</summary>
    public void Step(ActionServices services)
    {
        if (_write >= 0 && !Finish(services))
            return;
        if (IsRunning && _remainingBytes > 0 && _target.IsThere)
            BeginChunk(services);
        else
            IsRunning = false;
    }

    /// <summary>Ends it; a chunk under way goes on without it.</summary>
    public void Cancel(ActionServices services)
    {
        if (_write >= 0 && !Finish(services))
            services.Writer.Abandon(_write);
        _write = -1;
        IsRunning = false;
    }

    private void BeginChunk(ActionServices services)
    {
        long current = services.Targets.ReadCurrent(_target.Slot!.Directory);
        if (current == Quantity.Unknown)
        {
            IsRunning = false;
            return;
        }

        _beforeBytes = current;
        _chunkBytes = Math.Min(_remainingBytes, ChunkBytes);
        Utf8Formatter.TryFormat(_chunkBytes, _value, out int length);
        if (_swappiness >= 0 && !services.Lacks(ActionNeed.ReclaimSwappiness))
        {
            " swappiness="u8.CopyTo(_value.AsSpan(length));
            length += " swappiness="u8.Length;
            Utf8Formatter.TryFormat(_swappiness, _value.AsSpan(length), out int digits);
            length += digits;
        }

        int write = services.Writer.Begin(_target.Slot.Directory, "memory.reclaim"u8, _value.AsSpan(0, length));
        if (write >= 0)
            _write = write;
        else if (write != -Errno.EBUSY)
            End(services, write);
    }

    /// <returns>False while the chunk is under way.</returns>
    private bool Finish(ActionServices services)
    {
        if (!services.Writer.TryFinish(_write, out int result))
            return false;
        _write = -1;
        if (result == -Errno.EINVAL && _swappiness >= 0 && !services.Lacks(ActionNeed.ReclaimSwappiness))
        {
            services.NoteLack(ActionNeed.ReclaimSwappiness);
            return true;
        }

        long current = _target.IsThere ? services.Targets.ReadCurrent(_target.Slot!.Directory) : Quantity.Unknown;
        long taken = current == Quantity.Unknown ? 0 : Math.Max(_beforeBytes - current, 0);
        TakenBytes += taken;
        _remainingBytes -= _chunkBytes;
        if (result is not (0 or -Errno.ETIMEDOUT or -Errno.EINTR))
            End(services, result);
        else if (result < 0 && taken < _chunkBytes / 4)
            IsRunning = false;
        return true;
    }

    private void End(ActionServices services, int result)
    {
        IsRunning = false;

        // One that was removed while the write waited has no file either; that its slot has it still says nothing.
        bool isThere = _target.IsThere && services.Targets.IsAlive(_target.Slot!.Directory);
        if (Errno.IsGone(result) && !isThere)
            return;
        Error = result;
        if (result == -Errno.ENOENT)
            services.NoteLack(ActionNeed.Reclaim);
    }
}
