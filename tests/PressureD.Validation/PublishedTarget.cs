namespace PressureD.Validation;

/// <summary>A figure that was measured on real kernels elsewhere, beside the model's.</summary>
/// <param name="What">What it is.</param>
/// <param name="Real">What was measured.</param>
/// <param name="Simulated">The model's.</param>
/// <param name="Slack">What ticks and rounding can make it differ by.</param>
internal sealed record PublishedTarget(string What, Measured Real, double Simulated, double Slack)
{
    /// <summary>By which share of the measured range the model may be off.</summary>
    internal double Widened { get; init; } = 0.25;

    internal bool IsWithin =>
        Simulated >= (Real.Least * (1 - Widened)) - Slack && Simulated <= (Real.Most * (1 + Widened)) + Slack;
}
