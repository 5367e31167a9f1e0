using System;
using System.Runtime.InteropServices;
using System.Text;
using PressureD.Core.Kernel;
using PressureD.Core.Publishing;
using PressureD.Systemd.Interop;

namespace PressureD.Systemd.Bus;

/// <summary>Method calls that wait for their answer, for threads that may wait.</summary>
internal static unsafe class BusCall
{
    /// <summary>Connects and waits until the bus has taken us in.</summary>
    /// <exception cref="BusException">There is no bus there, or it does not answer.</exception>
    internal static BusConnection Connect(BusAddress address, long timeoutUsec)
    {
        if (SystemdLibrary.Problem is { } problem)
        {
            throw new BusException(BusProblem.NoBus, problem);
        }

        if (address == BusAddress.None)
        {
            throw new BusException(BusProblem.NoBus, "there is no bus to ask: the bus is 'none'");
        }

        int result = BusConnection.TryOpen(address, out BusConnection? connection);
        if (connection is not null)
        {
            result = connection.WaitReady(MonotonicClock.NowUsec + timeoutUsec);
            if (result >= 0)
            {
                return connection;
            }

            connection.Dispose();
        }

        // What went wrong there only ssh knows, and has said.
        string reason = address.Host is not null && result != -Errno.ETIMEDOUT
            ? "ssh, or systemd-stdio-bridge there, ended"
            : BusFailure.Describe(new TextBuffer(256), result).ToString();
        throw new BusException(
            result == -Errno.ETIMEDOUT ? BusProblem.NoAnswer : BusProblem.NoBus,
            $"cannot connect to the bus {address}: {reason}");
    }

    /// <summary>Sends a call and waits. The caller disposes both messages.</summary>
    /// <param name="connection">Where to.</param>
    /// <param name="call">The call.</param>
    /// <param name="timeoutUsec">How long to wait for the answer.</param>
    /// <param name="startsService">Whether who is asked may be started; asking must not start the daemon.</param>
    /// <exception cref="BusException">It was answered by an error, or not at all.</exception>
    internal static BusMessage Invoke(
        BusConnection connection, ref BusMessage call, long timeoutUsec, bool startsService = false)
    {
        if (call.Result < 0)
        {
            throw new BusException(BusProblem.BadAnswer, $"the question could not be put: {Errno.Name(call.Result)}");
        }

        Libsystemd.MessageSetAutoStart(call.Handle, startsService ? 1 : 0);
        BusError error = default;

        // A signal would end the waiting (EINTR), though not the call, and to ask once more could be to kill once more.
        // Other threads take it meanwhile.
        SignalSet blocked = SignalSet.FromOutside;
        SignalSet before;
        _ = Libc.SignalMask(Libc.SignalsBlock, &blocked, &before);

        // 0 would mean libsystemd's own limit, which is longer.
        ulong limitUsec = (ulong)Math.Max(timeoutUsec, 1);
        int result = Libsystemd.BusCall(connection.Handle, call.Handle, limitUsec, &error, out nint reply);
        _ = Libc.SignalMask(Libc.SignalsSet, &before, null);
        if (result >= 0)
        {
            return new BusMessage(reply, owned: true);
        }

        string name = Encoding.UTF8.GetString(error.NameSpan);
        string message = Marshal.PtrToStringUTF8((nint)error.Message) ?? Errno.Name(result);
        Libsystemd.BusErrorFree(&error);
        throw new BusException(Classify(name, result), message) { ErrorName = name };
    }

    private static BusProblem Classify(string name, int result) => name switch
    {
        "org.freedesktop.DBus.Error.ServiceUnknown" or "org.freedesktop.DBus.Error.NameHasNoOwner" =>
            BusProblem.NotRunning,
        "org.freedesktop.DBus.Error.AccessDenied" or "org.freedesktop.DBus.Error.AuthFailed" =>
            BusProblem.AccessDenied,
        _ when ManagerError.Is(name, ManagerError.NotAuthorized) || ManagerError.Is(name, ManagerError.NeedsPassword) =>
            BusProblem.AccessDenied,
        _ when name.StartsWith(ManagerError.Prefix, StringComparison.Ordinal) => BusProblem.Refused,
        _ when result == -Errno.ETIMEDOUT => BusProblem.NoAnswer,
        _ when result == -Errno.EACCES || result == -Errno.EPERM => BusProblem.AccessDenied,
        _ => BusProblem.BadAnswer,
    };
}
