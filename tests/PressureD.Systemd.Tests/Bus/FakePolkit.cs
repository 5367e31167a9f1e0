using System;
using System.Collections.Generic;
using PressureD.Systemd.Bus;
using PressureD.Systemd.Interop;

namespace PressureD.Systemd.Tests.Bus;

/// <summary>org.freedesktop.PolicyKit1 that answers as a test says.</summary>
internal sealed unsafe class FakePolkit : IDisposable
{
    private readonly ServedObject _object;
    private readonly List<string> _asked = [];

    internal FakePolkit(BusAddress address) => _object = new ServedObject(
        address, "org.freedesktop.PolicyKit1", "/org/freedesktop/PolicyKit1/Authority", Answer);

    /// <summary>"yes", "no", "password", "silence", or "error", as when it trusts nobody who asks.</summary>
    internal string Says { get; set; } = "no";

    /// <summary>"subject kind, subject has a name, action, flags" of every question.</summary>
    internal IReadOnlyList<string> Asked
    {
        get
        {
            lock (_asked)
            {
                return _asked.ToArray();
            }
        }
    }

    public void Dispose() => _object.Dispose();

    private int Answer(BusConnection connection, nint message)
    {
        uint flags;
        Libsystemd.MessageEnterContainer(message, (byte)'r', "sa{sv}");
        string kind = ServedObject.Text(message);
        Libsystemd.MessageEnterContainer(message, (byte)'a', "{sv}");
        Libsystemd.MessageEnterContainer(message, (byte)'e', "sv");
        string key = ServedObject.Text(message);
        Libsystemd.MessageEnterContainer(message, (byte)'v', "s");
        string name = ServedObject.Text(message);
        for (int i = 0; i < 4; i++)
        {
            Libsystemd.MessageExitContainer(message);
        }

        string action = ServedObject.Text(message);
        Libsystemd.MessageSkip(message, "a{ss}");
        Libsystemd.MessageReadBasic(message, (byte)'u', &flags);
        lock (_asked)
        {
            _asked.Add($"{kind} {key}={(name.StartsWith(':') ? "unique" : name)} {action} {flags}");
        }

        if (Says == "silence")
        {
            return 1;
        }

        if (Says == "error")
        {
            return ServedObject.Fail(
                connection,
                message,
                "org.freedesktop.PolicyKit1.Error.NotAuthorized",
                "Only trusted callers can ask" + new string('\u0001', 900));
        }

        BusMessage reply = BusMessage.Return(message);
        reply.Open('r', "bba{ss}");
        reply.Add(Says == "yes");
        reply.Add(Says == "password");
        reply.Open('a', "{ss}");
        reply.Close();
        reply.Close();
        return ServedObject.Send(connection, ref reply);
    }
}
