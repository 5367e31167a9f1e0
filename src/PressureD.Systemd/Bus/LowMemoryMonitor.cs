using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Systemd.Interop;

namespace PressureD.Systemd.Bus;

/// <summary>
/// org.freedesktop.LowMemoryMonitor on the same connection: programs that use GLib's GMemoryMonitor, or listen
/// themselves, drop what they can do without. Where somebody else has the name, that one warns and this does not.
/// </summary>
internal sealed unsafe class LowMemoryMonitor : IDisposable
{
    internal const string BusName = "org.freedesktop.LowMemoryMonitor";
    internal const string ObjectPath = "/org/freedesktop/LowMemoryMonitor";
    internal const string WarningSignal = "LowMemoryWarning";

    private GCHandle _self;
    private LowMemoryWarnings _warnings;
    private bool _hasName;

    internal LowMemoryMonitor() => _self = GCHandle.Alloc(this);

    public void Dispose() => _self.Free();

    /// <summary>Puts the object on a connection and asks for the name; the answer comes later.</summary>
    /// <returns>0, or a negative errno.</returns>
    internal int Register(BusConnection connection)
    {
        _hasName = false;
        int result = Libsystemd.BusAddObjectVtable(
            connection.Handle, null, ObjectPath, BusName, ManagerVtable.LowMemoryEntries, GCHandle.ToIntPtr(_self));
        return result < 0
            ? result
            : Math.Min(
                Libsystemd.BusRequestNameAsync(
                    connection.Handle, null, BusName, 0, &NameAnswered, GCHandle.ToIntPtr(_self)),
                0);
    }

    /// <summary>Warns when a warning is due.</summary>
    /// <param name="connection">The bus.</param>
    /// <param name="level">The level as it is.</param>
    /// <param name="now">The time.</param>
    /// <param name="until">Lowered to when it has to be called again.</param>
    /// <returns>0, or a negative errno.</returns>
    internal int Tell(BusConnection connection, PressureLevel level, long now, ref long until)
    {
        if (!_hasName || !_warnings.Take(level, now, ref until))
        {
            return 0;
        }

        BusMessage message = BusMessage.Signal(connection, ObjectPath, BusName, WarningSignal);
        message.Add((byte)level);
        int result = message.Send(connection);
        message.Dispose();
        return result;
    }

    // sd_bus_message_handler_t for the answer to the name request. Whatever goes wrong: then nobody is warned here.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int NameAnswered(nint message, nint userdata, nint error)
    {
        try
        {
            LowMemoryMonitor self = (LowMemoryMonitor)GCHandle.FromIntPtr(userdata).Target!;
            uint answer = 0;
            self._hasName = Libsystemd.MessageGetErrno(message) == 0
                && Libsystemd.MessageReadBasic(message, (byte)'u', &answer) > 0
                && answer is 1 or 4;
            return 0;
        }
        catch (Exception)
        {
            return -Errno.EIO;
        }
    }
}
