using System.Collections.Immutable;
using PressureD.Core.Cgroups;
using PressureD.Core.Policy;
using PressureD.Core.Policy.Expressions;

namespace PressureD.Core.Tests.Policy;

/// <summary>Compiles conditions from strings, as the tests write them. They stand at f:1:1.</summary>
internal static class Conditions
{
    /// <summary>The rule, or null, and all that was said about it, one line each.</summary>
    public static (Rule? Rule, string Said) Compile(string when, string? forEach = null, string? until = null)
    {
        var diagnostics = new DiagnosticBag();
        var at = new SourcePosition("f", 1, 1);
        ParsedCondition? parsedWhen = ParsedCondition.Parse(new SourceText(when, at), diagnostics);
        ParsedCondition? parsedUntil =
            until is null ? null : ParsedCondition.Parse(new SourceText(until, at with { Line = 2 }), diagnostics);
        PolicySet? policy = null;
        if (parsedWhen is not null && (until is null || parsedUntil is not null))
        {
            var source = new RuleSource
            {
                Name = "r",
                Position = at,
                ForEach = forEach is null ? null : new CgroupPattern(forEach),
                When = parsedWhen,
                Until = parsedUntil,
                Actions = [new LogAction("x")],
            };
            policy = PolicyCompiler.Compile([source], 10, ["f"], diagnostics);
        }

        return (policy?.Rules[0], string.Join('\n', diagnostics.Sorted(["f"])));
    }

    /// <summary>A condition that must be accepted, though what is warned of may be drawn as well.</summary>
    public static Rule Accepted(string when)
    {
        (Rule? rule, string said) = Compile(when);
        Assert.DoesNotContain(": error:", said, System.StringComparison.Ordinal);
        return rule!;
    }

    /// <summary>A condition that must be accepted in silence.</summary>
    public static Rule Valid(string when, string? forEach = null, string? until = null)
    {
        (Rule? rule, string said) = Compile(when, forEach, until);
        Assert.Equal("", said);
        return rule!;
    }
}
