using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace PressureD.Tests;

/// <summary>The service manager's end of NOTIFY_SOCKET: what the daemon said about itself.</summary>
internal sealed class NotifyListener : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly List<string> _messages = [];

    public NotifyListener(string path)
    {
        Path = path;
        File.Delete(path);
        _socket.Bind(new UnixDomainSocketEndPoint(path));
        new Thread(Receive) { IsBackground = true }.Start();
    }

    public string Path { get; }

    /// <summary>How often an assignment such as "READY=1" was sent.</summary>
    public int Count(string assignment)
    {
        lock (_messages)
            return _messages.Count(message => message.Split('\n').Contains(assignment));
    }

    /// <summary>The newest value of a variable, such as "STATUS="; empty when there was none.</summary>
    public string Last(string variable)
    {
        lock (_messages)
        {
            return _messages.SelectMany(message => message.Split('\n')).LastOrDefault(
                line => line.StartsWith(variable, StringComparison.Ordinal))?[variable.Length..] ?? "";
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        File.Delete(Path);
    }

    private void Receive()
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                string message = Encoding.UTF8.GetString(buffer, 0, _socket.Receive(buffer));
                lock (_messages)
                    _messages.Add(message);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
