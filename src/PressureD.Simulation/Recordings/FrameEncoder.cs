using System;
using System.Collections.Generic;
using System.Text;

namespace PressureD.Simulation.Recordings;

/// <summary>
/// Writes frames: what all files say at a moment, as the difference to the frame before, or whole, so that reading can
/// begin there. <see cref="FrameDecoder"/> reads them.
/// </summary>
internal sealed class FrameEncoder
{
    /// <summary>The first byte of a frame.</summary>
    internal const byte WholeFrame = 1;
    internal const byte DifferenceFrame = 0;

    private const int MostGone = 50_000;

    private readonly List<RecordedCell> _cells = [];
    private readonly FrameBuffer _removed = new();
    private readonly FrameBuffer _added = new();
    private readonly FrameBuffer _changed = new();
    private readonly FrameBuffer _frame = new();
    private int _removedCount;
    private int _addedCount;
    private int _changedCount;
    private int _numbers;
    private int _gone;
    private int _lastChanged;
    private int _lastRemoved;
    private byte[] _lastKey = [];
    private long _nowUsec;
    private long _offsetMsec;
    private long _frameUsec;
    private long _frameOffsetMsec;

    /// <summary>
    /// Whether most numbers name files that are gone, which a reader has to remember until the next whole frame.
    /// </summary>
    public bool IsWholeDue => _numbers > MostGone + (4 * _cells.Count);

    /// <summary>All files there are, and some that are gone.</summary>
    public IReadOnlyList<RecordedCell> Cells => _cells;

    /// <summary>A frame begins.</summary>
    /// <param name="nowUsec">CLOCK_MONOTONIC.</param>
    /// <param name="wallUsec">The time of day, since 1970.</param>
    public void Begin(long nowUsec, long wallUsec)
    {
        if (_gone > _cells.Count / 2) DropGone();
        _nowUsec = nowUsec;
        _offsetMsec = (wallUsec - nowUsec) / 1000;
        _removed.Clear();
        _added.Clear();
        _changed.Clear();
        _removedCount = _addedCount = _changedCount = 0;
        _lastChanged = _lastRemoved = 0;
        _lastKey = [];
    }

    /// <summary>What a file says now.</summary>
    public void Put(RecordedCell cell, ReadOnlySpan<byte> content)
    {
        if (cell.Number < 0)
        {
            Add(cell);
            TextDelta.WriteWhole(content, _added);
        }
        else if (cell.Errno != 0 || !content.SequenceEqual(cell.Content))
        {
            Change(cell);
            TextDelta.Write(cell.Content, content, _changed);
        }
        else
        {
            return;
        }

        cell.Keep(content);
    }

    /// <summary>Reading a file gives an error.</summary>
    /// <param name="cell">The file.</param>
    /// <param name="errno">Positive.</param>
    public void PutErrno(RecordedCell cell, int errno)
    {
        if (cell.Number < 0)
        {
            Add(cell);
            TextDelta.WriteErrno(errno, _added);
        }
        else if (cell.Errno != errno)
        {
            Change(cell);
            TextDelta.WriteErrno(errno, _changed);
        }

        cell.KeepErrno(errno);
    }

    /// <summary>There is no such file any more.</summary>
    public void Remove(RecordedCell cell)
    {
        if (cell.Number < 0) return;
        _removed.AddSigned(cell.Number - _lastRemoved);
        _lastRemoved = cell.Number;
        _removedCount++;
        _gone++;
        cell.Number = -1;
    }

    /// <summary>The frame: what is different since the frame before.</summary>
    public ReadOnlySpan<byte> End()
    {
        _frame.Clear();
        _frame.Add(DifferenceFrame);
        _frame.AddNumber(_nowUsec - _frameUsec);
        _frame.AddSigned(_offsetMsec - _frameOffsetMsec);
        _frame.AddNumber(_removedCount);
        _frame.Add(_removed.Bytes);
        _frame.AddNumber(_addedCount);
        _frame.Add(_added.Bytes);
        _frame.AddNumber(_changedCount);
        _frame.Add(_changed.Bytes);
        Ended();
        return _frame.Bytes;
    }

    /// <summary>The same moment whole: the frames after it do not need those before.</summary>
    public ReadOnlySpan<byte> Whole()
    {
        DropGone();
        _frame.Clear();
        _frame.Add(WholeFrame);
        _frame.AddNumber(_nowUsec);
        _frame.AddSigned(_offsetMsec);
        _frame.AddNumber(_cells.Count);
        ReadOnlySpan<byte> before = [];
        for (var number = 0; number < _cells.Count; number++)
        {
            var cell = _cells[number];
            cell.Number = number;
            var key = Encoding.UTF8.GetBytes(cell.Key);
            AddKey(before, key, _frame);
            before = key;
            if (cell.Errno != 0) TextDelta.WriteErrno(cell.Errno, _frame);
            else TextDelta.WriteWhole(cell.Content, _frame);
        }

        _numbers = _cells.Count;
        Ended();
        return _frame.Bytes;
    }

    private void DropGone()
    {
        _cells.RemoveAll(static cell => cell.Number < 0);
        _gone = 0;
    }

    private void Ended()
    {
        _frameUsec = _nowUsec;
        _frameOffsetMsec = _offsetMsec;
    }

    private void Add(RecordedCell cell)
    {
        cell.Number = _numbers++;
        _cells.Add(cell);
        var key = Encoding.UTF8.GetBytes(cell.Key);
        AddKey(_lastKey, key, _added);
        _lastKey = key;
        _addedCount++;
    }

    private void Change(RecordedCell cell)
    {
        _changed.AddSigned(cell.Number - _lastChanged);
        _lastChanged = cell.Number;
        _changedCount++;
    }

    // Keys that follow each other begin alike.
    private static void AddKey(ReadOnlySpan<byte> before, ReadOnlySpan<byte> key, FrameBuffer output)
    {
        var shared = before.CommonPrefixLength(key);
        output.AddNumber(shared);
        output.AddBlock(key[shared..]);
    }
}
