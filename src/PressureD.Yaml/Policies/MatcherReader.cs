using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using PressureD.Core.Cgroups;
using PressureD.Core.Policy;
using PressureD.Core.Policy.Checks;
using PressureD.Yaml.Documents;
using PressureD.Yaml.Schema;

namespace PressureD.Yaml.Policies;

/// <summary>Reads the entries of prefer, avoid and protect.</summary>
internal static class MatcherReader
{
    /// <summary>The kernel keeps 15 bytes of a name (TASK_COMM_LEN less the end mark).</summary>
    private const int CommBytes = 15;

    private static readonly string[] UnitSuffixes = [".service", ".scope", ".slice", ".socket", ".mount", ".swap"];

    /// <param name="owner">The mapping that has the list.</param>
    /// <param name="name">The list's key.</param>
    /// <param name="context">Shared.</param>
    public static ImmutableArray<Matcher> ReadList(Fields owner, string name, ReadContext context)
    {
        if (owner.Items(name) is not { } items)
            return [];
        var matchers = ImmutableArray.CreateBuilder<Matcher>(items.Count);
        bool failed = false;
        foreach (YamlNode item in items)
        {
            if (Read(item, name, context) is { } matcher)
                matchers.Add(matcher);
            else
                failed = true;
        }

        if (failed)
            owner.MarkFailed();
        return matchers.ToImmutable();
    }

    private static Matcher? Read(YamlNode node, string list, ReadContext context)
    {
        if (Fields.Open(node, PolicySchema.Matcher, context.Diagnostics) is not { } fields)
            return null;
        if (fields.Given.Count == 0 && !fields.Failed)
            fields.Fail(
                node.Position,
                "an empty matcher would match everything, expected comm, exe, cgroup, unit, uid or others");
        if (!context.Budget.TakeMatcher(fields.Given.Count, node.Position))
            return null;
        string? unit = Unit(fields);
        bool? isLeader = fields.Flag("session-leader");
        if (isLeader == false)
            fields.Fail(fields.PositionOf("session-leader"), "'session-leader' is false, expected true or no such key");
        var matcher = new Matcher
        {
            Comm = Regex(fields, "comm"),
            Exe = Regex(fields, "exe"),
            Cmdline = Regex(fields, "cmdline"),
            Environ = Regex(fields, "environ"),
            OomScoreAdj = Adjustment(fields),
            Xattr = Xattr(fields),
            AliasOf = unit is null ? null : context.ResolveUnit?.Invoke(unit),
            Cgroup = fields.Pattern("cgroup", mayBeBelowMatch: false),
            Unit = unit,
            Uid = User(fields, context),
            SessionLeader = isLeader ?? false,
            Text = TextOf((node as YamlMapping)!),
        };
        if (fields.Failed)
            return null;
        bool protects = list == "protect";
        if (Protection.MatchesAll(matcher))
        {
            string outcome = protects ? "so that nobody is left to take" : "which says nothing";
            fields.Warn(
                fields.Given[0].Position,
                $"'{matcher.Text}' matches everything, {outcome}; name what '{list}' is meant for, or leave it out");
        }
        else if (protects)
        {
            WarnOfForgery(fields);
        }

        return matcher;
    }

    private static void WarnOfForgery(Fields fields)
    {
        foreach ((string key, _) in fields.Given)
        {
            if (key is not ("comm" or "cmdline" or "environ"))
                return;
        }

        string name = fields.Given[0].Name;
        const string Advice = "any process can call itself that; better protect by 'exe' or 'unit'";
        fields.Warn(fields.PositionOf(name), $"protected by {name} alone: {Advice}");
    }

    private static AdjustmentTest? Adjustment(Fields fields)
    {
        const string Key = "oom-score-adj";
        const string Expected = "a comparison with a number from -1000 to 1000, such as \">= 300\"";
        if (fields.Scalar(Key, Expected) is not { } scalar)
            return null;
        string text = scalar.Value.Trim();
        (Comparison comparison, int length) = text switch
        {
            ['<', '=', ..] => (Comparison.LessOrEqual, 2),
            ['>', '=', ..] => (Comparison.GreaterOrEqual, 2),
            ['=', '=', ..] => (Comparison.Equal, 2),
            ['!', '=', ..] => (Comparison.NotEqual, 2),
            ['<', ..] => (Comparison.Less, 1),
            ['>', ..] => (Comparison.Greater, 1),
            _ => (Comparison.Equal, 0),
        };
        if (int.TryParse(
                text.AsSpan(length).Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            && value is >= -1000 and <= 1000)
        {
            return new AdjustmentTest(comparison, value);
        }

        fields.Fail(scalar.Position, $"'{Key}' is {Fields.Shown(scalar)}, expected {Expected}");
        return null;
    }

    private static string? Xattr(Fields fields)
    {
        const string Expected = "an attribute's name such as user.oomd_avoid or trusted.precious";
        if (fields.Scalar("xattr", Expected) is not { } scalar)
            return null;
        bool known = scalar.Value.StartsWith("user.", StringComparison.Ordinal)
            || scalar.Value.StartsWith("trusted.", StringComparison.Ordinal);
        if (known && scalar.Value.Length is > 8 and <= 255)
            return scalar.Value;
        fields.Fail(scalar.Position, $"'xattr' is {Fields.Shown(scalar)}, expected {Expected}");
        return null;
    }

    private static TextPattern? Regex(Fields fields, string name)
    {
        const string Expected = "a regular expression such as \"^ld$\"";
        if (fields.Scalar(name, Expected) is not { } scalar)
            return null;
        string text = scalar.Value;
        if (text.Length == 0)
            fields.Fail(scalar.Position, $"'{name}' is empty, which would match everything, expected {Expected}");
        else if (text.Length > PolicyLimits.RegexCharacters)
            fields.Fail(
                scalar.Position,
                $"'{name}' has {text.Length} characters, expected at most {PolicyLimits.RegexCharacters}: a part of "
                + "the text is enough");
        else if (name == "comm" && ExactLength(text) > CommBytes)
            fields.Fail(
                scalar.Position,
                $"'comm' {Fields.Shown(scalar)} can never match: the kernel keeps {CommBytes} bytes of a name; "
                + "expected the beginning of it without '$', or 'exe'");
        else
            return Compile(fields, name, scalar);
        return null;
    }

    private static TextPattern? Compile(Fields fields, string name, YamlScalar scalar)
    {
        try
        {
            return new TextPattern(scalar.Value);
        }
        catch (ArgumentException e)
        {
            // The runtime's message repeats the pattern; what follows the dash is the reason.
            int reason = e.Message.IndexOf("' at offset", StringComparison.Ordinal);
            string why = reason >= 0 ? e.Message[(reason + 2)..].TrimEnd('.') : "it cannot be read";
            string star = scalar.Value.StartsWith('*') ? MeantStar(scalar.Value) : "";
            fields.Fail(scalar.Position, $"'{name}': {Fields.Shown(scalar)} is not a regular expression: {why}{star}");
            return null;
        }
    }

    /// <summary>"; did you mean 'foo$'?" for "*foo".</summary>
    private static string MeantStar(string glob)
    {
        string name = glob.Trim('*');
        foreach (char c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or ' '))
                return "";
        }

        return name.Length == 0 ? "" : $"; did you mean '{name}{(glob.EndsWith('*') ? "" : "$")}'?";
    }

    /// <summary>The bytes that a pattern asks for when it is a literal name between ^ and $; 0 for any other.</summary>
    private static int ExactLength(string text)
    {
        if (text.Length < 2 || text[0] != '^' || text[^1] != '$')
            return 0;
        string name = text[1..^1];
        return name.AsSpan().IndexOfAny(@"\*+?|{}[]()^$.#") >= 0 ? 0 : Encoding.UTF8.GetByteCount(name);
    }

    private static string? Unit(Fields fields)
    {
        const string expected = "a systemd unit such as ssh.service";
        if (fields.Scalar("unit", expected) is not { } scalar)
            return null;
        string unit = scalar.Value;
        bool suffixed = unit.EndsWith('*');
        foreach (string suffix in UnitSuffixes)
            suffixed |= unit.EndsWith(suffix, StringComparison.Ordinal) && unit.Length > suffix.Length;
        if (unit.Contains('/') || unit.Length > 255)
            fields.Fail(
                scalar.Position, $"'unit' is {Fields.Shown(scalar)}, expected {expected}, or 'cgroup' for a path");
        else if (!IsUnitPattern(unit))
            fields.Fail(
                scalar.Position,
                $"'unit' is {Fields.Shown(scalar)}, which no unit can be called, expected {expected}");
        else if (!suffixed)
            fields.Fail(scalar.Position, $"'unit' is {Fields.Shown(scalar)}, expected {expected}{MeantUnit(unit)}");
        else if (unit.Trim('*') is "" or ".service" or ".scope" or ".slice")
            fields.Fail(
                scalar.Position,
                $"'unit' is {Fields.Shown(scalar)}, which would match every unit of its kind, expected "
                + "more of a name, such as app-*.service");
        else
            return unit;
        return null;
    }

    private static bool IsUnitPattern(string unit)
    {
        try
        {
            _ = new CgroupPattern(unit);
        }
        catch (FormatException)
        {
            return false;
        }

        foreach (char c in unit)
        {
            if (!ServiceReader.IsUnitLetter(c) && !"*?{,}".Contains(c))
                return false;
        }

        return true;
    }

    private static string MeantUnit(string unit) =>
        unit.Length > 0 && !unit.Contains('.') ? $"; did you mean '{unit}.service'?" : "";

    private static uint? User(Fields fields, ReadContext context)
    {
        if (fields.Scalar("uid", "a user's name or number") is not { } scalar)
            return null;
        bool numeric = uint.TryParse(scalar.Value, NumberStyles.None, CultureInfo.InvariantCulture, out uint number);
        // The greatest number means "no user" to the kernel.
        uint? uid = numeric && number != uint.MaxValue ? number : context.FindUser(scalar.Value);
        if (uid is null)
            fields.Fail(
                scalar.Position,
                $"'uid' is {Fields.Shown(scalar)}, expected a number or the name of a user of this machine");
        return uid;
    }

    private static string TextOf(YamlMapping mapping)
    {
        var parts = new List<string>(mapping.Entries.Count);
        foreach ((YamlScalar key, YamlNode value) in mapping.Entries)
        {
            if (value is YamlScalar scalar)
                parts.Add(scalar.IsPlain ? $"{key.Value}: {scalar.Value}" : $"{key.Value}: \"{scalar.Value}\"");
        }

        return string.Join(", ", parts);
    }
}
