using System;

namespace PressureD.Cli.Scenarios;

/// <summary>
/// Why what is written makes no machine: more memory than there is, a pid that is taken. It shows only when the machine
/// is there.
/// </summary>
internal static class SetupProblem
{
    /// <summary>In words, without the parameter's name that the base library puts behind them.</summary>
    internal static string Of(ArgumentException problem)
    {
        string behind = $" (Parameter '{problem.ParamName}')";
        return problem.Message.EndsWith(behind, StringComparison.Ordinal)
            ? problem.Message[..^behind.Length]
            : problem.Message;
    }
}
