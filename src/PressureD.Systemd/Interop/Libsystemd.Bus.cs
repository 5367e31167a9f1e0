using System.Runtime.InteropServices;

namespace PressureD.Systemd.Interop;

/// <summary>systemd/sd-bus.h. Everything returns a negative errno when it fails.</summary>
internal static unsafe partial class Libsystemd
{
    [LibraryImport(Library, EntryPoint = "sd_bus_open_system")]
    internal static partial int BusOpenSystem(out BusHandle bus);

    [LibraryImport(Library, EntryPoint = "sd_bus_open_user")]
    internal static partial int BusOpenUser(out BusHandle bus);

    [LibraryImport(Library, EntryPoint = "sd_bus_open_system_remote", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int BusOpenSystemRemote(out BusHandle bus, string host);

    [LibraryImport(Library, EntryPoint = "sd_bus_new")]
    internal static partial int BusNew(out BusHandle bus);

    [LibraryImport(Library, EntryPoint = "sd_bus_set_address", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int BusSetAddress(BusHandle bus, string address);

    [LibraryImport(Library, EntryPoint = "sd_bus_set_bus_client")]
    internal static partial int BusSetBusClient(BusHandle bus, int isClient);

    [LibraryImport(Library, EntryPoint = "sd_bus_start")]
    internal static partial int BusStart(BusHandle bus);

    /// <summary>Closes without waiting for what is still to be written, and gives the reference back.</summary>
    [LibraryImport(Library, EntryPoint = "sd_bus_close_unref")]
    internal static partial nint BusCloseUnref(nint bus);

    [LibraryImport(Library, EntryPoint = "sd_bus_is_ready")]
    internal static partial int BusIsReady(BusHandle bus);

    /// <summary>Positive when something was done and more may wait, 0 when there is nothing to do.</summary>
    [LibraryImport(Library, EntryPoint = "sd_bus_process")]
    internal static partial int BusProcess(BusHandle bus, nint* message);

    [LibraryImport(Library, EntryPoint = "sd_bus_get_fd")]
    internal static partial int BusGetFd(BusHandle bus);

    /// <summary>What to poll for, or a negative errno.</summary>
    [LibraryImport(Library, EntryPoint = "sd_bus_get_events")]
    internal static partial int BusGetEvents(BusHandle bus);

    /// <summary>
    /// When to process at the latest: CLOCK_MONOTONIC in microseconds, or the largest number for never.
    /// </summary>
    [LibraryImport(Library, EntryPoint = "sd_bus_get_timeout")]
    internal static partial int BusGetTimeout(BusHandle bus, out ulong untilUsec);

    [LibraryImport(Library, EntryPoint = "sd_bus_get_n_queued_write")]
    internal static partial int BusGetQueuedWrites(BusHandle bus, out ulong count);

    [LibraryImport(Library, EntryPoint = "sd_bus_request_name_async", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int BusRequestNameAsync(
        BusHandle bus, nint* slot, string name, ulong flags,
        delegate* unmanaged[Cdecl]<nint, nint, nint, int> callback, nint userdata);

    [LibraryImport(Library, EntryPoint = "sd_bus_add_object_vtable", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int BusAddObjectVtable(
        BusHandle bus, nint* slot, string path, string interfaceName, BusVtableEntry* vtable, nint userdata);

    /// <summary>
    /// Waits for the reply; connects first, which has no time limit, so only for a connection that is ready.
    /// </summary>
    [LibraryImport(Library, EntryPoint = "sd_bus_call")]
    internal static partial int BusCall(
        BusHandle bus, nint message, ulong timeoutUsec, BusError* error, out nint reply);

    [LibraryImport(Library, EntryPoint = "sd_bus_match_signal_async", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int BusMatchSignalAsync(
        BusHandle bus, nint* slot, string sender, string path, string interfaceName, string member,
        delegate* unmanaged[Cdecl]<nint, nint, nint, int> callback,
        delegate* unmanaged[Cdecl]<nint, nint, nint, int> installed,
        nint userdata);

    [LibraryImport(Library, EntryPoint = "sd_bus_send")]
    internal static partial int BusSend(BusHandle bus, nint message, ulong* cookie);

    /// <summary>
    /// Sends and returns; the callback gets the reply, or an error reply when none came in time. Without a slot it is
    /// the bus that remembers the callback.
    /// </summary>
    [LibraryImport(Library, EntryPoint = "sd_bus_call_async")]
    internal static partial int BusCallAsync(
        BusHandle bus, nint* slot, nint message,
        delegate* unmanaged[Cdecl]<nint, nint, nint, int> callback, nint userdata, ulong timeoutUsec);

    [LibraryImport(Library, EntryPoint = "sd_bus_error_free")]
    internal static partial void BusErrorFree(BusError* error);

    [LibraryImport(Library, EntryPoint = "sd_bus_message_new_signal", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int MessageNewSignal(
        BusHandle bus, out nint message, string path, string interfaceName, string member);

    [LibraryImport(Library, EntryPoint = "sd_bus_message_new_method_call", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int MessageNewMethodCall(
        BusHandle bus, out nint message, string destination, string path, string interfaceName, string member);

    [LibraryImport(Library, EntryPoint = "sd_bus_message_new_method_return")]
    internal static partial int MessageNewMethodReturn(nint call, out nint message);

    [LibraryImport(Library, EntryPoint = "sd_bus_message_new_method_error")]
    internal static partial int MessageNewMethodError(nint call, out nint message, BusError* error);

    [LibraryImport(Library, EntryPoint = "sd_bus_message_ref")]
    internal static partial nint MessageRef(nint message);

    /// <summary>The unique name of who sent it, as long as the message lives; null without a bus.</summary>
    [LibraryImport(Library, EntryPoint = "sd_bus_message_get_sender")]
    internal static partial byte* MessageGetSender(nint message);

    [LibraryImport(Library, EntryPoint = "sd_bus_message_get_path")]
    internal static partial byte* MessageGetPath(nint message);

    /// <summary>Positive when it is a signal of this interface and name; null: whatever its name.</summary>
    [LibraryImport(Library, EntryPoint = "sd_bus_message_is_signal", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int MessageIsSignal(nint message, string interfaceName, string? member);

    [LibraryImport(Library, EntryPoint = "sd_bus_message_get_member")]
    internal static partial byte* MessageGetMember(nint message);

    /// <summary>Whether the caller would answer a question for a password.</summary>
    [LibraryImport(Library, EntryPoint = "sd_bus_message_get_allow_interactive_authorization")]
    internal static partial int MessageGetAllowInteractiveAuthorization(nint message);

    [LibraryImport(Library, EntryPoint = "sd_bus_message_set_allow_interactive_authorization")]
    internal static partial int MessageSetAllowInteractiveAuthorization(nint message, int allow);

    [LibraryImport(Library, EntryPoint = "sd_bus_message_set_auto_start")]
    internal static partial int MessageSetAutoStart(nint message, int start);

    [LibraryImport(Library, EntryPoint = "sd_bus_message_unref")]
    internal static partial nint MessageUnref(nint message);

    [LibraryImport(Library, EntryPoint = "sd_bus_message_append_basic")]
    internal static partial int MessageAppendBasic(nint message, byte type, void* value);

    [LibraryImport(Library, EntryPoint = "sd_bus_message_open_container", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int MessageOpenContainer(nint message, byte type, string contents);

    [LibraryImport(Library, EntryPoint = "sd_bus_message_open_container")]
    internal static partial int MessageOpenContainer(nint message, byte type, byte* contents);

    [LibraryImport(Library, EntryPoint = "sd_bus_message_close_container")]
    internal static partial int MessageCloseContainer(nint message);

    /// <summary>Positive when entered, 0 at the end of the enclosing array.</summary>
    [LibraryImport(Library, EntryPoint = "sd_bus_message_enter_container", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int MessageEnterContainer(nint message, byte type, string contents);

    [LibraryImport(Library, EntryPoint = "sd_bus_message_exit_container")]
    internal static partial int MessageExitContainer(nint message);

    /// <summary>Positive when read, 0 at the end of the enclosing array. Strings live as long as the message.</summary>
    [LibraryImport(Library, EntryPoint = "sd_bus_message_read_basic")]
    internal static partial int MessageReadBasic(nint message, byte type, void* value);

    [LibraryImport(Library, EntryPoint = "sd_bus_message_rewind")]
    internal static partial int MessageRewind(nint message, int complete);

    [LibraryImport(Library, EntryPoint = "sd_bus_message_peek_type")]
    internal static partial int MessagePeekType(nint message, byte* type, byte** contents);

    [LibraryImport(Library, EntryPoint = "sd_bus_message_skip", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int MessageSkip(nint message, string types);

    /// <summary>The error in an answer; null when it is none.</summary>
    [LibraryImport(Library, EntryPoint = "sd_bus_message_get_error")]
    internal static partial BusError* MessageGetError(nint message);

    /// <summary>The errno that an error reply stands for; 0 when it is no error.</summary>
    [LibraryImport(Library, EntryPoint = "sd_bus_message_get_errno")]
    internal static partial int MessageGetErrno(nint message);
}
