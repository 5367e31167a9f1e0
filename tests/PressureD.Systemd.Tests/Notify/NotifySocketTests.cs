using System;
using System.IO;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using PressureD.Core.Publishing;
using PressureD.Systemd.Notify;

namespace PressureD.Systemd.Tests.Notify;

// Alone, because programs that other tests start would inherit the environment and notify as well.
[Collection(nameof(AloneCollection))]
public sealed partial class NotifySocketTests
{
    [Fact]
    public void Messages_arrive_at_the_socket_of_the_environment()
    {
        string directory = Directory.CreateTempSubdirectory("pressured-notify-").FullName;
        try
        {
            using Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.ReceiveTimeout = 30_000;
            string path = Path.Combine(directory, "socket");
            socket.Bind(new UnixDomainSocketEndPoint(path));

            // libsystemd reads the environment of the process, which the runtime only copies.
            Assert.Equal(0, SetEnvironment("NOTIFY_SOCKET", path, 1));
            Assert.Equal(0, SetEnvironment("WATCHDOG_USEC", "30000000", 1));
            Environment.SetEnvironmentVariable("NOTIFY_SOCKET", path);
            NotifySocket sender = new();
            Assert.True(sender.IsWanted);
            Assert.Equal(30_000_000, sender.WatchdogUsec);
            sender.Send(new TextBuffer(64).Append("STATUS=well é"));
            byte[] bytes = new byte[256];
            int length = socket.Receive(bytes);
            Assert.Equal("STATUS=well é", Encoding.UTF8.GetString(bytes, 0, length));
        }
        finally
        {
            Environment.SetEnvironmentVariable("NOTIFY_SOCKET", null);
            UnsetEnvironment("NOTIFY_SOCKET");
            UnsetEnvironment("WATCHDOG_USEC");
            Directory.Delete(directory, recursive: true);
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "unsetenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnsetEnvironment(string name);
}
