using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using PressureD.Core.Commands;
using PressureD.Core.Incidents;
using PressureD.Core.Kernel;
using PressureD.Core.Publishing;
using PressureD.Systemd.Interop;

namespace PressureD.Systemd.Bus;

/// <summary>Arguments of method calls into commands, and the values of answers into messages.</summary>
internal static unsafe class CommandMessages
{
    /// <summary>What a person may write, as a reason or to be kept, bytes.</summary>
    internal const int MostProseBytes = 256;

    /// <summary>
    /// Looks at the arguments before the call is kept, so that nobody can make us keep much.
    /// </summary>
    /// <returns>What is wrong with them, terminated by NUL; empty when nothing is.</returns>
    internal static ReadOnlySpan<byte> Check(nint call, ManagerMethodInfo method)
    {
        int given = 0;
        foreach (char type in method.Arguments)
        {
            ulong number = 0;
            byte* text;
            if (type != 's')
            {
                Libsystemd.MessageReadBasic(call, (byte)type, &number);
                given += type == 'u' && number != 0 ? 1 : 0;
                continue;
            }

            if (Libsystemd.MessageReadBasic(call, (byte)'s', &text) <= 0)
            {
                return "the arguments cannot be read\0"u8;
            }

            int most = IsProse(method.Method) ? MostProseBytes : Command.NameBytes - 1;
            if (MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text).Length > most)
            {
                return "an argument is too long: names have at most 4095 bytes, other text 256\0"u8;
            }

            given += *text != 0 ? 1 : 0;
        }

        Libsystemd.MessageRewind(call, 1);
        return method.Method == ManagerMethod.Kill && given != 1
            ? "it takes one of rule, cgroup and pid; the others are empty or 0\0"u8
            : default;
    }

    /// <summary>Fills a command from the arguments of a call that was checked.</summary>
    internal static void Fill(Command command, PendingCall call)
    {
        command.Ticket = call.Ticket;
        command.Uid = call.Uid;
        foreach (char type in call.Method.Arguments)
        {
            ulong number = 0;
            byte* text = null;
            int result = type == 's'
                ? Libsystemd.MessageReadBasic(call.Message, (byte)'s', &text)
                : Libsystemd.MessageReadBasic(call.Message, (byte)type, &number);
            if (result <= 0)
            {
                return;
            }

            switch (type)
            {
                case 's' when IsProse(call.Method.Method):
                    // It comes into logs and incidents that others read.
                    command.Text = new TextBuffer(4 * MostProseBytes)
                        .AppendEscaped(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text)).ToString();
                    break;
                case 's':
                    command.Name.Append(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));
                    break;
                case 'b':
                    command.Flag = number != 0;
                    break;
                default:
                    command.Number = (long)Math.Min(number, long.MaxValue);
                    break;
            }
        }
    }

    /// <summary>The process that a kill names, or 0. The message is as before.</summary>
    internal static int PidOf(nint call)
    {
        ReadText(call);
        ReadText(call);
        long pid = ReadNumber(call, 'u');
        Libsystemd.MessageRewind(call, 1);
        return (int)Math.Min(pid, int.MaxValue);
    }

    /// <summary>Fills the command of a kill: whichever is given says how the victim is found.</summary>
    internal static void FillKill(Command command, PendingCall call)
    {
        command.Ticket = call.Ticket;
        command.Uid = call.Uid;
        command.DeadlineUsec = call.DeadlineUsec;
        command.StartTicks = call.StartTicks;
        ReadOnlySpan<byte> rule = ReadText(call.Message);
        ReadOnlySpan<byte> cgroup = ReadText(call.Message);
        command.Number = ReadNumber(call.Message, 'u');
        command.Flag = ReadNumber(call.Message, 'b') != 0;
        command.Kind = !rule.IsEmpty ? CommandKind.KillByRule
            : !cgroup.IsEmpty ? CommandKind.KillCgroup
            : CommandKind.KillProcess;
        command.Name.Append(rule).Append(cgroup);
    }

    /// <summary>Fills a question about incidents from the arguments of a call that was checked.</summary>
    internal static void Fill(IncidentQuery query, PendingCall call)
    {
        // It may be asked a second time.
        Libsystemd.MessageRewind(call.Message, 1);
        query.Ticket = call.Ticket;
        query.WithCommandLine = call.Inspection is Inspection.Granted or Inspection.GrantedOwn;
        query.OnlyOfUid = call.Inspection == Inspection.GrantedOwn ? call.Uid : -1;
        query.IsList = call.Method.Method == ManagerMethod.ListIncidents;
        query.Id = ReadNumber(call.Message, 't');
        if (query.IsList)
        {
            query.SinceUsec = ReadNumber(call.Message, 't');
            query.Limit = ReadNumber(call.Message, 'u');
        }
    }

    /// <summary>Whether its text is a person's, and not a name.</summary>
    private static bool IsProse(ManagerMethod method) => method is ManagerMethod.Pause or ManagerMethod.Record;

    private static ReadOnlySpan<byte> ReadText(nint call)
    {
        byte* text;
        return Libsystemd.MessageReadBasic(call, (byte)'s', &text) > 0
            ? MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text)
            : default;
    }

    private static long ReadNumber(nint call, char type)
    {
        ulong number = 0;
        return Libsystemd.MessageReadBasic(call, (byte)type, &number) > 0 ? (long)Math.Min(number, long.MaxValue) : 0;
    }

    /// <summary>Appends the values of an answer.</summary>
    /// <param name="message">The reply.</param>
    /// <param name="values">What <see cref="ReplyBuffer"/> says.</param>
    /// <param name="scratch">For names that are not UTF-8.</param>
    internal static void Append(ref BusMessage message, ReadOnlySpan<byte> values, TextBuffer scratch)
    {
        while (!values.IsEmpty && message.Result >= 0)
        {
            byte type = values[0];
            if (type is (byte)']' or (byte)')')
            {
                message.Close();
                values = values[1..];
                continue;
            }

            if (type is (byte)'s' or (byte)'a' or (byte)'(')
            {
                int length = BinaryPrimitives.ReadInt32LittleEndian(values[1..]);
                AppendBytes(ref message, type, values.Slice(5, length + 1), scratch);
                values = values[(length + 6)..];
                continue;
            }

            AppendNumber(ref message, type, BinaryPrimitives.ReadUInt64LittleEndian(values[1..]));
            values = values[9..];
        }
    }

    private static void AppendBytes(
        ref BusMessage message, byte type, ReadOnlySpan<byte> terminated, TextBuffer scratch)
    {
        switch (type)
        {
            case (byte)'s':
                message.AddName(terminated[..^1], scratch);
                break;
            case (byte)'a':
                message.Open('a', terminated);
                break;
            default:
                message.Open('r', terminated);
                break;
        }
    }

    private static void AppendNumber(ref BusMessage message, byte type, ulong number)
    {
        switch (type)
        {
            case (byte)'b':
                message.Add(number != 0);
                break;
            case (byte)'u':
                message.Add((uint)number);
                break;
            default:
                message.Add(number);
                break;
        }
    }
}
