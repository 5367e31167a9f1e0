using System;
using System.Collections.Generic;
using System.Text;
using PressureD.Core.Policy;

namespace PressureD.Yaml.Tests;

/// <summary>Reads policies from strings, as the tests write them.</summary>
internal static class Policies
{
    public static PolicyResult Read(string text) => Read(("p.yaml", text));

    public static PolicyResult Read(params (string Name, string Text)[] files) => Read(null, files);

    /// <summary>The same on a machine where units have other names.</summary>
    public static PolicyResult Read(UnitAliases? aliases, params (string Name, string Text)[] files)
    {
        var bytes = new List<(string, ReadOnlyMemory<byte>)>();
        foreach ((string name, string text) in files)
            bytes.Add((name, Encoding.UTF8.GetBytes(text)));
        return PolicyReader.Read(bytes, static user => user == "alice" ? 1000u : null, resolveUnit: aliases is null ? null : aliases.Resolve);
    }

    /// <summary>The policy of a text that must have neither errors nor warnings.</summary>
    public static PolicySet Valid(params (string Name, string Text)[] files)
    {
        PolicyResult result = Read(files);
        Assert.Equal("", Lines(result));
        return result.Policy!;
    }

    public static PolicySet Valid(string text) => Valid(("p.yaml", text));

    /// <summary>A rule with that condition, and perhaps more keys.</summary>
    public static string Rule(string when, string more = "") =>
        $"rules:\n  - name: a\n    when: {when}\n    then: [ {{ log: hello }} ]\n{more}";

    public static string Lines(PolicyResult result) => string.Join('\n', result.Diagnostics);
}
