using System;
using System.Text;
using PressureD.Core.Commands;

namespace PressureD.Systemd.Bus;

/// <summary>The names of errors that methods answer, each terminated by NUL.</summary>
internal static class ManagerError
{
    /// <summary>How the names begin that are the daemon's own.</summary>
    internal const string Prefix = "org.pressured1.Error.";

    /// <summary>Too many calls at once, from this connection or from all: try again.</summary>
    internal static ReadOnlySpan<byte> Busy => "org.pressured1.Error.Busy\0"u8;

    /// <summary>The caller may not do this.</summary>
    internal static ReadOnlySpan<byte> NotAuthorized => "org.pressured1.Error.NotAuthorized\0"u8;

    /// <summary>
    /// The caller may do this after giving a password, and the call did not say that it could be asked for one. The
    /// name is the common one, which tools know.
    /// </summary>
    internal static ReadOnlySpan<byte> NeedsPassword =>
        "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired\0"u8;

    /// <summary>The daemon's loop did not answer in time.</summary>
    internal static ReadOnlySpan<byte> NoAnswer => "org.pressured1.Error.NoAnswer\0"u8;

    internal static ReadOnlySpan<byte> InvalidArgument => "org.pressured1.Error.InvalidArgument\0"u8;

    internal static ReadOnlySpan<byte> NoSuchIncident => "org.pressured1.Error.NoSuchIncident\0"u8;

    /// <summary>Something went wrong that nobody expected.</summary>
    internal static ReadOnlySpan<byte> Failed => "org.pressured1.Error.Failed\0"u8;

    /// <summary>Whether a name that was answered is that of this error.</summary>
    internal static bool Is(string name, ReadOnlySpan<byte> error) => Ascii.Equals(name, error[..^1]);

    internal static ReadOnlySpan<byte> Of(CommandOutcome outcome) => outcome switch
    {
        CommandOutcome.NoSuchRule => "org.pressured1.Error.NoSuchRule\0"u8,
        CommandOutcome.InvalidArgument => InvalidArgument,
        CommandOutcome.NoSuchVictim => "org.pressured1.Error.NoSuchVictim\0"u8,
        CommandOutcome.Protected => "org.pressured1.Error.Protected\0"u8,
        CommandOutcome.NotPossible => "org.pressured1.Error.NotPossible\0"u8,
        _ => Failed,
    };
}
