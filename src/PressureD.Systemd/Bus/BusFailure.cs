using PressureD.Core.Kernel;
using PressureD.Core.Publishing;

namespace PressureD.Systemd.Bus;

/// <summary>What the results of the bus mean, in words.</summary>
internal static class BusFailure
{
    internal const int ECONNABORTED = 103;
    internal const int ECONNRESET = 104;
    internal const int ENOTCONN = 107;
    internal const int ECONNREFUSED = 111;
    internal const int EHOSTUNREACH = 113;
    internal const int EADDRINUSE = 98;
    internal const int ENOMEDIUM = 123;

    /// <summary>Somebody else has our name.</summary>
    internal const int NameTaken = -EADDRINUSE;

    internal static TextBuffer Describe(TextBuffer text, int result) => -result switch
    {
        Errno.ENOENT or ECONNREFUSED => text.Append("nobody listens at its socket"u8),
        ECONNRESET or ENOTCONN or ECONNABORTED => text.Append("the bus closed the connection"u8),
        Errno.ETIMEDOUT => text.Append("the bus does not answer"u8),
        Errno.EACCES or Errno.EPERM => text.Append("the bus refuses us: is the D-Bus policy installed?"u8),
        ENOMEDIUM => text.Append("its address is not known ($DBUS_SESSION_BUS_ADDRESS, $XDG_RUNTIME_DIR)"u8),
        EADDRINUSE => text.Append("another process has the name "u8).Append(ManagerInterface.BusName),
        _ => text.Append(Errno.Name(result)).Append(" "u8).Append((long)-result),
    };
}
