using System.IO;
using PressureD.Core.Policy;

namespace PressureD.Yaml.Tests;

/// <summary>Steps that the service manager carries out, as they are written.</summary>
public sealed class ServiceActionTests
{
    [Fact]
    public void Programs_units_and_records_are_read_with_their_usual_limits()
    {
        RuleAction[] actions = Policies.Valid("""
            limits: { incidents: 1MiB }
            rules:
              - name: a
                when: mem.free < 1GiB
                cooldown: 1min
                then:
                  - run: { command: [/bin/tell, a b], user: alice }
                  - unit: { restart: nginx.service }
                  - unit: { stop: session-3.scope, timeout: 5s }
                  - record: look here
                  - kill: { from: "**", prekill: { run: /bin/hook } }
            """).Rules[0].Actions;
        var run = Assert.IsType<RunAction>(actions[0]);
        Assert.Equal("/bin/tell,a b", string.Join(',', run.Command));
        Assert.Equal((10_000_000, "alice"), (run.TimeoutUsec, run.User));
        var restart = Assert.IsType<UnitAction>(actions[1]);
        Assert.Equal(("nginx.service", true, 30_000_000), (restart.Unit, restart.Restart, restart.TimeoutUsec));
        var stop = Assert.IsType<UnitAction>(actions[2]);
        Assert.Equal(("session-3.scope", false, 5_000_000), (stop.Unit, stop.Restart, stop.TimeoutUsec));
        Assert.Equal("look here", Assert.IsType<RecordAction>(actions[3]).Text);
        RunAction prekill = Assert.IsType<KillAction>(actions[4]).Prekill!;
        Assert.Equal("/bin/hook", Assert.Single(prekill.Command));
        Assert.Equal((5_000_000, null), (prekill.TimeoutUsec, prekill.User));
    }

    [Fact]
    public void A_unit_by_another_name_is_the_unit_and_protected_as_it_is()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("pressured-units-");
        try
        {
            File.WriteAllText(Path.Combine(directory.FullName, "nginx.service"), "");
            File.CreateSymbolicLink(Path.Combine(directory.FullName, "web.service"), "nginx.service");
            File.CreateSymbolicLink(
                Path.Combine(directory.FullName, "messages.service"), "/usr/lib/systemd/system/dbus-broker.service");
            var aliases = new UnitAliases(directory.FullName);
            static string Restart(string unit) => "rules:\n  - { name: a, when: mem.free < 1GiB, cooldown: 1s, then: "
                + $"[ {{ unit: {{ restart: {unit} }} }} ] }}";
            PolicyResult web = Policies.Read(aliases, ("p.yaml", Restart("web.service")));
            Assert.Equal("nginx.service", Assert.IsType<UnitAction>(web.Policy!.Rules[0].Actions[0]).Unit);
            Assert.Contains(
                "'messages.service', another name of dbus-broker.service, which no policy may restart",
                Policies.Lines(Policies.Read(aliases, ("p.yaml", Restart("messages.service")))));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("{ run: { command: [tell] } }", "expected an absolute path: there is no shell and no search")]
    [InlineData("{ run: { command: [] } }", "'command' has 0 entries, expected 1 to 32")]
    [InlineData("{ run: {} }", "without 'command'")]
    [InlineData("{ run: { command: /bin/a, timeout: 11min } }", "expected at most 10min")]
    [InlineData("{ run: { command: /bin/a, timeout: 1ms } }", "'timeout' is '1ms', expected 100ms to 10min")]
    [InlineData("{ run: { command: /bin/a, user: 'a b' } }", "expected a user's name")]
    [InlineData("{ unit: {} }", "'unit' needs one of restart and stop")]
    [InlineData("{ unit: { restart: a.service, stop: a.service } }", "'unit' needs one of restart and stop")]
    [InlineData("{ unit: { restart: nginx } }", "expected the full name of a service")]
    [InlineData("{ unit: { restart: a.scope } }", "expected the full name of a service")]
    [InlineData("{ unit: { stop: 'ng*.service' } }", "which no unit can be called")]
    [InlineData("{ unit: { restart: dbus.service } }", "which no policy may restart")]
    [InlineData("{ unit: { stop: pressured.service } }", "which no policy may stop")]
    [InlineData("{ record: '' }", "'record' has 0 characters")]
    [InlineData("{ kill: { from: a, prekill: { run: hook } } }", "expected an absolute path")]
    [InlineData("{ kill: { from: a, prekill: { run: /hook, timeout: 2min } } }", "expected at most 60s")]
    public void Mistakes_are_said(string action, string said) => Assert.Contains(
        said,
        Policies.Lines(Policies.Read(
            $"rules:\n  - {{ name: a, when: mem.free < 1GiB, cooldown: 1s, then: [ {action} ] }}")));
}
