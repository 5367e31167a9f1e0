using System;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PressureD.Cli.Prekill;

namespace PressureD.Cli.Tests.Prekill;

/// <summary>Real sockets of a directory of its own, with listeners that behave well and badly.</summary>
public sealed class PrekillSocketsTests : IDisposable
{
    private const string Question =
        "{\"method\":\"io.systemd.oom.Prekill.Notify\",\"parameters\":{\"cgroup\":\"/app.slice/dev-\\\\x2d.scope\"}}\0";

    private readonly string _directory = Directory.CreateTempSubdirectory("prekill.").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task All_are_told_and_their_answers_waited_for()
    {
        using Socket first = Listen("first");
        using Socket second = Listen("second");

        // Neither answers before both have been asked.
        Task<CommandRun> run = Task.Run(Run);
        using Socket one = await first.AcceptAsync();
        using Socket other = await second.AcceptAsync();
        Assert.Equal(Question, Read(one));
        Assert.Equal(Question, Read(other));
        Assert.False(run.IsCompleted);
        other.Send("{\"parameters\":{}}\0"u8);
        one.Send("{\"para"u8);
        one.Send("meters\":{}}\0"u8);
        CommandRun done = await run;
        Assert.Equal(0, done.ExitCode);
        Assert.Equal(["pressurectl: first: done", "pressurectl: second: done"], Lines(done));
    }

    [Theory]
    [InlineData("{\"error\":\"org.example.Busy\",\"parameters\":{}}\0", "it answered with org.example.Busy")]
    [InlineData("hello\0", "its answer is not varlink")]
    [InlineData("[]\0", "its answer is not varlink")]
    [InlineData("", "it left without an answer")]
    public async Task Who_answers_badly_is_named_and_the_others_are_told_all_the_same(string answer, string said)
    {
        using Socket bad = Listen("bad");
        using Socket good = Listen("good");
        Task<CommandRun> run = Task.Run(Run);
        using (Socket one = await bad.AcceptAsync())
        {
            Read(one);
            one.Send(Encoding.UTF8.GetBytes(answer));
        }

        using Socket other = await good.AcceptAsync();
        Read(other);
        other.Send("{\"parameters\":{}}\0"u8);
        CommandRun done = await run;
        Assert.Equal(1, done.ExitCode);
        Assert.Equal([$"pressurectl: bad: {said}", "pressurectl: good: done"], Lines(done));
    }

    [Fact]
    public void What_nobody_listens_at_is_passed_by()
    {
        using (Listen("listening"))
        {
            // Under another name it is not removed with its listener.
            File.Move(Path.Combine(_directory, "listening"), Path.Combine(_directory, "left-behind"));
        }

        File.WriteAllText(Path.Combine(_directory, "no-socket"), "");
        CommandRun done = Run();
        Assert.Equal(0, done.ExitCode);
        Assert.Equal(
            ["pressurectl: left-behind: nobody listens", "pressurectl: no-socket: nobody listens"], Lines(done));
    }

    [Fact]
    public async Task Who_hangs_is_waited_for_until_the_end_and_named()
    {
        using Socket hanging = Listen("hanging");
        using CancellationTokenSource ending = new();
        string said = "";
        Task<bool> told = Task.Run(
            () => new PrekillSockets(_directory, text => said = text).Tell("/a", ending.Token));
        using Socket one = await hanging.AcceptAsync();
        Read(one);
        await ending.CancelAsync();
        Assert.False(await told);
        Assert.Equal("hanging: no answer in time", said);
    }

    [Fact]
    public void Without_a_directory_there_is_nobody_to_tell_and_without_a_cgroup_nothing()
    {
        Assert.Equal(
            new CommandRun(0, "", ""),
            CommandRun.Of("prekill-sockets", "--directory", Path.Combine(_directory, "none"), "--cgroup", "/a"));
        CommandRun blind = CommandRun.Of("prekill-sockets", "--directory", _directory);
        Assert.Equal(1, blind.ExitCode);
        Assert.Contains("neither --cgroup nor PRESSURED_VICTIM_CGROUP", blind.Error, StringComparison.OrdinalIgnoreCase);
    }

    private CommandRun Run() =>
        CommandRun.Of("prekill-sockets", "--directory", _directory, "--cgroup", "/app.slice/dev-\\x2d.scope");

    private static string[] Lines(CommandRun run) =>
        [.. run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];

    private static string Read(Socket socket)
    {
        byte[] buffer = new byte[256];
        int length = 0;
        do
        {
            length += socket.Receive(buffer, length, buffer.Length - length, SocketFlags.None);
        }
        while (buffer[length - 1] != 0);

        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    private Socket Listen(string name)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(_directory, name)));
        socket.Listen();
        return socket;
    }
}
