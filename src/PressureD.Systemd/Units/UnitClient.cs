using System;
using System.Runtime.InteropServices;
using PressureD.Core.Kernel;
using PressureD.Systemd.Bus;
using PressureD.Systemd.Interop;

namespace PressureD.Systemd.Units;

/// <summary>
/// systemd's units over a bus: asks for their state, and sets properties as <c>systemctl set-property --runtime</c>
/// does. Waits for answers, at most two seconds each, and for none after one that did not come.
/// </summary>
public sealed unsafe class UnitClient : IServiceManager, IDisposable
{
    private const long TimeoutUsec = 2_000_000;

    private readonly BusAddress _address;
    private BusConnection? _connection;
    private bool _isLost;

    /// <param name="address">The bus that systemd is on: the system's, or the session's for a user's instance.</param>
    public UnitClient(BusAddress address) => _address = address;

    /// <inheritdoc/>
    public bool? IsActive(string unit)
    {
        string state = "";
        BusException? problem = Try(connection =>
        {
            string path = Ask(
                connection, 'o', SystemdNames.ObjectPath, SystemdNames.Manager, "GetUnit", unit, null);
            state = Ask(
                connection, 'v', path, "org.freedesktop.DBus.Properties", "Get", SystemdNames.Bus + ".Unit",
                "ActiveState");
        });
        return problem is null ? state is "active" or "activating" or "reloading"
            : SystemdNames.IsUnknownUnit(problem.ErrorName) ? false
            : null;
    }

    /// <inheritdoc/>
    public bool TrySetLimit(string unit, string property, ulong value)
    {
        BusException? problem = Try(connection =>
        {
            BusMessage call = BusMessage.Call(
                connection, SystemdNames.Bus, SystemdNames.ObjectPath, SystemdNames.Manager, "SetUnitProperties");
            try
            {
                call.Add(unit);
                PropertyList.AddLimit(ref call, property, value);
                BusCall.Invoke(connection, ref call, TimeoutUsec).Dispose();
            }
            finally
            {
                call.Dispose();
            }
        });
        return problem is null || SystemdNames.IsUnknownUnit(problem.ErrorName);
    }

    public void Dispose() => _connection?.Dispose();

    /// <returns>Why there was no answer; null when there was one.</returns>
    private BusException? Try(Action<BusConnection> ask)
    {
        if (_isLost)
        {
            return new BusException(BusProblem.NoAnswer, "systemd did not answer before");
        }

        try
        {
            ask(_connection ??= BusCall.Connect(_address, TimeoutUsec));
            return null;
        }
        catch (BusException problem)
        {
            _isLost = problem.Problem is BusProblem.NoBus or BusProblem.NoAnswer or BusProblem.NotRunning;
            return problem;
        }
    }

    // A call with one or two strings, answered by one string that may be in a variant.
    private static string Ask(
        BusConnection connection,
        char answer,
        string path,
        string interfaceName,
        string member,
        string first,
        string? second)
    {
        BusMessage call = BusMessage.Call(connection, SystemdNames.Bus, path, interfaceName, member);
        try
        {
            call.Add(first);
            if (second is not null)
            {
                call.Add(second);
            }

            BusMessage reply = BusCall.Invoke(connection, ref call, TimeoutUsec);
            try
            {
                byte* text = null;
                int result = answer == 'v' ? Libsystemd.MessageEnterContainer(reply.Handle, (byte)'v', "s") : 0;
                if (result >= 0)
                {
                    result = Libsystemd.MessageReadBasic(reply.Handle, (byte)(answer == 'v' ? 's' : answer), &text);
                }

                return result > 0 && Marshal.PtrToStringUTF8((nint)text) is { } value
                    ? value
                    : throw new BusException(BusProblem.BadAnswer, $"{member} was not answered by a string");
            }
            finally
            {
                reply.Dispose();
            }
        }
        finally
        {
            call.Dispose();
        }
    }
}
