using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;
using PressureD.Core.Kernel;
using PressureD.Systemd.Bus;
using PressureD.Systemd.Interop;

namespace PressureD.Systemd.Tests.Bus;

/// <summary>A stand-in for a service: a name and an object, with all below it, whose calls a test answers.</summary>
internal sealed unsafe partial class ServedObject : IDisposable
{
    private readonly Thread _thread;
    private readonly BusConnection _connection;
    private readonly EventDescriptor _wake = new();
    private GCHandle _self;
    private readonly string _name;
    private readonly string _path;
    private readonly Answerer _answer;
    private volatile bool _named;
    private volatile bool _stopping;

    internal ServedObject(BusAddress address, string name, string path, Answerer answer)
    {
        _name = name;
        _path = path;
        _answer = answer;
        _self = GCHandle.Alloc(this);
        _connection = BusCall.Connect(address, 30_000_000);
        _thread = new Thread(Serve) { IsBackground = true };
        _thread.Start();
        Eventually.True(() => _named, $"the stand-in has the name {name}");
    }

    /// <summary>Answers a call.</summary>
    /// <returns>What a handler of sd-bus returns.</returns>
    internal delegate int Answerer(BusConnection connection, nint call);

    public void Dispose()
    {
        if (_stopping)
            return;
        _stopping = true;
        _wake.Signal();
        _thread.Join();
        _connection.Dispose();
        _wake.Dispose();
        _self.Free();
    }

    internal static string Text(nint message)
    {
        byte* text;
        return Libsystemd.MessageReadBasic(message, (byte)'s', &text) > 0
            ? Marshal.PtrToStringUTF8((nint)text)!
            : "";
    }

    /// <summary>Answers that something is wrong.</summary>
    internal static int Fail(BusConnection connection, nint call, string name, string text)
    {
        BusMessage reply = BusMessage.Error(
            call, Encoding.UTF8.GetBytes(name + "\0"), Encoding.UTF8.GetBytes(text + "\0"));
        return Send(connection, ref reply);
    }

    /// <summary>Sends an answer and gives it back.</summary>
    internal static int Send(BusConnection connection, ref BusMessage reply)
    {
        int result = reply.Send(connection);
        reply.Dispose();
        return result < 0 ? result : 1;
    }

    [LibraryImport("libsystemd.so.0", EntryPoint = "sd_bus_request_name", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RequestName(BusHandle bus, string name, ulong flags);

    [LibraryImport("libsystemd.so.0", EntryPoint = "sd_bus_add_fallback", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddFallback(
        BusHandle bus, nint* slot, string prefix,
        delegate* unmanaged[Cdecl]<nint, nint, nint, int> callback, nint userdata);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Answer(nint message, nint userdata, nint error)
    {
        try
        {
            ServedObject self = (ServedObject)GCHandle.FromIntPtr(userdata).Target!;
            return self._answer(self._connection, message);
        }
        catch (Exception)
        {
            return -Errno.EIO;
        }
    }

    private void Serve()
    {
        AddFallback(_connection.Handle, null, _path, &Answer, GCHandle.ToIntPtr(_self));
        _named = RequestName(_connection.Handle, _name, 0) >= 0;
        while (!_stopping)
        {
            while (_connection.Process() > 0)
            {
            }

            _connection.Wait(long.MaxValue, _wake);
        }
    }
}
