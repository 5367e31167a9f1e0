using System;
using System.IO;
using System.Threading;
using PressureD.Core.Kernel;
using PressureD.Linux;
using PressureD.Simulation.Recordings;

namespace PressureD.Cli.Recordings;

/// <summary>Records this machine into a file until it is told to end.</summary>
internal sealed class RecordingRun
{
    /// <summary>So long the end waits for what workers still read.</summary>
    private const long ReadsUsec = 1_000_000;

    private readonly LinuxKernel _kernel;
    private readonly MachineRecorder _recorder;
    private readonly RecordingWriter _writer;
    private readonly WaitEvent[] _events = new WaitEvent[16];
    private readonly long _everyUsec;
    private readonly TimeSpan _startedCpu = Environment.CpuUsage.TotalTime;
    private readonly long _startedUsec;

    /// <param name="kernel">This machine.</param>
    /// <param name="recorder">Reads it.</param>
    /// <param name="writer">Keeps what it reads.</param>
    /// <param name="everyUsec">From one sample to the next.</param>
    internal RecordingRun(LinuxKernel kernel, MachineRecorder recorder, RecordingWriter writer, long everyUsec)
    {
        _kernel = kernel;
        _recorder = recorder;
        _writer = writer;
        _everyUsec = everyUsec;
        _startedUsec = kernel.NowUsec;
    }

    /// <summary>Samples that could not be taken in time and were left out.</summary>
    internal long Missed { get; private set; }

    /// <summary>The longest that one sample took.</summary>
    internal long LongestUsec { get; private set; }

    /// <summary>Processor time of this program since the beginning.</summary>
    internal TimeSpan CpuTime => Environment.CpuUsage.TotalTime - _startedCpu;

    internal long ElapsedUsec => _kernel.NowUsec - _startedUsec;

    /// <summary>Records for so long, or until it is to end.</summary>
    /// <exception cref="IOException">The file cannot be written, or is too small for a sample.</exception>
    internal void Run(long durationUsec, CancellationToken ending)
    {
        using CancellationTokenRegistration wake = ending.Register(_kernel.Wake);
        long endUsec = durationUsec < long.MaxValue - _startedUsec ? _startedUsec + durationUsec : long.MaxValue;
        long nextUsec = _startedUsec;
        while (!ending.IsCancellationRequested && _kernel.NowUsec < endUsec)
        {
            Sample();
            nextUsec += _everyUsec;
            for (; nextUsec <= _kernel.NowUsec; nextUsec += _everyUsec)
            {
                Missed++;
            }

            long untilUsec = Math.Min(nextUsec, endUsec);
            while (!ending.IsCancellationRequested && _kernel.NowUsec < untilUsec)
            {
                _kernel.Wait(untilUsec, _events);
                _recorder.Advance();
            }
        }

        // A recording of a moment has the command lines as well.
        long lastUsec = _kernel.NowUsec + ReadsUsec;
        while (_recorder.IsReading && _kernel.NowUsec < lastUsec)
        {
            _kernel.Wait(lastUsec, _events);
            _recorder.Advance();
        }

        Sample();
        _writer.End();
    }

    private void Sample()
    {
        long beforeUsec = _kernel.NowUsec;
        long wallUsec = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        if (!_writer.TryWrite(_recorder.Sample(wallUsec)))
        {
            _writer.Begin(_recorder.Whole());
        }

        LongestUsec = Math.Max(LongestUsec, _kernel.NowUsec - beforeUsec);
    }
}
