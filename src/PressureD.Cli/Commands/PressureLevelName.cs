using PressureD.Core.Policy;

namespace PressureD.Cli.Commands;

/// <summary>The word for a level's number; levels are ranges.</summary>
internal static class PressureLevelName
{
    internal static string Of(byte level) => (PressureLevel)level switch
    {
        < PressureLevel.Low => "normal",
        < PressureLevel.Medium => "low",
        < PressureLevel.Critical => "medium",
        _ => "critical",
    };
}
