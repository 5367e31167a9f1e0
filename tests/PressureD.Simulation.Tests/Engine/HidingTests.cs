using System.Linq;
using PressureD.Core.Kernel;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Tests.Engine;

/// <summary>What an unprivileged process can do to itself makes it neither invisible nor protected.</summary>
public sealed class HidingTests
{
    private const string KillProcess = "{ kill: { from: \"**\", signal: KILL, rank: [size], min-size: 100MiB } }";
    private const string KillCgroup =
        "{ kill: { from: \"**\", victim: cgroup, signal: KILL, rank: [size], min-size: 100MiB } }";

    [Theory]
    [InlineData(KillProcess, 3_000)]
    [InlineData(KillProcess, 9_000)]
    [InlineData(KillProcess, 100_000)]
    [InlineData(KillCgroup, 3_000)]
    [InlineData(KillCgroup, 9_000)]
    [InlineData(KillCgroup, 100_000)]
    public void A_long_path_of_cgroups_protects_nobody(string kill, int bytes)
    {
        using Scene scene = Of(kill);
        SimulatedProcess hog = scene.Start("hog", "/user.slice/hog", 300);
        scene.Files.Set($"/proc/{hog.Pid}/cgroup", LongPath("user.slice", bytes));
        scene.RunUntil(() => Scene.IsDead(hog), 5);
    }

    [Theory]
    [InlineData(3_000)]
    [InlineData(9_000)]
    [InlineData(100_000)]
    public void A_long_path_within_a_protected_unit_is_protected(int bytes)
    {
        using Scene scene = Of(KillProcess);
        SimulatedProcess spared = scene.Start("spared", "/else.service", 300);
        scene.Files.Set($"/proc/{spared.Pid}/cgroup", LongPath("else.service", bytes));
        scene.Run(5);
        Assert.False(Scene.IsDead(spared));
        Assert.Contains(scene.Events, said => said.Text.Contains("protected"));
    }

    [Theory]
    [InlineData(KillProcess)]
    [InlineData(KillCgroup)]
    public void A_path_longer_than_the_kernel_tells_protects_nobody(string kill)
    {
        using Scene scene = Of(kill);
        SimulatedProcess hog = scene.Start("hog", "/user.slice/hog", 300);
        scene.Files.Fail($"/proc/{hog.Pid}/cgroup", Errno.ENAMETOOLONG);
        scene.RunUntil(() => Scene.IsDead(hog), 5);
    }

    [Theory]
    [InlineData(KillProcess, 300)]
    [InlineData(KillProcess, 65_536)]
    [InlineData(KillCgroup, 300)]
    [InlineData(KillCgroup, 65_536)]
    public void Many_groups_hide_and_protect_nobody(string kill, int groups)
    {
        using Scene scene = Of(kill);
        SimulatedProcess hog = scene.Start("hog", "/user.slice/hog", 300);
        string list = string.Join(' ', Enumerable.Repeat("4294967294", groups));
        scene.Files.Set(
            $"/proc/{hog.Pid}/status",
            $"Name:\thog\nState:\tS (sleeping)\nTgid:\t{hog.Pid}\nPid:\t{hog.Pid}\nPPid:\t1\nUid:\t7\t7\t7\t7\n"
            + $"Groups:\t{list} \nVmRSS:\t307200 kB\nRssAnon:\t307200 kB\nRssFile:\t0 kB\nRssShmem:\t0 kB\n"
            + "VmPTE:\t0 kB\nVmSwap:\t0 kB\nThreads:\t1\n");
        scene.RunUntil(() => Scene.IsDead(hog), 5);
    }

    [Fact]
    public void A_cgroup_named_like_a_session_opens_nothing_but_session_files()
    {
        using Scene scene = new("""
            rules:
              - name: a
                when: mem.available > 1MiB
                cooldown: 1min
                then: [ { kill: { from: "**", signal: KILL, min-size: 100MiB, protect: [ { session-leader: true } ] } } ]
            """);
        SimulatedProcess hog = scene.Start("hog", "/user.slice/session-5.ref.scope", 300);
        scene.Files.Set("/run/systemd/sessions/5.ref", $"LEADER={hog.Pid}\n");
        scene.RunUntil(() => Scene.IsDead(hog), 5);
    }

    private static string LongPath(string top, int bytes)
    {
        string component = new('x', 250);
        return $"0::/{top}/{string.Join('/', Enumerable.Repeat(component, bytes / 251))}\n";
    }

    private static Scene Of(string kill) => new($$"""
        protect: [ { unit: else.service }, { cgroup: "/" } ]
        rules:
          - { name: a, when: mem.available > 1MiB, cooldown: 1min, then: [ {{kill}} ] }
        """);
}
