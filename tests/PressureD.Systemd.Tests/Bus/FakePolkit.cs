using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using PressureD.Core.Kernel;
using PressureD.Systemd.Bus;
using PressureD.Systemd.Interop;

namespace PressureD.Systemd.Tests.Bus;

/// <summary>org.freedesktop.PolicyKit1 that answers as a test says.</summary>
internal sealed unsafe partial class FakePolkit : IDisposable
{
    private readonly Thread _thread;
    private readonly BusConnection _connection;
    private readonly EventDescriptor _wake = new();
    private readonly GCHandle _self;
    private readonly List<string> _asked = [];
    private volatile bool _named;
    private volatile bool _stopping;

    internal FakePolkit(BusAddress address)
    {
        _self = GCHandle.Alloc(this);
        _connection = BusCall.Connect(address, 30_000_000);
        _thread = new Thread(Serve) { IsBackground = true };
        _thread.Start();
        Eventually.True(() => _named, "the stand-in for polkit has its name");
    }

    /// <summary>"yes", "no", "password", or "silence".</summary>
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

    public void Dispose()
    {
        _stopping = true;
        _wake.Signal();
        _thread.Join();
        _connection.Dispose();
        _wake.Dispose();
        _self.Free();
    }

    [LibraryImport("libsystemd.so.0", EntryPoint = "sd_bus_request_name", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RequestName(BusHandle bus, string name, ulong flags);

    [LibraryImport("libsystemd.so.0", EntryPoint = "sd_bus_add_object", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddObject(
        BusHandle bus, nint* slot, string path,
        delegate* unmanaged[Cdecl]<nint, nint, nint, int> callback, nint userdata);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Answer(nint message, nint userdata, nint error)
    {
        try
        {
            return ((FakePolkit)GCHandle.FromIntPtr(userdata).Target!).Answer(message);
        }
        catch (Exception)
        {
            return -Errno.EIO;
        }
    }

    private int Answer(nint message)
    {
        uint flags;
        Libsystemd.MessageEnterContainer(message, (byte)'r', "sa{sv}");
        string kind = Text(message);
        Libsystemd.MessageEnterContainer(message, (byte)'a', "{sv}");
        Libsystemd.MessageEnterContainer(message, (byte)'e', "sv");
        string key = Text(message);
        Libsystemd.MessageEnterContainer(message, (byte)'v', "s");
        string name = Text(message);
        for (int i = 0; i < 4; i++)
        {
            Libsystemd.MessageExitContainer(message);
        }

        string action = Text(message);
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

        BusMessage reply = BusMessage.Return(message);
        reply.Open('r', "bba{ss}");
        reply.Add(Says == "yes");
        reply.Add(Says == "password");
        reply.Open('a', "{ss}");
        reply.Close();
        reply.Close();
        int result = reply.Send(_connection);
        reply.Dispose();
        return result < 0 ? result : 1;
    }

    private static string Text(nint message)
    {
        byte* text;
        return Libsystemd.MessageReadBasic(message, (byte)'s', &text) > 0
            ? Marshal.PtrToStringUTF8((nint)text)!
            : "";
    }

    private void Serve()
    {
        AddObject(
            _connection.Handle, null, "/org/freedesktop/PolicyKit1/Authority", &Answer, GCHandle.ToIntPtr(_self));
        _named = RequestName(_connection.Handle, "org.freedesktop.PolicyKit1", 0) >= 0;
        while (!_stopping)
        {
            while (_connection.Process() > 0)
            {
            }

            _connection.Wait(long.MaxValue, _wake);
        }
    }
}
