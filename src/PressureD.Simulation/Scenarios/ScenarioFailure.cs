namespace PressureD.Simulation.Scenarios;

/// <summary>An expectation that was not met.</summary>
/// <param name="Text">What was expected and what happened.</param>
/// <param name="AroundUsec">Where on the timeline to look; −1: at no particular place.</param>
public sealed record ScenarioFailure(string Text, long AroundUsec)
{
    /// <summary>At no particular place.</summary>
    public const long Nowhere = -1;

    /// <summary>It is the scenario itself that is wrong: it did not run as it is written.</summary>
    public bool IsBroken { get; init; }
}
