using System;
using System.Runtime.InteropServices;
using System.Threading;

namespace PressureD.Cli.Commands;

/// <summary>SIGINT, SIGTERM and SIGHUP as a wish to end, for what runs until then and has something to put back.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private readonly PosixSignalRegistration[] _signals;

    internal Interruption() =>
        _signals = [On(PosixSignal.SIGINT), On(PosixSignal.SIGTERM), On(PosixSignal.SIGHUP)];

    internal CancellationToken Token => _ending.Token;

    /// <summary>
    /// Whether it has come, or comes within a moment: what ends us on a terminal also ends the ssh through which the
    /// daemon may be asked, and which of both is seen first is chance.
    /// </summary>
    internal bool IsNear() => Token.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(200));

    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in _signals)
            signal.Dispose();
        _ending.Dispose();
    }

    private PosixSignalRegistration On(PosixSignal signal) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        _ending.Cancel();
    });
}
