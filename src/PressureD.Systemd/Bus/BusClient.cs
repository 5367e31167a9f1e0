using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using PressureD.Systemd.Interop;

namespace PressureD.Systemd.Bus;

/// <summary>The daemon as seen over a bus. Waits for answers, within a limit.</summary>
public sealed unsafe partial class BusClient : IDisposable
{
    private readonly BusAddress _address;
    private readonly BusConnection _connection;
    private readonly long _answerUsec;

    /// <summary>Connects.</summary>
    /// <param name="address">Where the daemon is looked for.</param>
    /// <param name="connectUsec">How long to wait for the bus.</param>
    /// <param name="answerUsec">How long to wait for each answer.</param>
    /// <exception cref="BusException">There is no bus there, or it does not answer.</exception>
    public BusClient(BusAddress address, long connectUsec = 5_000_000, long answerUsec = 5_000_000)
    {
        _address = address;
        _answerUsec = answerUsec;
        _connection = BusCall.Connect(address, connectUsec);
    }

    public void Dispose() => _connection.Dispose();

    /// <summary>Asks for all properties.</summary>
    /// <exception cref="BusException">The daemon is not there, refuses, or does not answer.</exception>
    public DaemonStatus ReadStatus()
    {
        BusMessage call = BusMessage.Call(
            _connection,
            ManagerInterface.BusName,
            ManagerInterface.ObjectPath,
            "org.freedesktop.DBus.Properties",
            "GetAll");
        return Ask(ref call, static (ref BusMessage call) => call.Add(ManagerInterface.Name), Parse, _answerUsec);
    }

    private string Explain(BusException problem) => problem.Problem switch
    {
        BusProblem.NotRunning => $"pressured is not on the bus {_address}: is it running? "
            + "See: systemctl status pressured",
        BusProblem.AccessDenied => $"not allowed on the bus {_address}: {problem.Message}",
        BusProblem.Refused => problem.Message,
        BusProblem.NoAnswer => $"pressured does not answer on the bus {_address}",
        _ when problem.ErrorName.EndsWith(".UnknownMethod", StringComparison.Ordinal) =>
            $"the pressured on the bus {_address} is an older one, which does not know this",
        _ => $"pressured's answer on the bus {_address} is not understood: {problem.Message}",
    };

    private static DaemonStatus Parse(nint reply)
    {
        DaemonStatus status = new();
        Check(Libsystemd.MessageEnterContainer(reply, (byte)'a', "{sv}"));
        while (Check(Libsystemd.MessageEnterContainer(reply, (byte)'e', "sv")) > 0)
        {
            string name = ReadString(reply) ?? "";
            byte type;
            byte* contents;
            Check(Libsystemd.MessagePeekType(reply, &type, &contents));
            string signature = Marshal.PtrToStringUTF8((nint)contents) ?? "";
            Check(Libsystemd.MessageEnterContainer(reply, (byte)'v', signature));
            status = Take(status, reply, name, signature);
            Check(Libsystemd.MessageExitContainer(reply));
            Check(Libsystemd.MessageExitContainer(reply));
        }

        return status;
    }

    // A property with another type than the one we know is skipped, like one that we do not know.
    private static DaemonStatus Take(DaemonStatus status, nint reply, string name, string signature)
    {
        if (!Enum.TryParse(name, out ManagerProperty property)
            || ManagerInterface.Properties[(int)property].Signature != signature)
        {
            Check(Libsystemd.MessageSkip(reply, signature));
            return status;
        }

        return property switch
        {
            ManagerProperty.Version => status with { Version = ReadString(reply) },
            ManagerProperty.State => status with { State = ReadString(reply) },
            ManagerProperty.Level => status with { Level = ReadByte(reply) },
            ManagerProperty.DryRun => status with { DryRun = ReadBoolean(reply) },
            ManagerProperty.PausedUntilUSec => status with { PausedUntilUsec = ReadUnsigned(reply) },
            ManagerProperty.PauseReason => status with { PauseReason = ReadString(reply) },
            ManagerProperty.MemoryTotal => status with { MemoryTotalBytes = ReadUnsigned(reply) },
            ManagerProperty.MemoryAvailable => status with { MemoryAvailableBytes = ReadUnsigned(reply) },
            ManagerProperty.MemoryAvailableUser => status with { MemoryAvailableUserPercent = ReadDouble(reply) },
            ManagerProperty.SwapTotal => status with { SwapTotalBytes = ReadUnsigned(reply) },
            ManagerProperty.SwapFree => status with { SwapFreeBytes = ReadUnsigned(reply) },
            ManagerProperty.TimeToExhaustionUSec => status with { TimeToExhaustionUsec = ReadUnsigned(reply) },
            ManagerProperty.MemorySomeAvg10 => status with { MemorySomeAvg10Percent = ReadDouble(reply) },
            ManagerProperty.MemoryFullAvg10 => status with { MemoryFullAvg10Percent = ReadDouble(reply) },
            ManagerProperty.IoFullAvg10 => status with { IoFullAvg10Percent = ReadDouble(reply) },
            ManagerProperty.PolicyDiffers => status with { PolicyDiffers = ReadBoolean(reply) },
            ManagerProperty.Kills => status with { Kills = ReadUnsigned(reply) },
            _ => status with { DegradedReasons = ReadStrings(reply) },
        };
    }

    private static string? ReadString(nint reply)
    {
        byte* text = null;
        return Check(Libsystemd.MessageReadBasic(reply, (byte)'s', &text)) > 0
            ? Marshal.PtrToStringUTF8((nint)text)
            : null;
    }

    private static List<string> ReadStrings(nint reply)
    {
        List<string> strings = [];
        Check(Libsystemd.MessageEnterContainer(reply, (byte)'a', "s"));
        while (ReadString(reply) is { } text)
        {
            strings.Add(text);
        }

        Check(Libsystemd.MessageExitContainer(reply));
        return strings;
    }

    private static byte ReadByte(nint reply)
    {
        byte value;
        Check(Libsystemd.MessageReadBasic(reply, (byte)'y', &value));
        return value;
    }

    private static bool ReadBoolean(nint reply)
    {
        int value;
        Check(Libsystemd.MessageReadBasic(reply, (byte)'b', &value));
        return value != 0;
    }

    private static ulong? ReadUnsigned(nint reply)
    {
        ulong value;
        Check(Libsystemd.MessageReadBasic(reply, (byte)'t', &value));
        return value == ulong.MaxValue ? null : value;
    }

    private static double? ReadDouble(nint reply)
    {
        double value;
        Check(Libsystemd.MessageReadBasic(reply, (byte)'d', &value));
        return double.IsFinite(value) ? value : null;
    }

    private static int Check(int result) => result >= 0
        ? result
        : throw new BusException(BusProblem.BadAnswer, $"it is not formed as expected (errno {-result})");
}
