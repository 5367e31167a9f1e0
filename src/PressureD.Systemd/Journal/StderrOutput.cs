using System;
using System.Globalization;
using PressureD.Core.Publishing;
using PressureD.Systemd.Interop;

namespace PressureD.Systemd.Journal;

/// <summary>Events as lines on standard error.</summary>
internal sealed unsafe class StderrOutput : ILineOutput
{
    private const int StandardError = 2;

    private readonly TextBuffer _line = new(DaemonEvent.TextBytes + 64);
    private readonly bool _prefixPriority;
    private readonly int _descriptor;

    /// <param name="prefixPriority">
    /// Whether lines begin with the priority as sd-daemon(3) has it, instead of the time, for a stream that leads to
    /// the journal.
    /// </param>
    /// <param name="descriptor">Where to.</param>
    internal StderrOutput(bool prefixPriority, int descriptor = StandardError)
    {
        _prefixPriority = prefixPriority;
        _descriptor = descriptor;
    }

    public void Write(DaemonEvent item)
    {
        _line.Clear();
        if (_prefixPriority)
        {
            _line.Append("<"u8).Append((long)item.Priority).Append(">"u8);
        }
        else
        {
            // The event's own time, which is not now when the line waited.
            DateTime time = DateTime.UtcNow.AddMicroseconds(item.TimeUsec - MonotonicClock.NowUsec);
            Span<byte> text = stackalloc byte[32];
            time.TryFormat(text, out int length, "yyyy-MM-ddTHH:mm:ss.fff", CultureInfo.InvariantCulture);
            _line.Append(text[..length]).Append("Z "u8);
        }

        _line.Append(item.Text.Span).Append("\n"u8);
        ReadOnlySpan<byte> rest = _line.Span;
        while (!rest.IsEmpty)
        {
            fixed (byte* bytes = rest)
            {
                nint written = Libc.Write(_descriptor, bytes, (nuint)rest.Length);
                if (written <= 0)
                {
                    // Nobody reads standard error: there is no other place to say it.
                    return;
                }

                rest = rest[(int)written..];
            }
        }
    }
}
