using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using PressureD.Cli.Top;
using PressureD.Core.Commands;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Script;
using PressureD.Systemd.Bus;
using PressureD.Systemd.Tests;
using PressureD.Systemd.Tests.Bus;

namespace PressureD.Cli.Tests.Top;

/// <summary>The live view, over literal cgroup files and a daemon on a real bus.</summary>
public sealed class TopTests
{
    private const int Width = 80;
    private const int Height = 24;
    private const string Long =
        "/user.slice/user-1000.slice/user@1000.service/app.slice/app-gnome-org.mozilla.firefox-4711.scope";

    private static readonly TopOrder ByMemory = new(TopColumn.Memory, Reverse: false, All: false);

    [Fact]
    public void A_screen_of_80_columns_has_everything()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = Service(bus);
        SimulatedKernel kernel = Machine();
        using TopSampler sampler = new(kernel, () => new BusClient(bus.Address));
        TopView view = new(ByMemory);
        view.Take(sampler.Take());
        Pass(kernel, 2_000_000);
        view.Take(sampler.Take());

        List<string> lines = view.Render(Width, Height, out int header);
        Assert.Equal(Height, lines.Count);
        Assert.All(lines, static line => Assert.InRange(line.Length, 0, Width));
        Assert.StartsWith("pressured 1.2.3: guarding; pressure low   ", lines[0]);
        Assert.Equal(
            [
                "memory    1.0 GiB of 8.0 GiB available, 12.5% of what programs can have",
                "swap      none; exhaustion in 7.0 s",
                "stalled   memory some 20.0%, full 0.3%; io full unknown of the last 10 s",
                "pending   out-of-memory-soon",
                "next      4711 (firefox) in /user.slice/x, 2.0 GiB by out-of-memory-soon",
                "          nobody by thrash",
                "",
                "CGROUP                                 *MEMORY  GROWTH/S    SWAP    SOME    FULL",
            ],
            lines[1..9]);
        Assert.Equal(8, header);
        Assert.Equal("…-gnome-org.mozilla.firefox-4711.scope    2.0G   +256.0M     512   35.0%   20.5%", lines[9]);
        Assert.EndsWith("4 of 4", lines[^1]);
    }

    [Fact]
    public void Keys_sort_turn_round_and_end()
    {
        SimulatedKernel kernel = Machine();
        TopView view = new(ByMemory);
        view.Take(Alone(kernel));
        Assert.Equal(["firefox", "pressured.service", "b.service", "a.service"], Names(view));
        Press(view, 'r');
        Assert.Equal(["a.service", "b.service", "pressured.service", "firefox"], Names(view));
        Press(view, 'n');
        Assert.Equal(["a.service", "b.service", "pressured.service", "firefox"], Names(view));
        Press(view, 's');
        Assert.Equal(["firefox", "a.service", "b.service", "pressured.service"], Names(view));
        Press(view, 'r');
        Press(view, 'p');
        Assert.Equal(["firefox", "a.service", "b.service", "pressured.service"], Names(view));
        Press(view, 'a');
        Assert.True(view.Order.All);
        Assert.Contains("\n/user.slice ", string.Join('\n', view.Render(Width, Height, out _)));
        Assert.True(view.Press(new ConsoleKeyInfo('x', ConsoleKey.X, false, false, false)));
        Assert.False(view.Press(new ConsoleKeyInfo('q', ConsoleKey.Q, false, false, false)));
    }

    [Theory]
    [InlineData(20, 5)]
    [InlineData(1, 1)]
    [InlineData(200, 60)]
    [InlineData(80, 8)]
    public void Any_size_of_screen_is_filled_and_not_exceeded(int width, int height)
    {
        TopView view = new(ByMemory);
        List<string> empty = view.Render(width, height, out _);
        Assert.Equal(height, empty.Count);
        view.Take(Alone(Machine()));
        List<string> lines = view.Render(width, height, out _);
        Assert.Equal(height, lines.Count);
        Assert.All(lines, line => Assert.InRange(line.Length, 0, width));
    }

    [Fact]
    public void Scrolling_ends_at_both_ends()
    {
        ScriptedMachine script = new();
        for (int i = 0; i < 100; i++)
            script.Cgroup($"/a.slice/{i:00}.service");
        TopView view = new(new TopOrder(TopColumn.Name, Reverse: false, All: false));
        view.Take(Alone(script.Build()));
        Press(view, ConsoleKey.UpArrow);
        Assert.Contains("/00.service", First(view));
        Press(view, ConsoleKey.DownArrow);
        Assert.Contains("/01.service", First(view));
        Press(view, ConsoleKey.End);
        List<string> lines = view.Render(Width, Height, out _);
        Assert.Contains("/99.service", lines[^3]);
        Assert.EndsWith("101 of 101", lines[^1]);
        Press(view, ConsoleKey.DownArrow);
        Assert.Equal(lines, view.Render(Width, Height, out _));
        Press(view, ConsoleKey.Home);
        Assert.Contains("/00.service", First(view));
    }

    [Fact]
    public void Without_the_daemon_it_says_so_and_shows_what_can_be_read()
    {
        using PrivateBus bus = new PrivateBus().Start();
        SimulatedKernel kernel = Machine();
        using TopSampler sampler = new(kernel, () => new BusClient(bus.Address));
        TopSample sample = sampler.Take();
        List<string> lines = TopText.Machine(sample, 0);
        Assert.StartsWith("pressured is not on the bus", lines[0]);
        Assert.Contains("systemctl status pressured", lines[0]);
        Assert.Equal("memory    1.0 GiB of 8.0 GiB available, 50.0% of what programs can have", lines[1]);
        Assert.Equal("stalled   memory some 1.5%, full 0.5%; io full 0.0% of the last 10 s", lines[3]);
        Assert.Equal(4, ByMemory.Of(sample.Cgroups).Count);

        // It comes later, and is found.
        using RunningService service = Service(bus);
        Assert.NotNull(sampler.Take().Problem);
        Pass(kernel, 3_000_000);
        Assert.Null(sampler.Take().Problem);
    }

    [Fact]
    public void Growth_is_that_of_the_last_seconds_and_begins_anew_with_a_cgroup()
    {
        SimulatedKernel kernel = new ScriptedMachine()
            .Cgroup("/a").File("/a", "memory.current", "1000000\n")
            .At(1_000_000).File("/a", "memory.current", "3000000\n")
            .At(2_000_000).RemoveCgroup("/a")
            .At(3_000_000).Cgroup("/a").File("/a", "memory.current", "100\n")
            .At(4_000_000).File("/a", "memory.current", "50\n")
            .Build();
        CgroupRows rows = new(kernel);
        Assert.Null(Find(rows, "/a").GrowthBytesPerSecond);
        Pass(kernel, 1_000_000);
        Assert.Equal(2_000_000, Find(rows, "/a").GrowthBytesPerSecond);
        Pass(kernel, 2_000_000);
        Assert.Null(Find(rows, "/a").GrowthBytesPerSecond);
        Pass(kernel, 1_000_000);
        Assert.Equal(-50, Find(rows, "/a").GrowthBytesPerSecond);
    }

    [Fact]
    public void A_name_cannot_steer_the_terminal()
    {
        CgroupRows rows = new(new ScriptedMachine().Cgroup("/evil\e[2J\n").Build());
        Assert.NotNull(Find(rows, @"/evil\x1b[2J\x0a"));
    }

    [Fact]
    public void Json_has_the_documented_names_and_null_for_what_is_not_known()
    {
        SimulatedKernel kernel = Machine();
        TopSample sample = Alone(kernel);
        string line = TopJson.Render(sample, ByMemory.Of(sample.Cgroups));
        Assert.Equal(line.Length - 1, line.IndexOf('\n'));
        JsonElement json = JsonDocument.Parse(line).RootElement;
        Assert.Equal(1, json.GetProperty("format").GetInt32());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("daemon").ValueKind);
        Assert.Equal("gone", json.GetProperty("problem").GetString());
        JsonElement first = json.GetProperty("cgroups")[0];
        Assert.Equal(Long, first.GetProperty("path").GetString());
        Assert.Equal(1536L << 20, first.GetProperty("memory_bytes").GetInt64());
        Assert.Equal(35, first.GetProperty("memory_some_avg10_percent").GetDouble());
        Assert.Equal(JsonValueKind.Null, first.GetProperty("growth_bytes_per_second").ValueKind);
    }

    [Fact]
    public void Of_the_rules_that_do_not_kill_one_at_a_time_is_asked_again()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = Service(bus);
        using TopSampler sampler = new(Machine(), () => new BusClient(bus.Address));
        List<string> asked = [];
        service.Loop.Answer = command =>
        {
            asked.Add(command.Name.ToString());
            Answer(command);
        };
        sampler.Take();
        int first = service.Loop.Answered;
        asked.Clear();
        sampler.Take();

        // ListRules and WhyNot of each of the three; then ListRules, one that kills, and one that does not.
        Assert.Equal((4, 3), (first, service.Loop.Answered - first));
        Assert.Equal(["", "low", "out-of-memory-soon"], asked);
    }

    private static SimulatedKernel Machine() => new ScriptedMachine()
        .MemInfo("MemTotal", 8 << 20).MemInfo("MemAvailable", 1 << 20).MemInfo("AnonPages", 1 << 20)
        .Pressure("/", "memory", "1.50", "0.50")
        .Cgroup(Long)
        .File(Long, "memory.current", $"{1536L << 20}\n").File(Long, "memory.swap.current", "512\n")
        .Pressure(Long, "memory", "35.00", "20.50")
        .Cgroup("/system.slice/a.service").File("/system.slice/a.service", "memory.current", "4096\n")
        .Cgroup("/system.slice/b.service").File("/system.slice/b.service", "memory.current", "8192\n")
        .At(2_000_000).File(Long, "memory.current", $"{2048L << 20}\n")
        .Build();

    private static RunningService Service(PrivateBus bus)
    {
        RunningService service = new RunningService(bus.Address).WaitOnBus();
        service.Snapshot.Level = PressureLevel.Low;
        service.Snapshot.MemoryTotalBytes = 8L << 30;
        service.Snapshot.MemoryAvailableBytes = 1L << 30;
        service.Snapshot.AvailableUserMillionths = 125_000;
        service.Snapshot.SwapTotalBytes = 0;
        service.Snapshot.TimeToExhaustionUsec = 7_000_000;
        service.Snapshot.MemorySomeAvg10Millionths = 200_000;
        service.Snapshot.MemoryFullAvg10Millionths = 2_500;
        service.Publish();
        service.Loop.Answer = Answer;
        return service;
    }

    private static void Answer(Command command)
    {
        if (command.Kind == CommandKind.ListRules)
        {
            Replies.Rules(command, Rule("out-of-memory-soon", "pending"), Rule("thrash", "idle"), Rule("low", "idle"));
            return;
        }

        WhyNotReason falsehood = new("condition", "", "the condition is false", 0);
        switch (command.Name.ToString())
        {
            case "out-of-memory-soon":
                Replies.WhyNot(command, new ExpectedVictim(4711, "firefox", "user.slice/x", 2ul << 30), falsehood);
                break;
            case "thrash":
                Replies.WhyNot(
                    command, null, falsehood, new WhyNotReason("no-candidate", "", "nobody qualifies", 0));
                break;
            default:
                Replies.WhyNot(command, null, falsehood);
                break;
        }
    }

    private static RuleStatus Rule(string name, string phase) => new(name, "p.yaml:3", phase, false, false, 1, 1, 0, 0);

    private static TopSample Alone(SimulatedKernel kernel) => new(
        DateTime.UnixEpoch, 0, MachineReading.Read(kernel), "gone", [], [], new CgroupRows(kernel).Read(), null);

    private static CgroupRow Find(CgroupRows rows, string path) => rows.Read().Single(row => row.Path == path);

    private static void Pass(SimulatedKernel kernel, long usec) => kernel.Wait(kernel.NowUsec + usec, new WaitEvent[4]);

    private static void Press(TopView view, char key) =>
        Assert.True(view.Press(new ConsoleKeyInfo(key, ConsoleKey.None, false, false, false)));

    private static void Press(TopView view, ConsoleKey key) =>
        Assert.True(view.Press(new ConsoleKeyInfo('\0', key, false, false, false)));

    private static string First(TopView view)
    {
        List<string> lines = view.Render(Width, Height, out int header);
        return lines[header + 1];
    }

    private static string[] Names(TopView view)
    {
        List<string> lines = view.Render(Width, Height, out int header);
        return [.. lines[(header + 1)..(header + 5)].Select(static line =>
            line.Contains("firefox") ? "firefox" : line.Split(' ')[0].Split('/')[^1])];
    }
}
