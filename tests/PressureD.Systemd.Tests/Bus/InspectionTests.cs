using System;
using System.Collections.Generic;
using System.Linq;

namespace PressureD.Systemd.Tests.Bus;

/// <summary>
/// Who gets to see what a victim was started as: root, whose process it was, and whom polkit lets. Everybody else gets
/// the rest.
/// </summary>
public sealed class InspectionTests
{
    private const string Action = "system-bus-name name=unique org.pressured1.inspect 0";

    [RootFact]
    public void Others_get_it_when_polkit_says_so_and_the_rest_when_it_does_not()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using FakePolkit polkit = new(bus.Address);
        using RunningService service = new RunningService(bus.Address, asksPolkit: true).WaitOnBus();
        List<string> asked = AnswerFor(service, ownerUid: 1000);
        foreach (string says in (string[])["no", "password", "error"])
        {
            polkit.Says = says;
            AssertWithheld(MethodCallTests.SendAsNobody(bus, "GetIncident", "uint64:7"));
        }

        polkit.Says = "yes";
        AssertGiven(MethodCallTests.SendAsNobody(bus, "GetIncident", "uint64:7"));
        Assert.Equal(Enumerable.Repeat(Action, 4), polkit.Asked);

        // Asked for what was withheld, and again once that is decided; it is the incident that was asked for each time.
        Assert.Equal(
            [.. Enumerable.Repeat("7 False -1", 7), "7 True -1"], asked);
    }

    [RootFact]
    public void Root_and_whose_process_it_was_are_not_asked_about()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using FakePolkit polkit = new(bus.Address);
        using RunningService service = new RunningService(bus.Address, asksPolkit: true).WaitOnBus();
        List<string> asked = AnswerFor(service, ownerUid: 65534);
        AssertGiven(MethodCallTests.Send(bus, "GetIncident", "uint64:7"));
        AssertGiven(MethodCallTests.SendAsNobody(bus, "GetIncident", "uint64:7"));
        Assert.Empty(polkit.Asked);

        // Root sees everybody's, and whose process it was only that: by the second time it may be another's.
        Assert.Equal(["7 False -1", "7 True -1", "7 False -1", "7 True 65534"], asked);
    }

    [RootFact]
    public void What_has_nothing_of_the_kind_is_nobodys_business_to_ask_about()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using FakePolkit polkit = new(bus.Address);
        using RunningService service = new RunningService(bus.Address, asksPolkit: true).WaitOnBus();
        service.Incidents.Answer = static query => query.AnswerWith("{\"id\":7}");
        Assert.Contains(
            "{\"id\":7}", MethodCallTests.SendAsNobody(bus, "GetIncident", "uint64:7"), StringComparison.Ordinal);
        Assert.Empty(polkit.Asked);
    }

    [RootFact]
    public void Without_polkit_or_on_another_bus_others_get_the_rest()
    {
        foreach (bool asksPolkit in (bool[])[true, false])
        {
            using PrivateBus bus = new PrivateBus().Start();
            using RunningService service = new RunningService(bus.Address, asksPolkit: asksPolkit).WaitOnBus();
            AnswerFor(service, ownerUid: 1000);
            AssertWithheld(MethodCallTests.SendAsNobody(bus, "GetIncident", "uint64:7"));
            AssertGiven(MethodCallTests.Send(bus, "GetIncident", "uint64:7"));
        }
    }

    [RootFact]
    public void A_password_is_asked_for_only_when_the_caller_allows_it()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using FakePolkit polkit = new(bus.Address);
        using RunningService service = new RunningService(bus.Address, asksPolkit: true).WaitOnBus();
        AnswerFor(service, ownerUid: 1000);
        polkit.Says = "yes";
        foreach (string allows in (string[])["no", "yes"])
        {
            string answer = ChildProcess.Run(
                "setpriv",
                [
                    "--reuid=65534", "--regid=65534", "--clear-groups", "busctl", $"--address={bus.Address}",
                    $"--allow-interactive-authorization={allows}", "call", "org.pressured1", "/org/pressured1",
                    "org.pressured1.Manager", "GetIncident", "t", "7",
                ]).Output;
            AssertGiven(answer.Replace("\\\"", "\"", StringComparison.Ordinal));
        }

        Assert.Equal([Action, $"{Action[..^1]}1"], polkit.Asked);
    }

    [RootFact]
    public void While_polkit_is_silent_everybody_else_is_answered()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using FakePolkit polkit = new(bus.Address) { Says = "silence" };
        using RunningService service = new RunningService(bus.Address, asksPolkit: true).WaitOnBus();
        AnswerFor(service, ownerUid: 1000);
        using ChildProcess waiting = MethodCallTests.BeginAsNobody(bus, "GetIncident", "uint64:7");
        Eventually.True(() => polkit.Asked.Count == 1, "polkit is asked");
        AssertGiven(MethodCallTests.Send(bus, "GetIncident", "uint64:8"));
        service.Loop.Answer = static command => Replies.Rules(command);
        Assert.Contains("method return", MethodCallTests.Send(bus, "ListRules"), StringComparison.Ordinal);
        Assert.False(waiting.HasExited);
    }

    private static List<string> AnswerFor(RunningService service, long ownerUid)
    {
        List<string> asked = [];
        service.Incidents.Answer = query =>
        {
            asked.Add($"{query.Id} {query.WithCommandLine} {query.OnlyOfUid}");
            query.IsWithheld = !query.WithCommandLine;
            query.OwnerUid = query.IsWithheld ? ownerUid : -1;
            query.AnswerWith(query.IsWithheld ? "{\"withheld\":true}" : "{\"line\":\"geheim\"}");
        };
        return asked;
    }

    private static void AssertGiven(string answer) =>
        Assert.Contains("{\"line\":\"geheim\"}", answer, StringComparison.Ordinal);

    private static void AssertWithheld(string answer) =>
        Assert.Contains("{\"withheld\":true}", answer, StringComparison.Ordinal);
}
