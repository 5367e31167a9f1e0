using System;
using System.Collections.Generic;
using System.Linq;
using PressureD.Core.Kernel;
using PressureD.Simulation.Faults;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Tests.Engine;

/// <summary>
/// Those that are never a victim, whatever the policy says. In each test the one that is spared is the largest, and somebody
/// smaller dies in its place, so that it would die if it were not on the list.
/// </summary>
public sealed class NeverTests
{
    private const long MiB = Scene.MiB;

    private const string KillProcess = "{ kill: { from: \"**\", signal: KILL, rank: [size] } }";
    private const string KillCgroup = "{ kill: { from: \"**\", victim: cgroup, signal: KILL, rank: [size] } }";

    [Fact]
    public void Pid_1()
    {
        using Scene scene = Of(KillProcess);
        SimulatedProcess init = scene.Machine.FindProcess(1)!;
        scene.Files.Set("/proc/1/status", StatusOf(1, 500));
        AssertSpared(scene, init);
    }

    [Fact]
    public void Kernel_threads()
    {
        using Scene scene = Of(KillProcess);
        SimulatedProcess thread = scene.Machine.Processes.First(process => process.Comm == "kswapd0");

        // Some borrow the memory of a process for a while, and then have lines of memory in their status.
        scene.Files.Set($"/proc/{thread.Pid}/status", StatusOf(thread.Pid, 500));
        AssertSpared(scene, thread);
    }

    [Fact]
    public void Ourselves()
    {
        using Scene scene = Of(KillProcess, kernel: new SimulatedKernelOptions { OwnBytes = 300 * MiB });
        scene.Files.Set($"/proc/{scene.Daemon.Pid}/oom_score_adj", "0\n");
        AssertSpared(scene, scene.Daemon);
    }

    [Theory]
    [InlineData("/system.slice/pressured.service")]
    [InlineData("/system.slice/app.service/sub")]
    public void A_cgroup_that_holds_us(string own)
    {
        using Scene scene = Of(
            KillCgroup, kernel: new SimulatedKernelOptions { OwnBytes = 300 * MiB, OwnCgroup = own });
        AssertSpared(scene, scene.Daemon);
        Assert.DoesNotContain(scene.Kernel.Writes, write => write.Contains(own));
    }

    [Fact]
    public void A_cgroup_above_ours_with_an_oom_group()
    {
        using Scene scene = Of(KillCgroup, kernel: new SimulatedKernelOptions { OwnCgroup = "/system.slice/app.service/sub" });
        SimulatedProcess big = scene.Start("big", "/system.slice/app.service/other", 300);
        scene.Machine.FindCgroup("/system.slice/app.service")!.OomGroup = true;
        AssertSpared(scene, scene.Daemon, big);
        Assert.Contains(scene.Events, said => said.Text.Contains("holds this daemon"));
    }

    [Theory]
    [InlineData(KillProcess)]
    [InlineData(KillCgroup)]
    public void Oom_score_adj_minus_1000(string kill)
    {
        using Scene scene = Of(kill);
        SimulatedProcess spared = scene.Start(new ProcessOptions
        {
            Comm = "spared", Cgroup = "/system.slice/spared.service", AnonBytes = 300 * MiB, OomScoreAdj = -1000,
        });
        AssertSpared(scene, spared);
    }

    [Theory]
    [InlineData("comm: \"^spared$\"", KillProcess)]
    [InlineData("exe: \"^/opt/spared$\"", KillProcess)]
    [InlineData("cgroup: \"system.slice/spared.*\"", KillProcess)]
    [InlineData("unit: spared.service", KillProcess)]
    [InlineData("uid: 77", KillProcess)]
    [InlineData("unit: spared.service, comm: \"^spared$\"", KillProcess)]
    [InlineData("comm: \"^spared$\"", KillCgroup)]
    [InlineData("exe: \"^/opt/spared$\"", KillCgroup)]
    [InlineData("cgroup: \"system.slice/spared.*\"", KillCgroup)]
    [InlineData("unit: spared.service", KillCgroup)]
    [InlineData("uid: 77", KillCgroup)]
    public void Whom_the_policy_protects(string matcher, string kill)
    {
        using Scene scene = Of(kill, protect: $"{{ {matcher} }}");
        AssertSpared(scene, StartSpared(scene));
    }

    [Theory]
    [InlineData("comm: \"^spare$\"")]
    [InlineData("uid: 78")]
    [InlineData("unit: spared.service, comm: \"^other$\"")]
    public void A_matcher_protects_only_whom_all_of_it_matches(string matcher)
    {
        using Scene scene = Of(KillProcess, protect: $"{{ {matcher} }}");
        SimulatedProcess spared = StartSpared(scene);
        scene.RunUntil(() => Scene.IsDead(spared), 5);
    }

    [Theory]
    [InlineData("oom_score_adj", "-1000\n")]
    [InlineData("status", null)]
    public void Who_has_come_to_be_protected_since_the_processes_were_listed(string file, string? content)
    {
        using Scene scene = Of(KillProcess, protect: "{ uid: 77 }");
        SimulatedProcess spared = scene.Start("spared", "/system.slice/spared.service", 300);
        scene.Kernel.BeforeReadProcess = (pid, read) =>
        {
            // Listing does not read this one; whoever is examined is looked at by it first.
            if (pid == spared.Pid && read == ProcessFile.Stat)
                scene.Files.Set($"/proc/{pid}/{file}", content ?? StatusOf(pid, 300, uid: 77));
        };
        AssertSpared(scene, spared);
    }

    [Fact]
    public void The_leader_of_a_session_and_not_its_other_processes()
    {
        using Scene scene = Of(KillProcess, protect: "{ session-leader: true }");
        const string scope = "/user.slice/user-1000.slice/session-4.scope";
        SimulatedProcess leader = scene.Start("sshd", scope, 300);
        SimulatedProcess shell = scene.Start("bash", scope, 100);
        scene.Files.Set("/run/systemd/sessions/4", $"UID=1000\nLEADER={leader.Pid}\nTYPE=tty\n");
        scene.RunUntil(() => Scene.IsDead(shell), 5);
        scene.Run(scene.Now + 5);
        Assert.False(Scene.IsDead(leader));
    }

    [Fact]
    public void A_cgroup_that_holds_one_protected_process_anywhere_below()
    {
        using Scene scene = Of(KillCgroup, protect: "{ comm: \"^spared$\" }");
        SimulatedProcess big = scene.Start("big", "/system.slice/app.service/one", 300);
        SimulatedProcess spared = scene.Start("spared", "/system.slice/app.service/two/deep", 1);
        scene.Machine.FindCgroup("/system.slice/app.service")!.OomGroup = true;
        AssertSpared(scene, spared, big);
    }

    [Theory]
    [InlineData("stat", Errno.EACCES)]
    [InlineData("status", Errno.EACCES)]
    [InlineData("oom_score_adj", Errno.EACCES)]
    [InlineData("stat", Errno.EIO)]
    [InlineData("cgroup", Errno.EACCES)]
    public void A_cgroup_with_a_process_that_cannot_be_examined(string file, int errno)
    {
        using Scene scene = Of(KillCgroup, protect: "{ unit: else.service }");
        SimulatedProcess spared = StartSpared(scene);
        scene.Files.Fail($"/proc/{spared.Pid}/{file}", errno);
        AssertSpared(scene, spared);
    }

    [Theory]
    [InlineData("cgroup", "unit: else.service")]
    [InlineData("exe", "exe: \"^/opt/else$\"")]
    public void A_process_of_which_cannot_be_read_what_protects(string file, string matcher)
    {
        using Scene scene = Of(KillProcess, protect: $"{{ {matcher} }}");
        SimulatedProcess spared = StartSpared(scene);
        scene.Files.Fail($"/proc/{spared.Pid}/{file}", Errno.EACCES);
        AssertSpared(scene, spared);
    }

    [Fact]
    public void A_cgroup_with_a_process_of_another_pid_namespace()
    {
        using Scene scene = Of(KillCgroup);
        SimulatedProcess spared = StartSpared(scene);
        scene.Files.Set("/sys/fs/cgroup/system.slice/spared.service/cgroup.procs", $"{spared.Pid}\n0\n");
        AssertSpared(scene, spared);
    }

    [Fact]
    public void A_cgroup_whose_list_of_processes_is_cut_off()
    {
        using Scene scene = Of(KillCgroup, protect: "{ comm: \"^hidden$\" }");
        SimulatedProcess spared = StartSpared(scene);
        scene.Start("hidden", "/system.slice/spared.service", pid: 1234);
        scene.Files.Set("/sys/fs/cgroup/system.slice/spared.service/cgroup.procs", $"{spared.Pid}\n12");
        AssertSpared(scene, spared);
    }

    [Fact]
    public void A_cgroup_with_one_below_that_cannot_be_opened()
    {
        using Scene scene = Of(KillCgroup, protect: "{ comm: \"^hidden$\" }", kernel: new SimulatedKernelOptions
        {
            Faults = new ScriptedFaults().Fail(
                KernelCallKind.OpenDirectory, "/spared.service/below", Errno.EMFILE, times: 10_000),
        });
        SimulatedProcess spared = StartSpared(scene);
        SimulatedProcess hidden = scene.Start("hidden", "/system.slice/spared.service/below", 1);
        scene.Machine.FindCgroup("/system.slice/spared.service")!.OomGroup = true;
        AssertSpared(scene, hidden, spared);
    }

    [Fact]
    public void An_answer_about_the_executable_that_does_not_come_in_time()
    {
        using Scene scene = Of(KillProcess, protect: "{ exe: \"^/opt/else$\" }", kernel: new SimulatedKernelOptions
        {
            Faults = new ScriptedFaults().Delay("/210/ReadProcess", 60_000_000, times: 1000),
        });
        SimulatedProcess spared = scene.Start("spared", "/system.slice/spared.service", 300, pid: 210);
        scene.Start("victim", "/system.slice/victim.service", 100);
        scene.Run(5);
        Assert.False(Scene.IsDead(spared));
        Assert.Single(scene.Kernel.Signals);
    }

    private static Scene Of(string kill, string protect = "", SimulatedKernelOptions? kernel = null) => new($$"""
        protect: [ {{protect}} ]
        rules:
          - { name: a, when: mem.available > 1MiB, cooldown: 500ms, then: [ {{kill}} ] }
        """, kernel: kernel);

    private static SimulatedProcess StartSpared(Scene scene) => scene.Start(new ProcessOptions
    {
        Comm = "spared",
        Exe = "/opt/spared",
        Cgroup = "/system.slice/spared.service",
        Uid = 77,
        AnonBytes = 300 * MiB,
    });

    private static void AssertSpared(Scene scene, params SimulatedProcess[] spared)
    {
        SimulatedProcess victim = scene.Start("victim", "/system.slice/victim.service", 100);
        scene.RunUntil(() => Scene.IsDead(victim), 5);
        scene.Run(scene.Now + 5);
        foreach (SimulatedProcess process in spared)
        {
            Assert.False(Scene.IsDead(process), scene.Text);
            Assert.DoesNotContain(scene.Kernel.Signals, signal => signal.Pid == process.Pid);
        }
    }

    private static string StatusOf(int pid, long mib, int uid = 0) =>
        $"Name:\tx\nState:\tS (sleeping)\nTgid:\t{pid}\nPid:\t{pid}\nPPid:\t0\nUid:\t{uid}\t{uid}\t{uid}\t{uid}\n"
        + $"VmRSS:\t{mib * 1024} kB\nRssAnon:\t{mib * 1024} kB\nRssFile:\t0 kB\nRssShmem:\t0 kB\nVmPTE:\t0 kB\nVmSwap:\t0 kB\n"
        + "Threads:\t1\n";
}
