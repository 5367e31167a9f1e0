using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using PressureD.Core.Commands;
using PressureD.Core.Incidents;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Systemd.Interop;

namespace PressureD.Systemd.Bus;

/// <summary>
/// /org/pressured1 on a connection: answers from a snapshot, announces its changes, sends signals. All on the bus
/// thread.
/// </summary>
internal sealed unsafe class ManagerObject : IDisposable
{
    private readonly SnapshotBoard _board;
    private readonly string _version;
    private readonly DaemonSnapshot _incoming = new();
    private readonly DaemonSnapshot _current = new();
    private readonly DaemonSnapshot _announced = new();
    private readonly TextBuffer _text = new(DaemonEvent.TextBytes * 4 + 4);
    private GCHandle _self;

    internal ManagerObject(SnapshotBoard board, CommandQueue commands, BusServiceOptions options, IWake wake)
    {
        _board = board;
        _version = options.Version;
        Calls = new MethodCalls(commands, options, wake);
        _self = GCHandle.Alloc(this);
    }

    /// <summary>The method calls that are not answered yet.</summary>
    internal MethodCalls Calls { get; }

    /// <summary>Whether something that has to be announced differs from what was announced last.</summary>
    internal bool HasNews
    {
        get
        {
            foreach (ManagerPropertyInfo info in ManagerInterface.Properties)
            {
                if (IsDue(info))
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>The level as it is.</summary>
    internal PressureLevel Level => _current.Level;

    /// <summary>Whether measurements are announced, so that somebody has to look at them again soon.</summary>
    internal bool UnderPressure => _current.Level != PressureLevel.Normal;

    /// <summary>Gives the reference from native memory back. No connection may have the object any more.</summary>
    public void Dispose()
    {
        if (_self.IsAllocated)
        {
            Calls.Dispose();
            _self.Free();
        }
    }

    /// <summary>Puts the object on a connection.</summary>
    /// <returns>0, or a negative errno.</returns>
    internal int Register(BusConnection connection)
    {
        int result = Libsystemd.BusAddObjectVtable(
            connection.Handle,
            null,
            ManagerInterface.ObjectPath,
            ManagerInterface.Name,
            ManagerVtable.Entries,
            GCHandle.ToIntPtr(_self));
        _announced.CopyFrom(_current);
        Calls.Attach(connection, _current);
        return Math.Min(result, 0);
    }

    /// <summary>Takes the newest snapshot, so that all answers until the next call are of one moment.</summary>
    internal void Refresh()
    {
        if (_board.TryRead(_incoming, out _))
        {
            _current.CopyFrom(_incoming);
        }
    }

    /// <summary>Sends PropertiesChanged with everything that is due.</summary>
    /// <returns>0, or a negative errno.</returns>
    internal int Announce(BusConnection connection)
    {
        BusMessage message = BusMessage.Signal(
            connection, ManagerInterface.ObjectPath, "org.freedesktop.DBus.Properties", "PropertiesChanged");
        try
        {
            message.Add(ManagerInterface.Name);
            message.Open('a', "{sv}");
            foreach (ManagerPropertyInfo info in ManagerInterface.Properties)
            {
                if (IsDue(info))
                {
                    message.Open('e', "sv");
                    message.Add(info.Name);
                    message.Open('v', info.Signature);
                    ManagerInterface.Append(ref message, info.Property, _current, _version);
                    message.Close();
                    message.Close();
                }
            }

            message.Close();
            message.Open('a', "s");
            message.Close();
            _announced.CopyFrom(_current);
            return message.Send(connection);
        }
        finally
        {
            message.Dispose();
        }
    }

    /// <summary>Sends the signal that belongs to an event, if one does.</summary>
    /// <returns>0, or a negative errno.</returns>
    internal int Signal(BusConnection connection, DaemonEvent item)
    {
        switch (item.Kind)
        {
            case DaemonEventKind.Killed when !item.DryRun:
                return SignalKilled(connection, item);
            case DaemonEventKind.RuleFired:
                return SignalRuleFired(connection, item);
            case DaemonEventKind.LevelChanged:
                return SignalLevelChanged(connection, item);
            case DaemonEventKind.PolicyReloaded:
                return SignalPolicyReloaded(connection, item);
            case DaemonEventKind.IncidentRecorded:
                return SignalIncidentRecorded(connection, item);
            default:
                return 0;
        }
    }

    /// <summary>
    /// sd_bus_property_get_t. What goes wrong becomes an errno: an exception must not pass through native frames.
    /// </summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static int GetProperty(
        nint bus, byte* path, byte* interfaceName, byte* property, nint reply, nint userdata, nint error)
    {
        try
        {
            ManagerObject self = (ManagerObject)GCHandle.FromIntPtr(userdata).Target!;
            ReadOnlySpan<byte> name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(property);
            foreach (ManagerPropertyInfo info in ManagerInterface.Properties)
            {
                if (Ascii.Equals(name, info.Name))
                {
                    BusMessage message = new(reply, owned: false);
                    ManagerInterface.Append(ref message, info.Property, self._current, self._version);
                    return message.Result;
                }
            }

            return -Errno.ENOENT;
        }
        catch (Exception)
        {
            return -Errno.EIO;
        }
    }

    /// <summary>sd_bus_message_handler_t of every method.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static int HandleCall(nint message, nint userdata, nint error)
    {
        try
        {
            return ((ManagerObject)GCHandle.FromIntPtr(userdata).Target!).Calls.Accept(message);
        }
        catch (Exception)
        {
            return -Errno.EIO;
        }
    }

    private static int SignalLevelChanged(BusConnection connection, DaemonEvent item)
    {
        BusMessage message = BusMessage.Signal(
            connection, ManagerInterface.ObjectPath, ManagerInterface.Name, ManagerInterface.LevelChangedSignal);
        message.Add((byte)item.Level);
        int result = message.Send(connection);
        message.Dispose();
        return result;
    }

    private static int SignalPolicyReloaded(BusConnection connection, DaemonEvent item)
    {
        BusMessage message = BusMessage.Signal(
            connection, ManagerInterface.ObjectPath, ManagerInterface.Name, ManagerInterface.PolicyReloadedSignal);
        message.Add((uint)item.Rules);
        int result = message.Send(connection);
        message.Dispose();
        return result;
    }

    private int SignalIncidentRecorded(BusConnection connection, DaemonEvent item)
    {
        BusMessage message = BusMessage.Signal(
            connection, ManagerInterface.ObjectPath, ManagerInterface.Name, ManagerInterface.IncidentRecordedSignal);
        message.Add((ulong)item.Incident);
        message.Add(item.Rule ?? "");
        message.AddName(IncidentSummary.Name(item.Outcome), _text);
        message.AddName(item.Text.Span, _text);
        int result = message.Send(connection);
        message.Dispose();
        return result;
    }

    private int SignalRuleFired(BusConnection connection, DaemonEvent item)
    {
        BusMessage message = BusMessage.Signal(
            connection, ManagerInterface.ObjectPath, ManagerInterface.Name, ManagerInterface.RuleFiredSignal);
        message.Add(item.Rule ?? "");
        message.AddName(item.Cgroup.Span, _text);
        message.AddName(item.Text.Span[item.ReasonOffset..], _text);
        int result = message.Send(connection);
        message.Dispose();
        return result;
    }

    private int SignalKilled(BusConnection connection, DaemonEvent item)
    {
        BusMessage message = BusMessage.Signal(
            connection, ManagerInterface.ObjectPath, ManagerInterface.Name, ManagerInterface.KilledSignal);
        message.Add(item.Rule ?? "");
        message.Add((uint)Math.Max(item.Pid, 0));
        message.AddName(item.Comm.Span, _text);
        message.AddName(item.Cgroup.Span, _text);
        message.Add(ManagerInterface.Unsigned(item.FreedBytes));
        message.AddName(item.Text.Span, _text);
        int result = message.Send(connection);
        message.Dispose();
        return result;
    }

    private bool IsDue(ManagerPropertyInfo info)
    {
        bool announced = info.Announcement switch
        {
            PropertyAnnouncement.Constant => false,
            PropertyAnnouncement.Always => true,
            _ => UnderPressure || _announced.Level != PressureLevel.Normal,
        };
        return announced && ManagerInterface.Differs(info.Property, _announced, _current);
    }
}
