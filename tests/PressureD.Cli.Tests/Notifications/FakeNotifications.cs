using System;
using System.Collections.Generic;
using PressureD.Systemd.Bus;
using PressureD.Systemd.Interop;
using PressureD.Systemd.Tests.Bus;

namespace PressureD.Cli.Tests.Notifications;

/// <summary>org.freedesktop.Notifications that keeps what it is to show.</summary>
internal sealed unsafe class FakeNotifications : IDisposable
{
    private readonly ServedObject _object;
    private readonly List<(uint Replaces, string Summary, string Body)> _shown = [];

    internal FakeNotifications(BusAddress address) => _object = new ServedObject(
        address, "org.freedesktop.Notifications", "/org/freedesktop/Notifications", Answer);

    internal IReadOnlyList<(uint Replaces, string Summary, string Body)> Shown
    {
        get
        {
            lock (_shown)
                return _shown.ToArray();
        }
    }

    /// <summary>Takes what is to be shown, and gives no answer.</summary>
    internal bool IsStalled { get; set; }

    public void Dispose() => _object.Dispose();

    private int Answer(BusConnection connection, nint message)
    {
        uint replaces;
        _ = ServedObject.Text(message);
        Libsystemd.MessageReadBasic(message, (byte)'u', &replaces);
        _ = ServedObject.Text(message);
        string summary = ServedObject.Text(message);
        string body = ServedObject.Text(message);

        // What follows has to be of the specification's types, too.
        if (Libsystemd.MessageSkip(message, "asa{sv}i") < 0)
            return -22;
        uint number;
        lock (_shown)
        {
            _shown.Add((replaces, summary, body));
            number = replaces == 0 ? (uint)_shown.Count : replaces;
        }

        if (IsStalled)
            return 1;
        BusMessage reply = BusMessage.Return(message);
        reply.Add(number);
        return ServedObject.Send(connection, ref reply);
    }
}
