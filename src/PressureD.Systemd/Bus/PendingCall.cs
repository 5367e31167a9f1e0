using System.Runtime.InteropServices;
using PressureD.Systemd.Interop;

namespace PressureD.Systemd.Bus;

/// <summary>A method call that has not been answered yet, in a place that is used again and again.</summary>
internal sealed unsafe class PendingCall
{
    private GCHandle _self;

    internal PendingCall(MethodCalls calls)
    {
        Calls = calls;
        _self = GCHandle.Alloc(this);
    }

    internal MethodCalls Calls { get; }

    /// <summary>What native callbacks are given to find it again; valid until <see cref="Dispose"/>.</summary>
    internal nint UserData => GCHandle.ToIntPtr(_self);

    internal PendingStage Stage { get; set; }

    /// <summary>The call, which is held until it is answered.</summary>
    internal nint Message { get; private set; }

    internal ManagerMethodInfo Method { get; private set; } = ManagerInterface.Methods[0];

    /// <summary>Rises with each call, so that an answer that comes too late meets nobody else.</summary>
    internal long Ticket { get; private set; }

    /// <summary>When it is answered that it took too long; while polkit is asked, libsystemd sees to that.</summary>
    internal long DeadlineUsec { get; set; }

    /// <summary>When the process that it names started, at the asking; 0 when it names none.</summary>
    internal long StartTicks { get; set; }

    /// <summary>Whose connection it comes from; meaningful once it was asked for.</summary>
    internal uint Uid { get; set; }

    /// <summary>Whether it may see what is not for everybody; decided when there is something of the kind.</summary>
    internal Inspection Inspection { get; set; }

    /// <summary>Who may see that as well, since it is his own; −1: nobody.</summary>
    internal long OwnerUid { get; set; }

    /// <summary>The unique name of the connection it comes from, terminated by NUL.</summary>
    internal byte* Sender => Libsystemd.MessageGetSender(Message);

    internal void Take(nint message, ManagerMethodInfo method, long ticket)
    {
        Message = Libsystemd.MessageRef(message);
        Method = method;
        Ticket = ticket;
        Uid = 0;
        StartTicks = 0;
        Inspection = Inspection.Undecided;
        OwnerUid = -1;
        DeadlineUsec = long.MaxValue;
    }

    internal void Free()
    {
        if (Stage != PendingStage.Free)
        {
            Stage = PendingStage.Free;
            Libsystemd.MessageUnref(Message);
            Message = 0;
        }
    }

    internal void Dispose() => _self.Free();
}
