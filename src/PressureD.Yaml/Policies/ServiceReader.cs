using System;
using System.Collections.Immutable;
using PressureD.Core.Policy;
using PressureD.Core.Policy.Expressions;
using PressureD.Core.Services;
using PressureD.Yaml.Documents;
using PressureD.Yaml.Schema;

namespace PressureD.Yaml.Policies;

/// <summary>Reads what the service manager is asked for: programs and jobs of units.</summary>
internal static class ServiceReader
{
    private const int MaxArguments = 32;
    private const long MaxTimeoutUsec = 600_000_000;
    private const long LeastTimeoutUsec = 100_000;
    private const long RunTimeoutUsec = 10_000_000;
    private const long PrekillTimeoutUsec = 5_000_000;

    /// <summary>A kill that waits longer than this comes too late for whatever it was for.</summary>
    private const long MaxPrekillUsec = 60_000_000;

    private const long UnitTimeoutUsec = 30_000_000;
    private const long LeastUnitUsec = 1_000_000;

    /// <summary>systemd's own limit.</summary>
    private const int MaxUnitName = 255;

    /// <returns>Null when it is wrong, which marks the fields around it as failed.</returns>
    public static RunAction? Run(YamlNode node, Fields around, ReadContext context) =>
        Program(node, PolicySchema.Run, "command", RunTimeoutUsec, MaxTimeoutUsec, "10min", around, context);

    /// <returns>Null when it is wrong, which marks the fields around it as failed.</returns>
    public static RunAction? Prekill(YamlNode node, Fields around, ReadContext context) =>
        Program(node, PolicySchema.Prekill, "run", PrekillTimeoutUsec, MaxPrekillUsec, "60s", around, context);

    /// <returns>Null when it cannot be read; whatever is wrong marks the fields around it as failed.</returns>
    public static UnitAction? Unit(YamlNode node, Fields around, ReadContext context)
    {
        if (Fields.Open(node, PolicySchema.Unit, context.Diagnostics) is not { } fields)
            return null;
        bool restart = fields.Has("restart");
        if (restart == fields.Has("stop"))
            fields.Fail(node.Position, "'unit' needs one of restart and stop, such as { restart: nginx.service }");
        string key = restart ? "restart" : "stop";
        string name = fields.Scalar(key, "a unit such as nginx.service") is { } scalar
            ? UnitName(fields, key, scalar, restart, context)
            : "";
        long timeoutUsec = Timeout(fields, UnitTimeoutUsec, LeastUnitUsec, MaxTimeoutUsec, "1s", "10min");
        if (fields.Failed)
            around.MarkFailed();
        return new UnitAction(name, restart, timeoutUsec);
    }

    private static RunAction? Program(
        YamlNode node,
        KeyTable table,
        string key,
        long timeoutUsec,
        long mostUsec,
        string mostText,
        Fields around,
        ReadContext context)
    {
        if (Fields.Open(node, table, context.Diagnostics) is not { } fields)
        {
            around.MarkFailed();
            return null;
        }

        fields.Require(key, node.Position, $"a program such as {key}: [/usr/local/bin/tell, --now]");
        ImmutableArray<string> command = fields.Texts(key, MaxArguments) ?? [];
        if (!command.IsEmpty && (!command[0].StartsWith('/') || command[0].EndsWith('/')))
        {
            fields.Fail(
                fields.PositionOf(key),
                $"'{key}' runs {Quoted.Of(command[0])}, expected an absolute path: there is no shell and no search");
        }

        string? user = fields.Scalar("user", "a user's name")?.Value;
        if (user is not null && (user.Length == 0 || user.AsSpan().ContainsAny(" :/\n")))
            fields.Fail(fields.PositionOf("user"), $"'user' is {Quoted.Of(user)}, expected a user's name");
        long usec = Timeout(fields, timeoutUsec, LeastTimeoutUsec, mostUsec, "100ms", mostText);
        if (!fields.Failed)
            return new RunAction(command, usec, user);
        around.MarkFailed();
        return null;
    }

    private static long Timeout(
        Fields fields, long usual, long least, long most, string leastText, string mostText)
    {
        long usec = fields.Quantity("timeout", UnitKind.Duration, most, mostText) ?? usual;
        if (usec < least)
            fields.Fail(
                fields.PositionOf("timeout"),
                $"'timeout' is {fields.Node("timeout")!.Kind}, expected {leastText} to {mostText}");
        return usec;
    }

    /// <summary>The unit itself: another name of it would hide from what protects it.</summary>
    private static string UnitName(
        Fields fields, string key, YamlScalar scalar, bool restart, ReadContext context)
    {
        string name = scalar.Value;
        bool isService = name.EndsWith(".service", StringComparison.Ordinal);
        bool isScope = name.EndsWith(".scope", StringComparison.Ordinal);
        if (!isService && (restart || !isScope))
        {
            string kinds = restart ? "a service" : "a service or scope";
            fields.Fail(
                scalar.Position,
                $"'{key}' is {Fields.Shown(scalar)}, expected the full name of {kinds}: name.service{Meant(name)}");
        }
        else if (name.Length > MaxUnitName || name[0] == '.' || !IsUnitName(name))
        {
            fields.Fail(
                scalar.Position,
                $"'{key}' is {Fields.Shown(scalar)}, which no unit can be called, expected one name such as "
                + "nginx.service");
        }
        else
        {
            string unit = context.ResolveUnit?.Invoke(name) ?? name;
            if (ProtectedUnits.Contains(unit))
            {
                string alias = unit == name ? "" : $" another name of {unit},";
                fields.Fail(
                    scalar.Position,
                    $"'{key}' is {Fields.Shown(scalar)},{alias} which no policy may {key}: the machine depends on it; "
                    + "expected another unit, or 'run' with a command of your own");
            }

            return unit;
        }

        return name;
    }

    private static string Meant(string name) =>
        IsUnitName(name) && !name.Contains('.') && !ProtectedUnits.Contains($"{name}.service")
            ? $"; did you mean '{name}.service'?"
            : "";

    /// <summary>No globs and nothing that would have to be escaped.</summary>
    private static bool IsUnitName(string name)
    {
        foreach (char c in name)
        {
            if (!IsUnitLetter(c))
                return false;
        }

        return true;
    }

    /// <summary>Whether it can stand in the name of a unit.</summary>
    public static bool IsUnitLetter(char c) => char.IsAsciiLetterOrDigit(c) || ":-_.\\@".Contains(c);
}
