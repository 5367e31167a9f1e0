using System;
using PressureD.Core.Publishing;
using PressureD.Core.Readers;
using PressureD.Systemd.Interop;

namespace PressureD.Systemd.Bus;

/// <summary>
/// Samples for whoever asked for a stream of them: one JSON object a line through a pipe. A reader whose pipe is full
/// is dropped: nobody waits for it.
/// </summary>
internal sealed unsafe class SampleStreams : IDisposable
{
    private const int MostStreams = 8;
    private const uint DefaultMsec = 1000;
    private const uint ShortestMsec = 100;

    private readonly int[] _descriptors = new int[MostStreams];
    private readonly long[] _intervalsUsec = new long[MostStreams];
    private readonly long[] _dueUsec = new long[MostStreams];
    private readonly TextBuffer _line = new(1024);

    internal SampleStreams() => Array.Fill(_descriptors, -1);

    public void Dispose()
    {
        for (int i = 0; i < MostStreams; i++)
        {
            Close(i);
        }
    }

    /// <summary>Opens a stream.</summary>
    /// <param name="intervalMsec">Between two lines at least; 0: a second.</param>
    /// <returns>The end to read from, which the caller closes; negative: there is no room.</returns>
    internal int Open(uint intervalMsec)
    {
        int place = Array.IndexOf(_descriptors, -1);
        int* ends = stackalloc int[2];
        if (place < 0 || Libc.Pipe(ends, Libc.PipeNonBlocking | Libc.PipeCloseOnExec) < 0)
        {
            return -1;
        }

        uint msec = intervalMsec == 0 ? DefaultMsec : Math.Max(intervalMsec, ShortestMsec);
        _descriptors[place] = ends[1];
        _intervalsUsec[place] = msec * 1000L;
        _dueUsec[place] = 0;
        return ends[0];
    }

    /// <summary>Writes a line to every stream that is due.</summary>
    /// <param name="snapshot">What it says.</param>
    /// <param name="now">The time.</param>
    /// <param name="until">Lowered to when the next one is due.</param>
    internal void Write(DaemonSnapshot snapshot, long now, ref long until)
    {
        _line.Clear();
        for (int i = 0; i < MostStreams; i++)
        {
            if (_descriptors[i] < 0)
            {
                continue;
            }

            if (now >= _dueUsec[i])
            {
                if (_line.Length == 0)
                {
                    Render(snapshot);
                }

                if (!TryWrite(_descriptors[i]))
                {
                    Close(i);
                    continue;
                }

                _dueUsec[i] = now + _intervalsUsec[i];
            }

            until = Math.Min(until, _dueUsec[i]);
        }
    }

    private bool TryWrite(int descriptor)
    {
        // A line is shorter than PIPE_BUF, so it goes in whole or not at all.
        fixed (byte* bytes = _line.Span)
        {
            return Libc.Write(descriptor, bytes, (nuint)_line.Length) == _line.Length;
        }
    }

    private void Close(int place)
    {
        if (_descriptors[place] >= 0)
        {
            Libc.Close(_descriptors[place]);
            _descriptors[place] = -1;
        }
    }

    private void Render(DaemonSnapshot snapshot)
    {
        _line.Append("{\"format\":1,\"time_usec\":"u8).Append(snapshot.NowUsec)
            .Append(",\"level\":"u8).Append((long)snapshot.Level);
        Add(",\"memory_available_bytes\":"u8, snapshot.MemoryAvailableBytes);
        Add(",\"memory_available_user_millionths\":"u8, snapshot.AvailableUserMillionths);
        Add(",\"swap_free_bytes\":"u8, snapshot.SwapFreeBytes);
        Add(",\"time_to_exhaustion_usec\":"u8, snapshot.TimeToExhaustionUsec);
        Add(",\"memory_some_avg10_millionths\":"u8, snapshot.MemorySomeAvg10Millionths);
        Add(",\"memory_full_avg10_millionths\":"u8, snapshot.MemoryFullAvg10Millionths);
        Add(",\"io_full_avg10_millionths\":"u8, snapshot.IoFullAvg10Millionths);
        Add(",\"kills\":"u8, snapshot.Kills);
        _line.Append("}\n"u8);
    }

    private void Add(ReadOnlySpan<byte> name, long value)
    {
        _line.Append(name);
        if (value is Quantity.Unknown or Quantity.Unlimited)
        {
            _line.Append("null"u8);
        }
        else
        {
            _line.Append(value);
        }
    }
}
