using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PressureD.Core.Kernel;
using PressureD.Core.Publishing;
using PressureD.Systemd.Interop;

namespace PressureD.Systemd.Bus;

/// <summary>
/// Whether a caller may: root always; see what was his own process; elsewhere than on the system bus whoever the daemon
/// runs as; on the system bus whom polkit lets. The bus and polkit are asked by calls whose answers come later, so
/// nobody else waits meanwhile.
/// </summary>
internal sealed unsafe class Authorization
{
    private const uint Root = 0;
    private const ulong IdentifyUsec = 10_000_000;
    private const ulong AskUsec = 10_000_000;

    /// <summary>Long enough to find a password.</summary>
    private const ulong AskPersonUsec = 120_000_000;

    private const uint MayAskPerson = 1;

    private readonly MethodCalls _calls;
    private readonly bool _asksPolkit;
    private readonly TextBuffer _text = new(1024);
    private BusConnection? _connection;

    /// <param name="calls">Whose calls are judged.</param>
    /// <param name="asksPolkit">Whether polkit decides for other users; else nobody else may.</param>
    internal Authorization(MethodCalls calls, bool asksPolkit)
    {
        _calls = calls;
        _asksPolkit = asksPolkit;
    }

    /// <summary>Begins to find out; the call is made ready, or answered that it may not.</summary>
    internal void Begin(BusConnection connection, PendingCall call)
    {
        _connection = connection;
        BusMessage question = BusMessage.Call(
            connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
            "GetConnectionUnixUser");
        AddSender(ref question, call);
        call.Stage = PendingStage.Identifying;
        int result = question.SendAsync(connection, &Identified, call.UserData, IdentifyUsec);
        question.Dispose();
        if (result < 0)
        {
            _calls.Deny(call, ManagerError.Failed, "the bus could not be asked who calls\0"u8);
        }
    }

    /// <summary>Decides by whose call it is, or goes on to ask polkit.</summary>
    internal void Judge(PendingCall call)
    {
        if (call.Uid == Root || (!_asksPolkit && call.Uid == Libc.GetEffectiveUid()))
        {
            _calls.Grant(call);
        }
        else if (call.Method.Access == Access.Inspect && call.Uid == call.OwnerUid)
        {
            _calls.GrantOwn(call);
        }
        else if (!_asksPolkit)
        {
            _calls.Deny(
                call, ManagerError.NotAuthorized,
                "on this bus only root and the user that the daemon runs as may do this\0"u8);
        }
        else if (!_calls.MayAuthorize())
        {
            _calls.Deny(call, ManagerError.Busy, "too many others are waiting for polkit: try again\0"u8);
        }
        else
        {
            Ask(_connection!, call);
        }
    }

    private void Ask(BusConnection connection, PendingCall call)
    {
        bool person = Libsystemd.MessageGetAllowInteractiveAuthorization(call.Message) > 0;
        BusMessage question = BusMessage.Call(
            connection,
            "org.freedesktop.PolicyKit1",
            "/org/freedesktop/PolicyKit1/Authority",
            "org.freedesktop.PolicyKit1.Authority",
            "CheckAuthorization");
        question.Open('r', "sa{sv}");
        question.Add("system-bus-name");
        question.Open('a', "{sv}");
        question.Open('e', "sv");
        question.Add("name");
        question.Open('v', "s");
        AddSender(ref question, call);
        question.Close();
        question.Close();
        question.Close();
        question.Close();
        question.Add(ActionOf(call.Method.Access));
        question.Open('a', "{ss}");
        question.Close();
        question.Add(person ? MayAskPerson : 0);
        question.Add("");
        call.Stage = PendingStage.Authorizing;
        int result = question.SendAsync(connection, &Authorized, call.UserData, person ? AskPersonUsec : AskUsec);
        question.Dispose();
        if (result < 0)
        {
            _calls.Deny(call, ManagerError.Failed, "polkit could not be asked\0"u8);
        }
    }

    /// <summary>Decides by what polkit answered.</summary>
    internal void Decide(PendingCall call, nint reply)
    {
        if (Libsystemd.MessageGetErrno(reply) != 0)
        {
            BusError* error = Libsystemd.MessageGetError(reply);
            bool absent = error->NameSpan.EndsWith(".ServiceUnknown"u8)
                || error->NameSpan.EndsWith(".NameHasNoOwner"u8)
                || error->NameSpan.StartsWith("org.freedesktop.DBus.Error.Spawn."u8);
            _text.Clear().Append("only root may do this: "u8);
            if (absent)
            {
                _text.Append("there is no polkit here that could let others"u8);
            }
            else
            {
                // There must be room for its end: escaped it can be four times as long.
                ReadOnlySpan<byte> message = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(error->Message);
                _text.Append("polkit gave no answer: "u8).AppendEscaped(message[..Math.Min(message.Length, 200)]);
            }

            _calls.Deny(call, ManagerError.NotAuthorized, _text.Append("\0"u8).Span);
            return;
        }

        int authorized = 0;
        int challenge = 0;
        bool understood = Libsystemd.MessageEnterContainer(reply, (byte)'r', "bba{ss}") > 0
            && Libsystemd.MessageReadBasic(reply, (byte)'b', &authorized) > 0
            && Libsystemd.MessageReadBasic(reply, (byte)'b', &challenge) > 0;
        if (understood && authorized != 0)
        {
            _calls.Grant(call);
        }
        else if (understood && challenge != 0)
        {
            _calls.Deny(
                call, ManagerError.NeedsPassword,
                "polkit wants an administrator's password first, and nobody could be asked for it here\0"u8);
        }
        else
        {
            _calls.Deny(call, ManagerError.NotAuthorized, "polkit does not let you do this\0"u8);
        }
    }

    private static string ActionOf(Access access) => access switch
    {
        Access.Inspect => "org.pressured1.inspect",
        Access.Kill => "org.pressured1.kill",
        _ => "org.pressured1.control",
    };

    private static void AddSender(ref BusMessage message, PendingCall call)
    {
        byte* sender = call.Sender;
        int length = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(sender).Length;
        message.AddTerminated(new ReadOnlySpan<byte>(sender, length + 1));
    }

    // sd_bus_message_handler_t for the answer of the bus to who it is.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Identified(nint reply, nint userdata, nint error)
    {
        try
        {
            PendingCall call = (PendingCall)GCHandle.FromIntPtr(userdata).Target!;
            uint uid = 0;
            if (call.Stage != PendingStage.Identifying)
            {
                return 0;
            }

            if (Libsystemd.MessageGetErrno(reply) != 0
                || Libsystemd.MessageReadBasic(reply, (byte)'u', &uid) <= 0)
            {
                // It has left already, or the bus does not say: nobody is let do anything unseen.
                call.Calls.Deny(call, ManagerError.NotAuthorized, "the bus does not say who calls\0"u8);
                return 0;
            }

            call.Uid = uid;
            call.Calls.Judge(call);
            return 0;
        }
        catch (Exception)
        {
            return -Errno.EIO;
        }
    }

    // sd_bus_message_handler_t for polkit's answer.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Authorized(nint reply, nint userdata, nint error)
    {
        try
        {
            PendingCall call = (PendingCall)GCHandle.FromIntPtr(userdata).Target!;
            if (call.Stage == PendingStage.Authorizing)
            {
                call.Calls.Decide(call, reply);
            }

            return 0;
        }
        catch (Exception)
        {
            return -Errno.EIO;
        }
    }
}
