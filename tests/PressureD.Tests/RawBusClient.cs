using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Net.Sockets;
using System.Text;

namespace PressureD.Tests;

/// <summary>Somebody on the bus who only writes, and never reads an answer.</summary>
internal sealed class RawBusClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private uint _serial;

    public RawBusClient(string address)
    {
        _socket.Connect(new UnixDomainSocketEndPoint(address["unix:path=".Length..]));
        _socket.Send("\0AUTH EXTERNAL\r\nDATA\r\n"u8);
        byte[] answer = new byte[256];
        StringBuilder said = new();
        while (!said.ToString().Contains("OK ", StringComparison.Ordinal))
        {
            int length = _socket.Receive(answer);
            Assert.True(length > 0, $"the bus does not take us in: {said}");
            said.Append(Encoding.ASCII.GetString(answer, 0, length));
        }

        _socket.Send("BEGIN\r\n"u8);
        Send("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello", null);
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Calls a method of the daemon with one string.</summary>
    public void Call(string interfaceName, string method, string argument) =>
        Send("org.pressured1", "/org/pressured1", interfaceName, method, argument);

    /// <summary>A call that announces 64 KiB more than ever come.</summary>
    public void SendHalf() => _socket.Send([(byte)'l', 1, 0, 1, 0, 0, 1, 0, 9, 0, 0, 0, 64, 0, 0, 0, 1, 1]);

    private void Send(string destination, string path, string interfaceName, string member, string? argument)
    {
        List<byte> fields = [];
        AddField(fields, 1, "o", path);
        AddField(fields, 2, "s", interfaceName);
        AddField(fields, 3, "s", member);
        AddField(fields, 6, "s", destination);
        if (argument is not null)
        {
            Pad(fields, 8);
            fields.AddRange([8, 1, (byte)'g', 0, 1, (byte)'s', 0]);
        }

        List<byte> body = [];
        if (argument is not null)
            AddText(body, argument);
        List<byte> message = [(byte)'l', 1, 0, 1];
        AddNumber(message, (uint)body.Count);
        AddNumber(message, ++_serial);
        AddNumber(message, (uint)fields.Count);
        message.AddRange(fields);
        Pad(message, 8);
        message.AddRange(body);
        byte[] bytes = message.ToArray();
        for (int sent = 0; sent < bytes.Length;)
            sent += _socket.Send(bytes.AsSpan(sent));
    }

    private static void AddField(List<byte> fields, byte code, string type, string text)
    {
        Pad(fields, 8);
        fields.AddRange([code, 1, (byte)type[0], 0]);
        AddText(fields, text);
    }

    private static void AddText(List<byte> bytes, string text)
    {
        Pad(bytes, 4);
        AddNumber(bytes, (uint)Encoding.UTF8.GetByteCount(text));
        bytes.AddRange(Encoding.UTF8.GetBytes(text));
        bytes.Add(0);
    }

    private static void AddNumber(List<byte> bytes, uint number)
    {
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(four, number);
        bytes.AddRange(four);
    }

    private static void Pad(List<byte> bytes, int alignment)
    {
        while (bytes.Count % alignment != 0)
            bytes.Add(0);
    }
}
