using System;
using System.Threading;
using PressureD.Core.Commands;
using PressureD.Core.Publishing;

namespace PressureD.Systemd.Tests.Bus;

/// <summary>Answers commands as a test wants them answered, on a thread of its own.</summary>
internal sealed class FakeLoop : IWake, IDisposable
{
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private volatile bool _stopping;
    private volatile bool _hangs;

    internal FakeLoop() => _thread = new Thread(Run) { IsBackground = true };

    /// <summary>What it does with a command before it answers.</summary>
    internal Action<Command> Answer { get; set; } = _ => { };

    /// <summary>Commands answered so far.</summary>
    internal int Answered => Volatile.Read(ref _answered);

    /// <summary>Whether it leaves commands lying.</summary>
    internal bool Hangs
    {
        get => _hangs;
        set
        {
            _hangs = value;
            _wake.Set();
        }
    }

    private int _answered;
    private CommandQueue? _queue;

    public void Signal() => _wake.Set();

    public void Dispose()
    {
        _stopping = true;
        _wake.Set();
        _thread.Join();
        _wake.Dispose();
    }

    internal void Start(CommandQueue queue)
    {
        _queue = queue;
        _thread.Start();
    }

    private void Run()
    {
        while (!_stopping)
        {
            while (!_hangs && _queue!.Peek() is { } command)
            {
                Answer(command);
                Interlocked.Increment(ref _answered);
                _queue.Answer();
            }

            _wake.WaitOne();
        }
    }
}
