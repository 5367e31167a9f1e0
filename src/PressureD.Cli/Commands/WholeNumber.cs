using System.CommandLine;
using System.Globalization;

namespace PressureD.Cli.Commands;

/// <summary>Options that take a whole number within bounds.</summary>
internal static class WholeNumber
{
    /// <summary>Refuses, as bad usage, what is not a whole number or is out of bounds.</summary>
    public static void Bound(Option<int> option, int least, int most = int.MaxValue) => option.Validators.Add(result =>
    {
        // By the text: a validator also sees what could not be converted, and asking for its value throws.
        foreach (var token in result.Tokens)
        {
            bool isWhole = int.TryParse(token.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out int value);
            if (isWhole && value >= least && value <= most)
                continue;
            string expected = most == int.MaxValue ? $"from {least}" : $"from {least} to {most}";
            result.AddError($"{option.Name}: '{token.Value}' is not a whole number {expected}");
        }
    });
}
