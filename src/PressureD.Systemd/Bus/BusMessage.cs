using System;
using System.Text;
using System.Text.Unicode;
using PressureD.Core.Publishing;
using PressureD.Systemd.Interop;

namespace PressureD.Systemd.Bus;

/// <summary>
/// A message for the length of a scope. When writing, the first failure is kept and what follows does nothing, so that
/// one look at <see cref="Result"/> at the end is enough.
/// </summary>
internal unsafe ref struct BusMessage
{
    private readonly bool _owned;

    internal BusMessage(nint handle, bool owned)
    {
        Handle = handle;
        _owned = owned;
    }

    internal nint Handle { get; }

    /// <summary>0, or the first failure as a negative errno.</summary>
    internal int Result { get; private set; }

    public readonly void Dispose()
    {
        if (_owned && Handle != 0)
        {
            Libsystemd.MessageUnref(Handle);
        }
    }

    internal static BusMessage Signal(BusConnection connection, string path, string interfaceName, string member)
    {
        int result = Libsystemd.MessageNewSignal(connection.Handle, out nint handle, path, interfaceName, member);
        return new BusMessage(handle, owned: true) { Result = Math.Min(result, 0) };
    }

    internal static BusMessage Call(
        BusConnection connection, string destination, string path, string interfaceName, string member)
    {
        int result = Libsystemd.MessageNewMethodCall(
            connection.Handle, out nint handle, destination, path, interfaceName, member);
        return new BusMessage(handle, owned: true) { Result = Math.Min(result, 0) };
    }

    /// <summary>The answer to a call.</summary>
    internal static BusMessage Return(nint call)
    {
        int result = Libsystemd.MessageNewMethodReturn(call, out nint handle);
        return new BusMessage(handle, owned: true) { Result = Math.Min(result, 0) };
    }

    /// <summary>The answer to a call that something is wrong.</summary>
    /// <param name="call">The call.</param>
    /// <param name="name">The error's name, terminated by NUL.</param>
    /// <param name="text">What is wrong and what helps, terminated by NUL.</param>
    internal static BusMessage Error(nint call, ReadOnlySpan<byte> name, ReadOnlySpan<byte> text)
    {
        fixed (byte* namePointer = name, textPointer = text)
        {
            BusError error = new() { Name = namePointer, Message = textPointer };
            int result = Libsystemd.MessageNewMethodError(call, out nint handle, &error);
            return new BusMessage(handle, owned: true) { Result = Math.Min(result, 0) };
        }
    }

    internal void Add(string text)
    {
        // Short strings are converted on the stack: nothing is allocated.
        int capacity = text.Length * 3 + 1;
        scoped Span<byte> utf8 = capacity <= 1024 ? stackalloc byte[1024] : new byte[capacity];
        int length = Encoding.UTF8.GetBytes(text, utf8);
        utf8[length] = 0;
        AddTerminated(utf8);
    }

    /// <summary>A string given with its terminating NUL.</summary>
    internal void AddTerminated(scoped ReadOnlySpan<byte> utf8)
    {
        fixed (byte* pointer = utf8)
        {
            Keep(Result < 0 ? Result : Libsystemd.MessageAppendBasic(Handle, (byte)'s', pointer));
        }
    }

    /// <summary>
    /// A name of any bytes: a D-Bus string must be UTF-8, a comm or a cgroup's name need not be.
    /// </summary>
    internal void AddName(scoped ReadOnlySpan<byte> name, TextBuffer scratch)
    {
        scratch.Clear();
        if (Utf8.IsValid(name))
        {
            scratch.Append(name);
        }
        else
        {
            scratch.AppendEscaped(name);
        }

        AddTerminated(scratch.Append("\0"u8).Span);
    }

    internal void Add(byte value) => AddBasic('y', &value);

    internal void Add(int value) => AddBasic('i', &value);

    internal void Add(uint value) => AddBasic('u', &value);

    internal void Add(ulong value) => AddBasic('t', &value);

    internal void Add(double value) => AddBasic('d', &value);

    /// <summary>A descriptor, which is duplicated.</summary>
    internal void AddDescriptor(int descriptor) => AddBasic('h', &descriptor);

    internal void Add(bool value)
    {
        int number = value ? 1 : 0;
        AddBasic('b', &number);
    }

    internal void Open(char type, string contents) =>
        Keep(Result < 0 ? Result : Libsystemd.MessageOpenContainer(Handle, (byte)type, contents));

    /// <param name="type">'a' or 'r'.</param>
    /// <param name="contents">The types within, terminated by NUL.</param>
    internal void Open(char type, scoped ReadOnlySpan<byte> contents)
    {
        fixed (byte* pointer = contents)
        {
            Keep(Result < 0 ? Result : Libsystemd.MessageOpenContainer(Handle, (byte)type, pointer));
        }
    }

    internal void Close() => Keep(Result < 0 ? Result : Libsystemd.MessageCloseContainer(Handle));

    /// <summary>Queues it. Does not wait for the bus.</summary>
    /// <returns>0, or a negative errno.</returns>
    internal int Send(BusConnection connection)
    {
        Keep(Result < 0 ? Result : Libsystemd.BusSend(connection.Handle, Handle, null));
        return Result;
    }

    /// <summary>Queues a call; the callback gets its answer, on the thread that drives the connection.</summary>
    /// <returns>0, or a negative errno.</returns>
    internal int SendAsync(
        BusConnection connection,
        delegate* unmanaged[Cdecl]<nint, nint, nint, int> callback,
        nint userdata,
        ulong timeoutUsec)
    {
        Keep(Result < 0
            ? Result
            : Libsystemd.BusCallAsync(connection.Handle, null, Handle, callback, userdata, timeoutUsec));
        return Result;
    }

    private void AddBasic(char type, void* value) =>
        Keep(Result < 0 ? Result : Libsystemd.MessageAppendBasic(Handle, (byte)type, value));

    private void Keep(int result) => Result = Math.Min(result, 0);
}
