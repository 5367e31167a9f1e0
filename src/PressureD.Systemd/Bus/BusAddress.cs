using System;
using System.Diagnostics.CodeAnalysis;

namespace PressureD.Systemd.Bus;

/// <summary>Which message bus: the system's, the session's, one at an address, or none.</summary>
public sealed class BusAddress
{
    public static readonly BusAddress None = new("none");
    public static readonly BusAddress System = new("system");
    public static readonly BusAddress Session = new("session");

    private readonly string _text;

    private BusAddress(string text) => _text = text;

    /// <summary>The machine whose system bus is reached through ssh; null for a bus of this machine.</summary>
    internal string? Host { get; private init; }

    internal bool IsExplicit => this != None && this != System && this != Session;

    /// <summary>The system bus of another machine, through ssh and systemd-stdio-bridge there.</summary>
    /// <param name="host">"host" or "user@host", as ssh takes it.</param>
    public static BusAddress Remote(string host) => new($"of {host}") { Host = host };

    /// <summary>Reads "system", "session", "none" or a D-Bus address such as "unix:path=/run/some/bus".</summary>
    /// <param name="text">What the user gave.</param>
    /// <param name="address">The bus.</param>
    /// <param name="problem">What is wrong with it and what was expected.</param>
    public static bool TryParse(
        string text,
        [NotNullWhen(true)] out BusAddress? address,
        [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        address = text switch
        {
            "none" => None,
            "system" => System,
            "session" => Session,
            _ when IsAddress(text) => new BusAddress(text),
            _ => null,
        };
        if (address is null)
        {
            problem = $"'{text}' is no bus: expected system, session, none, or an address like unix:path=/run/dbus/bus";
        }

        return address is not null;
    }

    /// <summary>What <see cref="TryParse"/> reads.</summary>
    public override string ToString() => _text;

    // transport:key=value, with several alternatives after semicolons.
    private static bool IsAddress(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            && text.AsSpan(0, colon).IndexOfAnyExceptInRange('a', 'z') < 0
            && text.AsSpan(colon).Contains('=');
    }
}
