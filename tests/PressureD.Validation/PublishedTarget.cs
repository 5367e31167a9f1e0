namespace PressureD.Validation;

/// <summary>A figure that was measured on real kernels elsewhere, beside the model's.</summary>
/// <param name="What">What it is.</param>
/// <param name="LeastReal">The least of the measured ones.</param>
/// <param name="MostReal">The most.</param>
/// <param name="Simulated">The model's.</param>
/// <param name="Slack">What a row of the timeline can make it differ by.</param>
internal sealed record PublishedTarget(string What, double LeastReal, double MostReal, double Simulated, double Slack)
{
    /// <summary>By which share of the measured range the model may be off.</summary>
    internal double Widened { get; init; } = 0.25;

    internal bool IsWithin =>
        Simulated >= (LeastReal * (1 - Widened)) - Slack && Simulated <= (MostReal * (1 + Widened)) + Slack;
}
