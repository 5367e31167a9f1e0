using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using PressureD.Systemd.Tests;
using Xunit.Abstractions;

namespace PressureD.Tests;

/// <summary>
/// What the published daemon costs with the shipped policy and 100 cgroups, after a kill, two reloads and bus traffic:
/// what it may is the constants below.
/// </summary>
[Collection(nameof(MeasuredCollection))]
public sealed partial class FootprintTests(PublishedProduct product, ITestOutputHelper output)
    : IClassFixture<PublishedProduct>, IDisposable
{
    private const int Cgroups = 100;
    private const long MaxResidentKib = 12 * 1024;
    private const int MaxThreads = 10;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(30);

    /// <summary>A step allocates nothing; what is made at the first of something is not one's cost.</summary>
    private const long MaxAllocatedOnce = 1024;

    private readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [CgroupFact]
    public void The_daemon_stays_within_its_budget()
    {
        using var cgroups = new OwnCgroups();
        for (int i = 0; i < Cgroups; i++)
            cgroups.Make($"c{i}");
        cgroups.Make("taken");
        string taken = cgroups.Make("taken/unit");
        UseShippedPolicy();
        using var bus = new OwnBus(_sandbox);
        using var hog = new MemoryHog(taken, MemoryHog.Program(_sandbox, "hog"));

        using var daemon = new RunningDaemon(product, _sandbox, "--bus", bus.Address);
        ProcessFigures ready = ProcessFigures.Of(daemon.Program.Pid);
        string killRule = Path.Combine(_sandbox.Config, "policies.d", "60-kill.yaml");
        File.WriteAllText(killRule, KillTests.PolicyFor(cgroups));
        daemon.Reload();
        daemon.Program.Says("died:");
        File.Delete(killRule);
        daemon.Reload();
        Talk(bus);

        // The thread that a reload runs on ends soon after it, and lets go before that of what the reload needed.
        ProcessFigures after = ready;
        _ = SpinWait.SpinUntil(
            () => (after = ProcessFigures.Of(daemon.Program.Pid)) is { Threads: <= MaxThreads, ResidentKib: <= MaxResidentKib },
            Settling);
        (double wakeUps, double cpu) = MeasureCalm(daemon.Program.Pid);
        daemon.Leave();
        Assert.Equal(0, daemon.Program.ExitCode);
        Match steps = StepCost().Match(daemon.Program.Errors);
        Assert.True(steps.Success, daemon.Program.Errors);

        Print("ready", ready);
        Print($"after a kill, two reloads and bus traffic, {Cgroups} cgroups", after);
        output.WriteLine($"footprint: calm: {wakeUps:0.00} wake-ups/s over all threads, {cpu:0.00} % of a processor");
        output.WriteLine(
            $"footprint: {steps.Groups[1]} steps, since the last reload {steps.Groups[2]} bytes allocated in them and "
            + $"{steps.Groups[3]} collections");
        foreach (string program in new[] { product.Daemon, Path.Combine(Path.GetDirectoryName(product.Daemon)!, "pressurectl") })
            output.WriteLine($"footprint: {Path.GetFileName(program)}: {new FileInfo(program).Length / 1e6:0.00} MB on disk");
        output.WriteLine(daemon.Program.Errors);

        Assert.InRange(after.Threads, 1, MaxThreads);
        Assert.True(after.ResidentKib <= MaxResidentKib, $"{after.ResidentKib} KiB resident, at most {MaxResidentKib}");
        Assert.True(after.LockedKib > 0, "nothing is locked");
        Assert.Equal(ready.MajorFaults, after.MajorFaults);
        Assert.InRange(long.Parse(steps.Groups[2].Value, CultureInfo.InvariantCulture), 0, MaxAllocatedOnce);
        Assert.Equal("0", steps.Groups[3].Value);
    }

    /// <summary>The shipped policy as it is, but that its rules, which could take anybody, only say what they would do.</summary>
    private void UseShippedPolicy()
    {
        string shipped = File.ReadAllText(Path.Combine(product.ShippedPolicy, "pressured.yaml"));
        _sandbox.WithPolicy(shipped);
        Directory.CreateDirectory(Path.Combine(_sandbox.Config, "policies.d"));
        var dry = new StringBuilder("rules:\n");
        foreach (Match match in RuleName().Matches(shipped))
            dry.Append($"  - {{ name: {match.Groups[1].Value}, extend: true, dry-run: true }}\n");
        File.WriteAllText(Path.Combine(_sandbox.Config, "policies.d", "50-dry.yaml"), dry.ToString());

        using RunningProgram check = RunningProgram
            .Daemon(product, _sandbox, null, "--check", "--config", _sandbox.Config).Ended();
        string[] rules = Array.FindAll(
            check.Output.Trim().Split("\n\n"), part => part.Contains("\n  When ", StringComparison.Ordinal));
        Assert.Equal(RuleName().Count(shipped), rules.Length);
        Assert.All(rules, rule => Assert.Contains("\n  Dry run: ", rule, StringComparison.Ordinal));
    }

    private static void Talk(OwnBus bus)
    {
        Eventually.True(() => bus.Property("State").Length > 0, "the daemon is on the bus");
        for (int i = 0; i < 20; i++)
        {
            Assert.NotEmpty(bus.Property("MemoryAvailable"));
            Assert.NotEmpty(bus.Ask("introspect", "org.pressured1", "/org/pressured1"));
        }
    }

    /// <summary>A while without anything to do: until all threads together have woken this often.</summary>
    private static (double WakeUpsPerSecond, double CpuPercent) MeasureCalm(int pid)
    {
        const int Enough = 15;
        ProcessFigures before = ProcessFigures.Of(pid);
        ProcessFigures after = before;
        long began = Stopwatch.GetTimestamp();
        Eventually.True(
            () => (after = ProcessFigures.Of(pid)).VoluntarySwitches >= before.VoluntarySwitches + Enough,
            $"{Enough} wake-ups");
        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        return ((after.VoluntarySwitches - before.VoluntarySwitches) / seconds, (after.CpuTicks - before.CpuTicks) / seconds);
    }

    private void Print(string when, ProcessFigures figures) =>
        output.WriteLine(
            $"footprint: {when}: {figures.ResidentKib} KiB resident ({figures.AnonymousKib} KiB of it anonymous), "
            + $"{figures.LockedKib} KiB locked, {figures.Threads} threads, {figures.Descriptors} descriptors, "
            + $"{figures.MajorFaults} major faults");

    [GeneratedRegex(@"^  - name: (\S+)", RegexOptions.Multiline)]
    private static partial Regex RuleName();

    [GeneratedRegex(@"ended after (\d+) steps: (\d+) bytes allocated in them, (\d+) collections")]
    private static partial Regex StepCost();
}
