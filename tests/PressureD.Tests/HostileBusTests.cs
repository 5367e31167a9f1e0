using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading;
using PressureD.Systemd.Tests;
using Xunit.Abstractions;

namespace PressureD.Tests;

/// <summary>
/// What whoever means harm on the bus costs the published daemon: while it comes, the largest message, and no step.
/// </summary>
[Collection(nameof(MeasuredCollection))]
public sealed partial class HostileBusTests(PublishedProduct product, ITestOutputHelper output)
    : IClassFixture<PublishedProduct>, IDisposable
{
    private const string Manager = "org.pressured1.Manager";
    private const long MaxGrowthKib = 2 * 1024;
    private const int Calls = 500;
    private const int HugeBytes = 8 << 20;

    // What is recorded by hand goes on for 10 s, with a sample a second.
    private const int FewestSamples = 8;

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(30);

    private readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [RootFact]
    public void Floods_huge_arguments_halves_of_messages_and_who_does_not_read_cost_one_message_and_no_step()
    {
        _sandbox.WithPolicy("""
            version: 1
            rules:
              - { name: late, when: self.lateness > 1h, then: [ { log: "cannot be" } ] }
            """);
        using var bus = new OwnBus(_sandbox);
        using var daemon = new RunningDaemon(product, _sandbox, "--bus", bus.Address);
        Eventually.True(() => bus.Property("Version").Length > 0, "the daemon is on the bus");

        // The same in calm first, so that what the first of something costs is not counted.
        List<string> late = [];
        long calm = 0;
        AssertSteps(Record(bus, "in calm", () =>
        {
            late.Add(Lateness(bus));
            calm = Math.Max(calm, ProcessFigures.Of(daemon.Program.Pid).ResidentKib);
        }));
        output.WriteLine($"in calm: {calm} KiB resident, lateness {Summary(late)}");

        late.Clear();
        long most = 0;
        int rounds = 0;
        using RawBusClient half = new(bus.Address);
        half.SendHalf();
        using RawBusClient deaf = new(bus.Address);
        using RunningProgram stopped = RunningProgram.Other(
            product.Tool, "top", "--json", "--interval", "200ms", "--bus", bus.Address);
        Eventually.True(() => stopped.Output.Length > 0 || stopped.HasExited, "it reads samples");
        Assert.False(stopped.HasExited, stopped.Errors);
        stopped.Send(RunningProgram.Stop);
        string huge = new('x', HugeBytes);
        JsonElement[] samples = Record(bus, "in trouble", () =>
        {
            rounds++;
            using RawBusClient flood = new(bus.Address);
            for (int i = 0; i < Calls; i++)
            {
                flood.Call(Manager, "WhyNot", "late");
                deaf.Call("org.freedesktop.DBus.Properties", "GetAll", Manager);
            }

            flood.Call(Manager, "WhyNot", huge);
            late.Add(Lateness(bus));
            most = Math.Max(most, ProcessFigures.Of(daemon.Program.Pid).ResidentKib);
        });
        long after = 0;
        bool isBack = SpinWait.SpinUntil(
            () => (after = ProcessFigures.Of(daemon.Program.Pid).ResidentKib) <= calm + MaxGrowthKib, Settling);
        output.WriteLine($"afterwards: {after} KiB resident");
        output.WriteLine($"in trouble, {rounds} rounds: {most} KiB resident, lateness {Summary(late)}");
        Assert.True(rounds > 0);
        AssertSteps(samples);

        // A message has to be there as a whole before it can be refused.
        Assert.True(most <= calm + (HugeBytes / 1024) + MaxGrowthKib, $"{most} KiB resident, {calm} KiB before");
        Assert.True(isBack, $"{after} KiB resident afterwards, {calm} KiB before");
        daemon.Leave();
        Assert.Equal(0, daemon.Program.ExitCode);
    }

    /// <summary>Has the daemon record, and does something again and again until that is complete.</summary>
    /// <returns>The samples that it took meanwhile.</returns>
    private static JsonElement[] Record(OwnBus bus, string text, Action meanwhile)
    {
        Match asked = Answer().Match(Call(bus, "Record", "s", text));
        Assert.True(asked.Success);
        string incident = "";
        Eventually.True(
            () =>
            {
                meanwhile();
                incident = Call(bus, "GetIncident", "t", asked.Groups[1].Value);
                return incident.Length > 0 && !incident.Contains("so_far_usec", StringComparison.Ordinal);
            },
            "the incident is complete");
        using JsonDocument document = JsonDocument.Parse(JsonDocument.Parse(incident[2..]).RootElement.GetString()!);
        return
        [
            .. document.RootElement.GetProperty("samples").GetProperty("rows").EnumerateArray()
                .Select(static row => row[0].Clone()).Where(static time => time.GetInt64() > 0),
        ];
    }

    private void AssertSteps(JsonElement[] samples)
    {
        output.WriteLine($"sampled after {string.Join(", ", samples.Select(time => time.GetInt64() / 1000))} ms");
        Assert.True(samples.Length >= FewestSamples, $"{samples.Length} samples");
    }

    private static string Lateness(OwnBus bus)
    {
        // While all places of the loop's queue are taken it may be told to ask again.
        string answer = "";
        Eventually.True(
            () => (answer = Call(bus, "WhyNot", "s", "late")).Contains("self.lateness", StringComparison.Ordinal),
            "somebody else is answered");
        return LatenessValue().Match(answer).Groups[1].Value;
    }

    private static string Summary(List<string> late) => string.Join(
        ", ", late.GroupBy(static value => value).Select(static same => $"{same.Key} ({same.Count()} times)"));

    private static string Call(OwnBus bus, string method, params string[] arguments) =>
        bus.Ask(["call", "org.pressured1", "/org/pressured1", Manager, method, .. arguments]);

    [GeneratedRegex("^t ([0-9]+)\n$")]
    private static partial Regex Answer();

    [GeneratedRegex(@"self\.lateness ([^(]+) \(")]
    private static partial Regex LatenessValue();
}
