using System.Collections.Immutable;
using System.Text;

namespace PressureD.Core.Policy;

/// <summary>
/// A function that conditions can use. The rows are in <see cref="FunctionCatalog"/>, the only place that lists them.
/// </summary>
public sealed record ConditionFunction
{
    public required string Name { get; init; }

    public required ImmutableArray<FunctionArgument> Arguments { get; init; }

    /// <summary>Whether it is a condition itself; otherwise it gives a value to compare.</summary>
    public required bool IsCondition { get; init; }

    /// <summary>What the unit of its value is, in words; empty for a condition.</summary>
    public string UnitRule { get; init; } = "";

    /// <summary>One or two sentences for people.</summary>
    public required string Summary { get; init; }

    /// <summary>A whole condition that uses it; with names of a cgroup it needs <c>for-each</c>.</summary>
    public required string Example { get; init; }

    /// <summary><c>falling(x, ratio [, D])</c></summary>
    public string Signature
    {
        get
        {
            var text = new StringBuilder(Name).Append('(');
            for (int i = 0; i < Arguments.Length; i++)
            {
                string name = (i > 0 ? ", " : "") + Arguments[i].Name;
                text.Append(Arguments[i].IsOptional ? $" [{name}]" : name);
            }

            return text.Append(')').ToString();
        }
    }
}
