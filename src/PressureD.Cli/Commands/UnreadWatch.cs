using System;
using System.IO;
using System.Threading;

namespace PressureD.Cli.Commands;

/// <summary>Tells what writes seldom that nobody reads any more (as after "| head"), before it writes again.</summary>
internal sealed class UnreadWatch : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);

    private readonly Timer? _timer;

    /// <param name="output">Looked after when it is standard output in a pipe.</param>
    /// <param name="end">Called, perhaps more than once, on another thread.</param>
    internal UnreadWatch(TextWriter output, Action end)
    {
        if (ReferenceEquals(output, Console.Out) && Console.IsOutputRedirected)
        {
            _timer = new Timer(
                _ =>
                {
                    if (StandardOutput.IsUnread)
                    {
                        end();
                    }
                },
                state: null,
                Period,
                Period);
        }
    }

    /// <summary>Afterwards nobody is told any more.</summary>
    public void Dispose()
    {
        using ManualResetEvent ended = new(initialState: false);
        if (_timer?.Dispose(ended) == true)
        {
            ended.WaitOne();
        }
    }
}
