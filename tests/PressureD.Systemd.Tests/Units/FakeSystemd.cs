using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;
using PressureD.Systemd.Bus;
using PressureD.Systemd.Interop;

namespace PressureD.Systemd.Tests.Units;

/// <summary>
/// org.freedesktop.systemd1 with two units: earlyoom.service is active, nohang.service is not, others do not exist. Jobs
/// end at once: well, unless the unit's name says otherwise (failing, hanging, missing, forbidden). A program that fails
/// has exit code 3.
/// </summary>
internal sealed unsafe partial class FakeSystemd : IDisposable
{
    private static int _lastJob;

    private readonly Thread _thread;
    private readonly BusConnection _connection;
    private readonly EventDescriptor _wake = new();
    private volatile bool _named;
    private volatile bool _stopping;

    internal FakeSystemd(BusAddress address)
    {
        _connection = BusCall.Connect(address, 30_000_000);
        _thread = new Thread(Serve) { IsBackground = true };
        _thread.Start();
        Eventually.True(() => _named, "the stand-in for systemd has its name");
    }

    public void Dispose()
    {
        _stopping = true;
        _wake.Signal();
        _thread.Join();
        _connection.Dispose();
        _wake.Dispose();
    }

    [LibraryImport("libsystemd.so.0", EntryPoint = "sd_bus_request_name", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RequestName(BusHandle bus, string name, ulong flags);

    [LibraryImport("libsystemd.so.0", EntryPoint = "sd_bus_add_fallback", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddFallback(
        BusHandle bus, nint* slot, string prefix,
        delegate* unmanaged[Cdecl]<nint, nint, nint, int> callback, nint userdata);

    [LibraryImport("libsystemd.so.0", EntryPoint = "sd_bus_message_get_member")]
    private static partial nint GetMember(nint message);

    [LibraryImport("libsystemd.so.0", EntryPoint = "sd_bus_message_get_path")]
    private static partial nint GetPath(nint message);

    [LibraryImport("libsystemd.so.0", EntryPoint = "sd_bus_message_new_method_return")]
    private static partial int NewReturn(nint call, out nint reply);

    [LibraryImport("libsystemd.so.0", EntryPoint = "sd_bus_message_get_bus")]
    private static partial nint GetBus(nint message);

    [LibraryImport(
        "libsystemd.so.0", EntryPoint = "sd_bus_message_new_signal", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int NewSignal(
        nint bus, out nint message, string path, string interfaceName, string member);

    // The bus may be left out: it is that of the message.
    [LibraryImport("libsystemd.so.0", EntryPoint = "sd_bus_send")]
    private static partial int Send(nint bus, nint message, ulong* cookie);

    [LibraryImport("libsystemd.so.0", EntryPoint = "sd_bus_error_set", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetError(nint error, string name, string message);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Answer(nint message, nint userdata, nint error)
    {
        string member = Marshal.PtrToStringUTF8(GetMember(message))!;
        if (member is "StartTransientUnit" or "RestartUnit" or "StopUnit")
        {
            return StartJob(message, error);
        }

        byte* argument;
        Libsystemd.MessageReadBasic(message, (byte)'s', &argument);
        string first = Marshal.PtrToStringUTF8((nint)argument)!;
        switch (member)
        {
            case "SetUnitProperties" when first == "forbidden.service":
                return SetError(error, "org.freedesktop.DBus.Error.AccessDenied", "Permission denied");
            case "SetUnitProperties" when first == "missing.service":
                return SetError(error, "org.freedesktop.systemd1.NoSuchUnit", $"Unit {first} not found.");
            case "SetUnitProperties" or "UnrefUnit":
                return SendEmpty(message);
            case "Get" when first == "org.freedesktop.systemd1.Service":
                Libsystemd.MessageReadBasic(message, (byte)'s', &argument);
                return SendExit(message, Marshal.PtrToStringUTF8((nint)argument) == "ExecMainCode" ? 1 : 3);
        }

        bool isGetUnit = member == "GetUnit";
        if (isGetUnit && first is not ("earlyoom.service" or "nohang.service"))
        {
            return SetError(error, "org.freedesktop.systemd1.NoSuchUnit", $"Unit {first} not loaded.");
        }

        NewReturn(message, out nint handle);
        BusMessage reply = new(handle, owned: true);
        if (isGetUnit)
        {
            fixed (byte* path = Encoding.UTF8.GetBytes($"/org/freedesktop/systemd1/unit/{first.Split('.')[0]}\0"))
            {
                Libsystemd.MessageAppendBasic(handle, (byte)'o', path);
            }
        }
        else
        {
            bool active = Marshal.PtrToStringUTF8(GetPath(message))!.EndsWith("/earlyoom", StringComparison.Ordinal);
            reply.Open('v', "s");
            reply.Add(active ? "active" : "inactive");
            reply.Close();
        }

        int result = Send(0, handle, null);
        reply.Dispose();
        return Math.Min(result, 1);
    }

    private static int SendEmpty(nint message)
    {
        NewReturn(message, out nint handle);
        BusMessage reply = new(handle, owned: true);
        int result = Send(0, handle, null);
        reply.Dispose();
        return Math.Min(result, 1);
    }

    private static int SendExit(nint message, int value)
    {
        NewReturn(message, out nint handle);
        BusMessage reply = new(handle, owned: true);
        reply.Open('v', "i");
        Libsystemd.MessageAppendBasic(handle, (byte)'i', &value);
        reply.Close();
        int result = Send(0, handle, null);
        reply.Dispose();
        return Math.Min(result, 1);
    }

    private static int StartJob(nint message, nint error)
    {
        byte* argument;
        Libsystemd.MessageReadBasic(message, (byte)'s', &argument);
        string unit = Marshal.PtrToStringUTF8((nint)argument)!;
        switch (unit)
        {
            case "missing.service":
                return SetError(error, "org.freedesktop.systemd1.NoSuchUnit", $"Unit {unit} not found.");
            case "forbidden.service":
                return SetError(error, "org.freedesktop.DBus.Error.AccessDenied", "Permission denied");
        }

        string path = $"/org/freedesktop/systemd1/job/{Interlocked.Increment(ref _lastJob)}";
        NewReturn(message, out nint handle);
        BusMessage reply = new(handle, owned: true);
        AppendPath(handle, path);
        int result = Send(0, handle, null);
        reply.Dispose();
        if (unit != "hanging.service")
        {
            NewSignal(
                GetBus(message), out nint signal, "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager",
                "JobRemoved");
            BusMessage removed = new(signal, owned: true);
            removed.Add((uint)_lastJob);
            AppendPath(signal, path);
            removed.Add(unit);
            removed.Add(unit == "failing.service" ? "failed" : "done");
            Send(0, signal, null);
            removed.Dispose();
        }

        return Math.Min(result, 1);
    }

    private static void AppendPath(nint handle, string path)
    {
        fixed (byte* pointer = Encoding.UTF8.GetBytes(path + "\0"))
        {
            Libsystemd.MessageAppendBasic(handle, (byte)'o', pointer);
        }
    }

    private void Serve()
    {
        AddFallback(_connection.Handle, null, "/org/freedesktop/systemd1", &Answer, 0);
        _named = RequestName(_connection.Handle, "org.freedesktop.systemd1", 0) >= 0;
        while (!_stopping)
        {
            while (_connection.Process() > 0)
            {
            }

            _connection.Wait(long.MaxValue, _wake);
        }
    }
}
