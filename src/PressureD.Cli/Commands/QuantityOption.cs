using System.CommandLine;
using System.CommandLine.Parsing;
using PressureD.Core.Policy.Expressions;

namespace PressureD.Cli.Commands;

/// <summary>Options and arguments that take a number with a unit, as policies write it.</summary>
internal static class QuantityOption
{
    /// <param name="name">The option.</param>
    /// <param name="kind">Of which unit; the value is in its scale: microseconds, bytes.</param>
    /// <param name="least">The least that is taken.</param>
    /// <param name="most">The most that is taken.</param>
    /// <param name="range">Both in words.</param>
    internal static Option<long?> Create(string name, UnitKind kind, long least, long most, string range) => new(name)
    {
        CustomParser = result => Parse(result, name, kind, least, most, range),
    };

    /// <inheritdoc cref="Create"/>
    internal static Argument<long?> CreateArgument(string name, UnitKind kind, long least, long most, string range) =>
        new(name)
        {
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = result => Parse(result, name, kind, least, most, range),
        };

    private static long? Parse(
        ArgumentResult result, string name, UnitKind kind, long least, long most, string range)
    {
        string text = result.Tokens[0].Value;
        string? wrong = NumberText.Read(text, kind, out long value, least, most);
        if (wrong is null && (value < least || value > most))
        {
            wrong = $"is out of range, expected {range}";
        }

        if (wrong is null)
        {
            return value;
        }

        result.AddError($"{name}: '{text}' {wrong}");
        return null;
    }
}
