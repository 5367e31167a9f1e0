using System;
using System.Collections.Generic;
using System.Linq;
using PressureD.Core.Kernel;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Services;
using PressureD.Simulation.Workloads;
using Xunit.Abstractions;

namespace PressureD.Simulation.Tests.Engine;

/// <summary>
/// Whichever call of a run fails once, for want of memory or descriptors, or whichever read is cut off: the one to
/// blame dies, soon, and nobody else; and what was changed is put back.
/// </summary>
public sealed class OneFailureTests(ITestOutputHelper output)
{
    private const long MiB = Scene.MiB;
    private const string Session = "/a/session-4.scope";

    /// <summary>Two seconds after the condition, a second of grace, and some for what failed. Seconds.</summary>
    private const double LatestDeath = 13;

    [Theory]
    [InlineData("victim: process, rank: [growth, size], signal: TERM, grace: 1s", "6.12")]
    [InlineData("victim: process, rank: [growth, size], signal: KILL, protect: [ { exe: /spared$ }, { session-leader: true } ]", "6.12")]
    [InlineData("victim: process, rank: [growth, size], signal: KILL, protect: [ { session-leader: true }, { xattr: user.keep } ]", "6.12", Session)]
    [InlineData("victim: process-group, rank: [growth, size], signal: TERM, grace: 1s, protect: [ { comm: ^spared$ } ]", "6.12")]
    [InlineData("victim: cgroup, rank: [growth, size], signal: TERM, grace: 1s, protect: [ { comm: ^spared$ } ]", "6.12")]
    [InlineData("victim: cgroup, rank: [growth, size], signal: KILL, protect: [ { session-leader: true }, { comm: ^spared$ } ]", "5.10")]
    public void The_one_to_blame_dies_and_nobody_else(string keys, string kernel, string cgroup = "/a/leak")
    {
        string policy = $$"""
            rules:
              - name: a
                when: mem.available < 300MiB for 2s
                cooldown: 10min
                then: [ { kill: { from: "a/**", {{keys}} } } ]
            """;
        Search(failure => Leak(policy, kernel, cgroup, failure));
    }

    /// <summary>What is asked of whom it kills is asked again before KILL, also by the next daemon.</summary>
    [Theory]
    [InlineData("victim: process", "6.12")]
    [InlineData("victim: process-group", "6.12")]
    [InlineData("victim: cgroup", "6.12")]
    [InlineData("victim: cgroup", "5.10")]
    public void One_who_was_asked_to_leave_is_ended_by_the_next_daemon(string keys, string kernel)
    {
        string policy = $$"""
            rules:
              - name: a
                when: mem.available < 900MiB
                cooldown: 10min
                then: [ { kill: { from: "a/**", {{keys}}, rank: [size], signal: TERM, grace: 2s } } ]
            """;
        Search(failure =>
        {
            using Scene scene = Make(policy, kernel, failure);
            SimulatedProcess other = Start(scene, "other", "/a/other", 320, 50);
            SimulatedProcess stubborn = scene.Start(new ProcessOptions
            {
                Comm = "stubborn", Cgroup = "/a/stubborn", Pid = 330, Uid = 1000, AnonBytes = 200 * MiB,
                IgnoresTerm = true,
            });
            scene.Run(1);
            if (scene.Kernel.Signals.Count == 0)
                return $"nobody was asked\n{scene.Text}";
            using Scene next = scene.Restart();
            while (!Scene.IsDead(stubborn) && next.Now < 4)
                next.Step();
            return !Scene.IsDead(stubborn) ? $"it lives\n{scene.Text}\n{next.Text}"
                : other.State != ProcessState.Running ? $"the other one died\n{scene.Text}\n{next.Text}"
                : null;
        });
    }

    /// <summary>One act's effect is what the next one waits for: a look that failed ends no chain.</summary>
    [Fact]
    public void A_chain_comes_to_its_kill()
    {
        Search(failure =>
        {
            using Scene scene = Make("""
                rules:
                  - name: a
                    when: mem.available < 900MiB and psi.memory.some.avg10 > 10%
                    cooldown: 1min
                    then: [ { reclaim: { of: "a/*", amount: 10MiB } }, { wait: 1s }, { kill: { from: "a/*", signal: KILL } } ]
                """, "6.12", failure);
            SimulatedProcess hog = Start(scene, "hog", "/a/hog", 330, 300);
            scene.Pressure(20);
            while (!Scene.IsDead(hog) && scene.Now < 4)
                scene.Step();
            return Scene.IsDead(hog) ? null : $"it lives\n{scene.Text}";
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_was_changed_is_put_back(bool restarts)
    {
        Search(failure =>
        {
            using Scene scene = Make("""
                rules:
                  - name: a
                    when: mem.available < 500MiB
                    cooldown: 0s
                    then:
                      - throttle: { of: "a/*", at-most: 1, to: 90%, for: 10min }
                      - swap: { of: "a/*", max: 10MiB }
                      - set: { of: "b/*", file: memory.low, value: 5MiB }
                      - freeze: { of: "c/*", for: 2s }
                """, "6.12", failure);
            Start(scene, "a", "/a/1", 320, 100);
            Start(scene, "smaller", "/a/2", 323, 50);
            Start(scene, "b", "/b/1", 321, 100);
            Start(scene, "c", "/c/1", 322, 100);
            scene.Available(400);
            scene.At(4, () => scene.Available(900));
            scene.Run(1.5);
            string changed = State(scene);
            bool isOther = scene.Holds("/a/2", "memory.high") != "max";
            using Scene? next = restarts ? scene.Restart() : null;
            Scene last = next ?? scene;
            last.Run(10);
            string after = State(scene);
            return isOther ? $"the smaller one was met\n{scene.Text}"
                : after != "max max 0 0" ? $"{changed}, then {after}\n{scene.Text}\n{next?.Text}"
                : changed.StartsWith("max max 0", StringComparison.Ordinal) ? $"{changed}\n{scene.Text}"
                : null;
        });
    }

    [Theory]
    [InlineData("spared", 0)]
    [InlineData("hog", 1)]
    public void A_unit_with_one_who_is_protected_is_not_stopped_and_another_one_is(string comm, int calls)
    {
        Search(failure =>
        {
            using Scene scene = Make("""
                protect: [ { comm: ^spared$ } ]
                rules:
                  - name: a
                    when: mem.available < 900MiB
                    cooldown: 10min
                    then: [ { unit: { stop: a.service } } ]
                """, "6.12", failure);
            scene.Services.Add(new SimulatedUnit("a.service", "/system.slice/a.service"));
            Start(scene, comm, "/system.slice/a.service", 330, 300);
            scene.Run(3);
            return scene.Services.Calls.Count == calls ? null : $"{scene.Services.Calls.Count} calls\n{scene.Text}";
        });
    }

    [Fact]
    public void The_shipped_policy_takes_the_leak_in_a_session_and_nobody_else()
    {
        Search(
            failure =>
            {
                using Scene scene = Make(Scene.Shipped, "6.12", failure);
                const string session = "/user.slice/user-1000.slice/session-4.scope";
                scene.Files.Set("/run/systemd/sessions/4", "UID=1000\nLEADER=310\nTYPE=tty\n");
                Start(scene, "web", "/system.slice/web.service", 320, 350);
                Start(scene, "login", session, 310, 5);
                Start(scene, "editor", session, 311, 80);
                SimulatedProcess leak = scene.Start(new ProcessOptions
                {
                    Comm = "leak", Cgroup = session, Pid = 312, Uid = 1000, Exe = "/usr/bin/leak",
                    Workload = new LeakWorkload { BytesPerSecond = 90 * MiB, DelayUsec = 1_000_000 },
                });
                while (!Scene.IsDead(leak) && scene.Now < 20)
                    scene.Step();
                return !Scene.IsDead(leak) ? $"the leak lives\n{scene.Text}"
                    : scene.Machine.OomKills.Count > 0 ? $"the kernel killed\n{scene.Text}"
                    : scene.Kernel.Signals.Any(sent => sent.Pid != leak.Pid) ? $"an innocent was signalled\n{scene.Text}"
                    : null;
            });
    }

    /// <summary>Runs without a failure, and for each call of that run, which fails, or is cut off.</summary>
    /// <param name="run">Says what is wrong; null for nothing.</param>
    private void Search(Func<OneFailure, string?> run)
    {
        var none = new OneFailure(-1, false);
        Assert.Null(run(none));
        var found = new List<string>();
        for (int i = 0; i < none.Calls.Count; i++)
        {
            Try(new OneFailure(i, false));
            if (none.Calls[i])
                Try(new OneFailure(i, true));
        }

        output.WriteLine($"{none.Calls.Count} calls");
        Assert.True(found.Count == 0, $"{found.Count} wrong:\n{string.Join('\n', found)}");

        void Try(OneFailure failure)
        {
            string? wrong;
            try
            {
                wrong = run(failure);
            }
            catch (Exception thrown) when (thrown is not OutOfMemoryException)
            {
                wrong = thrown.ToString();
            }

            if (wrong is not null)
                found.Add($"{failure.What}: {wrong}");
        }
    }

    private static string State(Scene scene) => scene.Holds("/a/1", "memory.high") + " "
        + scene.Holds("/a/1", "memory.swap.max") + " " + scene.Holds("/b/1", "memory.low") + " "
        + scene.Holds("/c/1", "cgroup.freeze");

    private static Scene Make(string policy, string kernel, OneFailure failure) => new(
        policy,
        new MachineOptions { Profile = KernelProfile.Named(kernel)! },
        new SimulatedKernelOptions { Faults = failure });

    private static string? Leak(string policy, string kernel, string cgroup, OneFailure failure)
    {
        using Scene scene = Make(policy, kernel, failure);
        scene.Files.Set("/run/systemd/sessions/4", "UID=1000\nLEADER=310\nTYPE=tty\n");
        SimulatedProcess leader = Start(scene, "login", Session, 310, 20);
        SimulatedProcess inSession = Start(scene, "shell", Session, 311, 190);
        SimulatedProcess steady = Start(scene, "steady", "/a/steady", 320, 200);
        SimulatedProcess spared = Start(scene, "spared", "/a/spared", 330, 210);
        SimulatedProcess helper = Start(scene, "helper", "/a/spared", 331, 10);
        SimulatedProcess leak = scene.Start(new ProcessOptions
        {
            Comm = "leak", Cgroup = cgroup, Pid = 340, Uid = 1000, AnonBytes = 50 * MiB, IgnoresTerm = true,
            Exe = "/usr/bin/leak", GroupPid = 340, SessionPid = 300,
            Workload = new LeakWorkload { BytesPerSecond = 20 * MiB, CeilingBytes = 400 * MiB, DelayUsec = 1_000_000 },
        });
        SimulatedProcess[] innocent = [leader, inSession, steady, spared, helper];
        while (!Scene.IsDead(leak) && scene.Now < 30)
            scene.Step();
        double diedAt = scene.Now;
        scene.Run(diedAt + 3);
        return !Scene.IsDead(leak) ? $"the leak lives\n{scene.Text}"
            : innocent.Any(process => process.State != ProcessState.Running) ? $"an innocent died\n{scene.Text}"
            : scene.Kernel.Signals.Any(sent => sent.Pid != leak.Pid) ? $"an innocent was signalled\n{scene.Text}"
            : diedAt > LatestDeath ? $"the leak died at {diedAt:F2}\n{scene.Text}"
            : null;
    }

    private static SimulatedProcess Start(Scene scene, string comm, string cgroup, int pid, long mib) =>
        scene.Start(new ProcessOptions
        {
            Comm = comm, Cgroup = cgroup, Pid = pid, Uid = 1000, AnonBytes = mib * MiB, Exe = $"/usr/bin/{comm}",
            GroupPid = pid == 331 ? 330 : pid, SessionPid = 300,
        });
}
