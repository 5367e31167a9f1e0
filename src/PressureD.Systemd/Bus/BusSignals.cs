using System;
using System.Runtime.InteropServices;
using System.Threading;
using PressureD.Core.Kernel;
using PressureD.Systemd.Interop;

namespace PressureD.Systemd.Bus;

/// <summary>
/// The daemon's signals as they come, and that it goes and comes back. Anybody may send us a signal without being asked
/// to, whatever it is called, so it counts who sent it.
/// </summary>
public sealed unsafe class BusSignals : IDisposable
{
    private const string Bus = "org.freedesktop.DBus";
    private const string BusPath = "/org/freedesktop/DBus";
    private const string OwnerChanged = "NameOwnerChanged";

    private static readonly string[] Rules =
    [
        $"type='signal',sender='{ManagerInterface.BusName}',interface='{ManagerInterface.Name}'",
        $"type='signal',sender='{Bus}',path='{BusPath}',interface='{Bus}',member='{OwnerChanged}',"
            + $"arg0='{ManagerInterface.BusName}'",
    ];

    // How soon it is seen that somebody wants to end. What ends us on a terminal also ends the ssh through which we may
    // be connected, and which of both is seen first is chance.
    private const long LookUsec = 200_000;

    private readonly BusConnection _connection;

    // The unique name of the daemon's connection, which is what its signals come from; null: it is not there.
    private string? _owner;

    /// <summary>Connects, and asks the bus for the signals.</summary>
    /// <exception cref="BusException">There is no bus there, or it does not answer.</exception>
    public BusSignals(BusAddress address, long connectUsec = 5_000_000)
    {
        _connection = BusCall.Connect(address, connectUsec);
        try
        {
            foreach (string rule in Rules)
                AddMatch(rule, connectUsec);
            _owner = AskOwner(connectUsec);
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    public void Dispose() => _connection.Dispose();

    /// <summary>Waits for the next signal.</summary>
    /// <param name="ending">Ends the waiting.</param>
    /// <param name="patience">So long at most; infinite as everywhere.</param>
    /// <returns>It, or null when it is to end or the time is over.</returns>
    /// <exception cref="BusException">The connection was lost.</exception>
    public BusSignal? Next(CancellationToken ending, TimeSpan patience)
    {
        long untilUsec = patience == Timeout.InfiniteTimeSpan
            ? long.MaxValue
            : MonotonicClock.NowUsec + (long)patience.TotalMicroseconds;
        while (!ending.IsCancellationRequested && MonotonicClock.NowUsec < untilUsec)
        {
            nint message = 0;
            int result = Libsystemd.BusProcess(_connection.Handle, &message);
            if (result < 0)
            {
                return ending.WaitHandle.WaitOne(TimeSpan.FromMicroseconds(LookUsec))
                    ? null
                    : throw new BusException(BusProblem.NoBus, "the bus closed the connection");
            }

            if (message != 0)
            {
                BusSignal? signal = Read(message);
                Libsystemd.MessageUnref(message);
                if (signal is not null)
                {
                    return signal;
                }
            }
            else if (result == 0)
            {
                _connection.Wait(Math.Min(untilUsec, MonotonicClock.NowUsec + LookUsec), null);
            }
        }

        return null;
    }

    private void AddMatch(string rule, long connectUsec)
    {
        BusMessage call = BusMessage.Call(_connection, Bus, BusPath, Bus, "AddMatch");
        try
        {
            call.Add(rule);
            BusCall.Invoke(_connection, ref call, connectUsec).Dispose();
        }
        finally
        {
            call.Dispose();
        }
    }

    private string? AskOwner(long connectUsec)
    {
        BusMessage call = BusMessage.Call(_connection, Bus, BusPath, Bus, "GetNameOwner");
        try
        {
            call.Add(ManagerInterface.BusName);
            BusMessage answer = BusCall.Invoke(_connection, ref call, connectUsec);
            string owner = Text(answer.Handle);
            answer.Dispose();
            return owner;
        }
        catch (BusException e) when (e.Problem == BusProblem.NotRunning)
        {
            return null;
        }
        finally
        {
            call.Dispose();
        }
    }

    private BusSignal? Read(nint message)
    {
        string? sender = Marshal.PtrToStringUTF8((nint)Libsystemd.MessageGetSender(message));
        string? path = Marshal.PtrToStringUTF8((nint)Libsystemd.MessageGetPath(message));
        if (sender == Bus && path == BusPath && Libsystemd.MessageIsSignal(message, Bus, OwnerChanged) > 0)
            return ReadOwner(message);
        return sender is not null && sender == _owner && path == ManagerInterface.ObjectPath
            && Libsystemd.MessageIsSignal(message, ManagerInterface.Name, null) > 0
            ? ReadOwn(message)
            : null;
    }

    private static BusSignal? ReadOwn(nint message)
    {
        string member = Marshal.PtrToStringUTF8((nint)Libsystemd.MessageGetMember(message)) ?? "";
        switch (member)
        {
            case ManagerInterface.KilledSignal:
                return new BusSignal(member)
                {
                    Rule = Text(message), Pid = Number(message, 'u'), Comm = Text(message), Cgroup = Text(message),
                    FreedBytes = Number(message, 't'), Text = Text(message),
                };
            case ManagerInterface.RuleFiredSignal:
                return new BusSignal(member) { Rule = Text(message), Cgroup = Text(message), Text = Text(message) };
            case ManagerInterface.LevelChangedSignal:
                return new BusSignal(member) { Level = (byte)(Number(message, 'y') ?? 0) };
            case ManagerInterface.PolicyReloadedSignal:
                return new BusSignal(member) { Rules = Number(message, 'u') };
            case ManagerInterface.IncidentRecordedSignal:
                return new BusSignal(member)
                {
                    Incident = Number(message, 't'), Rule = Text(message), Outcome = Text(message),
                    Text = Text(message),
                };
            default:
                return null;
        }
    }

    /// <summary>Who had the name, and who has it: nobody is empty.</summary>
    private BusSignal? ReadOwner(nint message)
    {
        (string name, string before, string after) = (Text(message), Text(message), Text(message));
        if (name != ManagerInterface.BusName)
            return null;
        _owner = after.Length > 0 ? after : null;
        return _owner is null ? new BusSignal(BusSignal.Vanished)
            : before.Length == 0 ? new BusSignal(BusSignal.Appeared)
            : null;
    }

    private static string Text(nint message)
    {
        byte* text;
        return Libsystemd.MessageReadBasic(message, (byte)'s', &text) > 0
            ? Marshal.PtrToStringUTF8((nint)text) ?? ""
            : "";
    }

    private static ulong? Number(nint message, char type)
    {
        ulong number = 0;
        return Libsystemd.MessageReadBasic(message, (byte)type, &number) > 0 && number != ulong.MaxValue
            ? number
            : null;
    }
}
