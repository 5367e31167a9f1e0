using System;
using System.Runtime.InteropServices;
using System.Text;
using PressureD.Systemd.Bus;
using PressureD.Systemd.Interop;
using PressureD.Systemd.Tests.Bus;

namespace PressureD.Systemd.Tests.Units;

/// <summary>
/// org.freedesktop.systemd1 with two units: earlyoom.service is active, nohang.service is not, others do not exist. Jobs
/// end at once: well, unless the unit's name says otherwise (failing, hanging, missing, forbidden). A program that fails
/// has exit code 3.
/// </summary>
internal sealed unsafe partial class FakeSystemd : IDisposable
{
    private const string ObjectPath = "/org/freedesktop/systemd1";

    private readonly ServedObject _object;
    private int _lastJob;

    internal FakeSystemd(BusAddress address) =>
        _object = new ServedObject(address, "org.freedesktop.systemd1", ObjectPath, Answer);

    public void Dispose() => _object.Dispose();

    [LibraryImport("libsystemd.so.0", EntryPoint = "sd_bus_message_get_path")]
    private static partial nint GetPath(nint message);

    private int Answer(BusConnection connection, nint call)
    {
        string member = Marshal.PtrToStringUTF8((nint)Libsystemd.MessageGetMember(call))!;
        string first = ServedObject.Text(call);
        switch (member, first)
        {
            case ("StartTransientUnit" or "RestartUnit" or "StopUnit", _):
                return StartJob(connection, call, first);
            case ("SetUnitProperties", "forbidden.service"):
                return Forbid(connection, call);
            case ("SetUnitProperties", "missing.service"):
                return Miss(connection, call, $"Unit {first} not found.");
            case ("SetUnitProperties" or "UnrefUnit", _):
                BusMessage nothing = BusMessage.Return(call);
                return ServedObject.Send(connection, ref nothing);
            case ("Get", "org.freedesktop.systemd1.Service"):
                return SendExit(connection, call, ServedObject.Text(call) == "ExecMainCode" ? 1 : 3);
            case ("GetUnit", "earlyoom.service" or "nohang.service"):
                BusMessage unit = BusMessage.Return(call);
                AppendPath(unit, $"{ObjectPath}/unit/{first.Split('.')[0]}");
                return ServedObject.Send(connection, ref unit);
            case ("GetUnit", _):
                return Miss(connection, call, $"Unit {first} not loaded.");
            default:
                bool active = Marshal.PtrToStringUTF8(GetPath(call))!.EndsWith("/earlyoom", StringComparison.Ordinal);
                BusMessage state = BusMessage.Return(call);
                state.Open('v', "s");
                state.Add(active ? "active" : "inactive");
                state.Close();
                return ServedObject.Send(connection, ref state);
        }
    }

    private static int Forbid(BusConnection connection, nint call) =>
        ServedObject.Fail(connection, call, "org.freedesktop.DBus.Error.AccessDenied", "Permission denied");

    private static int Miss(BusConnection connection, nint call, string text) =>
        ServedObject.Fail(connection, call, "org.freedesktop.systemd1.NoSuchUnit", text);

    private static int SendExit(BusConnection connection, nint call, int value)
    {
        BusMessage reply = BusMessage.Return(call);
        reply.Open('v', "i");
        reply.Add(value);
        reply.Close();
        return ServedObject.Send(connection, ref reply);
    }

    private int StartJob(BusConnection connection, nint call, string unit)
    {
        switch (unit)
        {
            case "missing.service":
                return Miss(connection, call, $"Unit {unit} not found.");
            case "forbidden.service":
                return Forbid(connection, call);
        }

        string path = $"{ObjectPath}/job/{++_lastJob}";
        BusMessage reply = BusMessage.Return(call);
        AppendPath(reply, path);
        int result = ServedObject.Send(connection, ref reply);
        if (unit != "hanging.service")
        {
            BusMessage removed = BusMessage.Signal(
                connection, ObjectPath, "org.freedesktop.systemd1.Manager", "JobRemoved");
            removed.Add((uint)_lastJob);
            AppendPath(removed, path);
            removed.Add(unit);
            removed.Add(unit == "failing.service" ? "failed" : "done");
            removed.Send(connection);
            removed.Dispose();
        }

        return result;
    }

    private static void AppendPath(BusMessage message, string path)
    {
        fixed (byte* pointer = Encoding.UTF8.GetBytes(path + "\0"))
        {
            Libsystemd.MessageAppendBasic(message.Handle, (byte)'o', pointer);
        }
    }
}
