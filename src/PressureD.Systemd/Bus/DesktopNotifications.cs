using System;
using PressureD.Systemd.Interop;

namespace PressureD.Systemd.Bus;

/// <summary>org.freedesktop.Notifications of a user's session (Desktop Notifications Specification 1.2).</summary>
public sealed unsafe class DesktopNotifications : IDisposable
{
    private const string Name = "org.freedesktop.Notifications";
    private const long AnswerUsec = 5_000_000;

    private readonly BusConnection _connection;

    /// <summary>Connects.</summary>
    /// <exception cref="BusException">There is no bus there, or it does not answer.</exception>
    public DesktopNotifications(BusAddress session) => _connection = BusCall.Connect(session, AnswerUsec);

    public void Dispose() => _connection.Dispose();

    /// <summary>Shows a notification, and starts the service that does if it is not there yet.</summary>
    /// <param name="replaces">The number of the one that it takes the place of; 0: of none.</param>
    /// <param name="summary">One line of plain text.</param>
    /// <param name="body">More; markup in it has to be escaped.</param>
    /// <returns>Its number.</returns>
    /// <exception cref="BusException">Nobody shows notifications, or there was no answer.</exception>
    public uint Show(uint replaces, string summary, string body)
    {
        BusMessage call = BusMessage.Call(
            _connection, Name, "/org/freedesktop/Notifications", Name, "Notify");
        try
        {
            call.Add("PressureD");
            call.Add(replaces);
            call.Add("dialog-warning");
            call.Add(summary);
            call.Add(body);
            call.Open('a', "s");
            call.Close();
            AddUrgency(ref call);
            call.Add(-1);
            BusMessage reply = BusCall.Invoke(_connection, ref call, AnswerUsec, startsService: true);
            uint number = 0;
            Libsystemd.MessageReadBasic(reply.Handle, (byte)'u', &number);
            reply.Dispose();
            return number;
        }
        finally
        {
            call.Dispose();
        }
    }

    private static void AddUrgency(ref BusMessage call)
    {
        const byte Normal = 1;
        call.Open('a', "{sv}");
        call.Open('e', "sv");
        call.Add("urgency");
        call.Open('v', "y");
        call.Add(Normal);
        call.Close();
        call.Close();
        call.Close();
    }
}
