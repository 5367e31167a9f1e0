using System;
using System.Collections.Concurrent;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
using PressureD.Systemd.Bus;

namespace PressureD.Cli.Top;

/// <summary>
/// The live view. Samples and keys come from threads of their own, so that a daemon that does not answer keeps nobody
/// from scrolling.
/// </summary>
internal sealed class LiveTop : IDisposable
{
    private static readonly TimeSpan Leave = TimeSpan.FromMilliseconds(200);

    // Not disposed: the thread that waits for keys ends only with the process, and may still add one.
    private readonly BlockingCollection<Action> _happened = [];
    private readonly TopView _view;
    private readonly TopSampler _sampler;
    private readonly TimeSpan _interval;
    private readonly TopScreen _screen;
    private TopSample? _latest;
    private BusException? _problem;

    /// <param name="sampler">Disposed when this no longer needs it.</param>
    /// <param name="order">At first.</param>
    /// <param name="interval">Between two samples.</param>
    /// <param name="terminal">Where to draw.</param>
    internal LiveTop(TopSampler sampler, TopOrder order, TimeSpan interval, TextWriter terminal)
    {
        _view = new TopView(order);
        _sampler = sampler;
        _interval = interval;
        _screen = new TopScreen(terminal);
    }

    public void Dispose() => _screen.Dispose();

    /// <summary>Shows it until a key or a signal ends it.</summary>
    /// <exception cref="BusException">Without the daemon there is nothing to show.</exception>
    internal void Run(CancellationToken interrupted)
    {
        // Nor is this disposed, for the same reason.
        CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        using PosixSignalRegistration resized = On(PosixSignal.SIGWINCH, static () => { });
        using PosixSignalRegistration continued = On(PosixSignal.SIGCONT, _screen.Begin);

        // The runtime does not stop a process that wants to hear of it first, and unheard it would leave the shell with
        // our picture and no cursor.
        using PosixSignalRegistration stopped = PosixSignalRegistration.Create(
            PosixSignal.SIGTSTP, static context => context.Cancel = true);
        Thread sampling = new(() => Sample(ending)) { IsBackground = true };
        sampling.Start();
        if (!Console.IsInputRedirected)
            new Thread(() => ReadKeys(ending)) { IsBackground = true }.Start();
        try
        {
            while (true)
            {
                // A serial line may not know how large it is.
                int width = Console.WindowWidth is > 0 and int columns ? columns : 80;
                int height = Console.WindowHeight is > 0 and int rows ? rows : 24;
                _screen.Draw(_view.Render(width, height, out int header), header);
                _happened.Take(ending.Token)();
            }
        }
        catch (OperationCanceledException)
        {
            // Asked to end.
        }

        // A daemon that does not answer keeps nobody from leaving either: the rest ends with the process.
        if (sampling.Join(Leave) && _problem is not null)
            throw _problem;
    }

    private PosixSignalRegistration On(PosixSignal signal, Action act) =>
        PosixSignalRegistration.Create(signal, _ => _happened.Add(act));

    private void Sample(CancellationTokenSource ending)
    {
        CancellationToken end = ending.Token;
        using TopSampler sampler = _sampler;
        try
        {
            do
            {
                // Of those that a stopped terminal did not show, only the latest is kept.
                if (Interlocked.Exchange(ref _latest, sampler.Take()) is null)
                    _happened.Add(ShowLatest);
            }
            while (!end.WaitHandle.WaitOne(_interval));
        }
        catch (BusException problem)
        {
            _problem = problem;
            ending.Cancel();
        }
    }

    private void ShowLatest()
    {
        if (Interlocked.Exchange(ref _latest, null) is { } sample)
            _view.Take(sample);
    }

    private void ReadKeys(CancellationTokenSource ending)
    {
        while (!ending.IsCancellationRequested)
        {
            ConsoleKeyInfo key = Console.ReadKey(intercept: true);
            _happened.Add(() =>
            {
                if (!_view.Press(key))
                    ending.Cancel();
            });
        }
    }
}
