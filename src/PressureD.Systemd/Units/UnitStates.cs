using System;
using System.Runtime.InteropServices;
using PressureD.Core.Kernel;
using PressureD.Systemd.Bus;
using PressureD.Systemd.Interop;

namespace PressureD.Systemd.Units;

/// <summary>systemd's units, asked for over a bus. Waits for answers, at most two seconds each.</summary>
public sealed unsafe class UnitStates : IServiceManager, IDisposable
{
    private const string Systemd = "org.freedesktop.systemd1";
    private const long TimeoutUsec = 2_000_000;

    private readonly BusAddress _address;
    private BusConnection? _connection;
    private bool _failed;

    /// <param name="address">The bus that systemd is on: the system's, or the session's for a user's instance.</param>
    public UnitStates(BusAddress address) => _address = address;

    /// <inheritdoc/>
    public bool? IsActive(string unit)
    {
        // After one failure no further unit is waited for.
        if (_failed)
        {
            return null;
        }

        try
        {
            _connection ??= BusCall.Connect(_address, TimeoutUsec);
            string path = Ask('o', "/org/freedesktop/systemd1", Systemd + ".Manager", "GetUnit", unit, null);
            string state = Ask('v', path, "org.freedesktop.DBus.Properties", "Get", Systemd + ".Unit", "ActiveState");
            return state is "active" or "activating" or "reloading";
        }
        catch (BusException problem) when (problem.ErrorName == Systemd + ".NoSuchUnit")
        {
            return false;
        }
        catch (BusException)
        {
            _failed = true;
            return null;
        }
    }

    public void Dispose() => _connection?.Dispose();

    // A call with one or two strings, answered by one string that may be in a variant.
    private string Ask(char answer, string path, string interfaceName, string member, string first, string? second)
    {
        BusMessage call = BusMessage.Call(_connection!, Systemd, path, interfaceName, member);
        try
        {
            call.Add(first);
            if (second is not null)
            {
                call.Add(second);
            }

            BusMessage reply = BusCall.Invoke(_connection!, ref call, TimeoutUsec);
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
