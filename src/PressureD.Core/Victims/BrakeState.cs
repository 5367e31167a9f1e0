namespace PressureD.Core.Victims;

/// <summary>Whether a kill is held back now, why, and until when.</summary>
/// <param name="Reason">None when it is not.</param>
/// <param name="UntilUsec">
/// When it is over by itself, on the step's clock; 0 when only the end of pressure or another policy ends it.
/// </param>
/// <param name="Count">Kills within the last minute, or deaths in a row that freed too little.</param>
/// <param name="Limit">How many the policy allows.</param>
internal readonly record struct BrakeState(BrakeReason Reason, long UntilUsec, int Count, int Limit);
