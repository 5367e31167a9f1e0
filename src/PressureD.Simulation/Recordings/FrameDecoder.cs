using System;
using System.Collections.Generic;
using System.Text;

namespace PressureD.Simulation.Recordings;

/// <summary>
/// Reads the frames of a <see cref="FrameEncoder"/> in their order: what all files said at each moment.
/// </summary>
internal sealed class FrameDecoder
{
    private readonly Dictionary<string, RecordedValue> _values = new(StringComparer.Ordinal);
    private readonly List<string> _keys = [];
    private readonly List<string> _changed = [];
    private readonly List<string> _removed = [];
    private readonly FrameBuffer _scratch = new();
    private long _offsetMsec;

    /// <summary>CLOCK_MONOTONIC of the frame.</summary>
    public long NowUsec { get; private set; }

    /// <summary>Its time of day, since 1970; good to a millisecond.</summary>
    public long WallUsec => NowUsec + (_offsetMsec * 1000);

    /// <summary>All files of the frame.</summary>
    public IReadOnlyDictionary<string, RecordedValue> Values => _values;

    /// <summary>Files that are new or say something else than in the frame before, in the order of the frame.</summary>
    public IReadOnlyList<string> Changed => _changed;

    /// <summary>Files that there were in the frame before.</summary>
    public IReadOnlyList<string> Removed => _removed;

    /// <summary>Reads the next frame.</summary>
    /// <exception cref="FormatException">It is none, or not the next one.</exception>
    public void Read(ReadOnlySpan<byte> frame)
    {
        _changed.Clear();
        _removed.Clear();
        var input = new FrameCursor(frame);
        switch (input.Byte())
        {
            case FrameEncoder.WholeFrame:
                ReadWhole(ref input);
                break;
            case FrameEncoder.DifferenceFrame when _keys.Count > 0:
                ReadDifference(ref input);
                break;
            default:
                throw new FormatException("a frame of an unknown kind");
        }

        if (!input.IsAtEnd) throw new FormatException("a frame is longer than what is in it");
    }

    private void ReadWhole(ref FrameCursor input)
    {
        NowUsec = input.Number();
        _offsetMsec = input.Signed();
        var gone = new HashSet<string>(_values.Keys, StringComparer.Ordinal);
        _keys.Clear();
        ReadAdded(ref input, gone);
        foreach (var key in gone) Remove(key);
    }

    private void ReadDifference(ref FrameCursor input)
    {
        NowUsec += input.Number();
        _offsetMsec += input.Signed();
        long number = 0;
        for (var left = input.Count(); left > 0; left--)
        {
            number += input.Signed();
            Remove(KeyAt(number));
        }

        ReadAdded(ref input, null);
        number = 0;
        for (var left = input.Count(); left > 0; left--)
        {
            number += input.Signed();
            Set(KeyAt(number), ref input);
        }
    }

    private void ReadAdded(ref FrameCursor input, HashSet<string>? gone)
    {
        byte[] before = [];
        for (var left = input.Count(); left > 0; left--)
        {
            var shared = input.Number();
            if (shared < 0 || shared > before.Length) throw new FormatException("a name begins like none before it");
            byte[] name = [.. before.AsSpan(0, (int)shared), .. input.Block()];
            before = name;
            var key = Encoding.UTF8.GetString(name);
            gone?.Remove(key);
            _keys.Add(key);
            Set(key, ref input);
        }
    }

    private string KeyAt(long number) => number >= 0 && number < _keys.Count && _values.ContainsKey(_keys[(int)number])
        ? _keys[(int)number]
        : throw new FormatException("a file of which nothing is known");

    private void Set(string key, ref FrameCursor input)
    {
        var known = _values.TryGetValue(key, out var before);
        var (content, errno) = TextDelta.Read(before.Content, ref input, _scratch);
        var same = known && errno == before.Errno && content.AsSpan().SequenceEqual(before.Content);
        if (same) return;
        _values[key] = new RecordedValue(content, errno);
        _changed.Add(key);
    }

    private void Remove(string key)
    {
        _values.Remove(key);
        _removed.Add(key);
    }
}
