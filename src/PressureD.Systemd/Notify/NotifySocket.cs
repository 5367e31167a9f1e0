using System;
using PressureD.Core.Publishing;
using PressureD.Systemd.Interop;

namespace PressureD.Systemd.Notify;

/// <summary>The socket that $NOTIFY_SOCKET names, by sd_notify.</summary>
internal sealed unsafe class NotifySocket : INotifySocket
{
    public bool IsWanted =>
        Libsystemd.Problem is null && !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NOTIFY_SOCKET"));

    public long WatchdogUsec =>
        Libsystemd.Problem is null && Libsystemd.WatchdogEnabled(0, out ulong usec) > 0 && usec <= long.MaxValue
            ? (long)usec
            : long.MaxValue;

    public void Send(TextBuffer message)
    {
        Span<byte> terminated = stackalloc byte[message.Length + 1];
        message.Span.CopyTo(terminated);
        terminated[^1] = 0;

        // A message that does not arrive is not said elsewhere: the service manager notices by itself.
        fixed (byte* state = terminated)
        {
            Libsystemd.Notify(0, state);
        }
    }
}
