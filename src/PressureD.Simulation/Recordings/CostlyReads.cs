using System;
using System.Collections.Generic;
using PressureD.Core.Kernel;

namespace PressureD.Simulation.Recordings;

/// <summary>
/// Reads what processes execute, with which arguments, through workers: such a read can hang for as long as the process
/// is swapped out.
/// </summary>
internal sealed class CostlyReads(IKernel kernel)
{
    /// <summary>More at once would take the places of each other.</summary>
    private const int AtOnce = 8;

    private readonly Queue<(RecordedProcess Process, int File)> _waiting = new();
    private readonly List<(int Ticket, RecordedProcess Process, long StartTicks, int File)> _running = [];
    private readonly List<(RecordedProcess Process, long StartTicks, int File, byte[]? Content, int Errno)> _ended = [];
    private readonly byte[] _buffer = new byte[4096];

    /// <summary>Whether some read has not ended.</summary>
    public bool IsBusy => _waiting.Count + _running.Count > 0;

    /// <summary>Has both files of a process read.</summary>
    public void Ask(RecordedProcess process)
    {
        for (var file = 0; file < RecordedFiles.CostlyProcess.Count; file++) _waiting.Enqueue((process, file));
    }

    /// <summary>Takes what has been read, and begins the next reads.</summary>
    public void Advance()
    {
        for (var index = _running.Count - 1; index >= 0; index--)
        {
            var (ticket, process, start, file) = _running[index];
            var length = kernel.Finish(ticket, _buffer);
            if (length == -Errno.EAGAIN) continue;
            _running.RemoveAt(index);
            _ended.Add((process, start, file, length < 0 ? null : _buffer[..length], int.Max(0, -length)));
        }

        while (_running.Count < AtOnce && _waiting.TryPeek(out var next))
        {
            var operation = BlockingOperation.ReadProcess(next.Process.Pid, RecordedFiles.CostlyProcess[next.File]);
            var ticket = kernel.Begin(operation);
            if (ticket < 0) return;
            _waiting.Dequeue();
            _running.Add((ticket, next.Process, next.Process.StartTicks, next.File));
        }
    }

    /// <summary>Gives out what has been read since the last time.</summary>
    public void Take(FrameEncoder encoder)
    {
        foreach (var (process, start, file, content, errno) in _ended)
        {
            // It ended meanwhile, or its pid is another's now.
            if (process.Cells[0].Number < 0 || process.StartTicks != start || errno is Errno.ENOENT or Errno.ESRCH)
                continue;
            if (content is null) encoder.PutErrno(process.CostlyCells[file], errno);
            else encoder.Put(process.CostlyCells[file], content);
        }

        _ended.Clear();
    }
}
