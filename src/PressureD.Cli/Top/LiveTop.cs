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
    private readonly BlockingCollection<Action> _happened = [];
    private readonly TopView _view;
    private readonly TopSampler _sampler;
    private readonly TimeSpan _interval;
    private readonly TopScreen _screen;
    private BusException? _problem;

    internal LiveTop(TopSampler sampler, TopOrder order, TimeSpan interval, TextWriter terminal)
    {
        _view = new TopView(order);
        _sampler = sampler;
        _interval = interval;
        _screen = new TopScreen(terminal);
    }

    public void Dispose()
    {
        _screen.Dispose();
        _happened.Dispose();
    }

    /// <summary>Shows it until a key or a signal ends it.</summary>
    /// <exception cref="BusException">Without the daemon there is nothing to show.</exception>
    internal void Run(CancellationToken interrupted)
    {
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
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
                _screen.Draw(_view.Render(Console.WindowWidth, Console.WindowHeight, out int header), header);
                _happened.Take(ending.Token)();
            }
        }
        catch (OperationCanceledException)
        {
            // Asked to end.
        }

        // The sampler is the caller's, who gives back what it uses.
        sampling.Join();
        if (_problem is not null)
            throw _problem;
    }

    private PosixSignalRegistration On(PosixSignal signal, Action act) =>
        PosixSignalRegistration.Create(signal, _ => _happened.Add(act));

    private void Sample(CancellationTokenSource ending)
    {
        try
        {
            do
            {
                TopSample sample = _sampler.Take();
                _happened.Add(() => _view.Take(sample));
            }
            while (!ending.Token.WaitHandle.WaitOne(_interval));
        }
        catch (BusException problem)
        {
            _problem = problem;
            ending.Cancel();
        }
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
