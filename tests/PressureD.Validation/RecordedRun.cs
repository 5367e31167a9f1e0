using System;
using System.Collections.Generic;
using PressureD.Cli.Recordings;
using PressureD.Simulation.Recordings;

namespace PressureD.Validation;

/// <summary>A real run: its recording, and when the machine was looked at.</summary>
internal sealed class RecordedRun
{
    /// <summary>
    /// A machine whose recorder, ahead of everybody and with its memory protected, gets no sample for so long stands
    /// still. The kernel counts no stall meanwhile: the emulator is busy with itself.
    /// </summary>
    private const long StandstillUsec = 2_000_000;

    private readonly List<long> _samplesUsec = [];

    /// <exception cref="FormatException">It is no recording.</exception>
    internal RecordedRun(string path)
    {
        RecordingReader reader = new(path);
        Recording = new Recording(reader.Frames);
        FrameDecoder decoder = new();
        foreach (ReadOnlyMemory<byte> frame in reader.Frames())
        {
            decoder.Read(frame.Span);
            _samplesUsec.Add(decoder.NowUsec);
        }
    }

    internal Recording Recording { get; }

    /// <summary>Since the recording began: when the machine first stood still after a moment, or its end.</summary>
    internal long RunsUntilUsec(long afterUsec)
    {
        for (int index = 1; index < _samplesUsec.Count; index++)
        {
            long beforeUsec = _samplesUsec[index - 1] - _samplesUsec[0];
            if (beforeUsec >= afterUsec && _samplesUsec[index] - _samplesUsec[index - 1] > StandstillUsec)
            {
                return beforeUsec;
            }
        }

        return _samplesUsec[^1] - _samplesUsec[0];
    }
}
