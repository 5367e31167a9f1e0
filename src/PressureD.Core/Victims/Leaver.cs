namespace PressureD.Core.Victims;

/// <summary>Somebody whose memory a scan no longer found, though an earlier one had.</summary>
/// <param name="Pid">The process.</param>
/// <param name="StartTicks">When it started, clock ticks since boot; 0 when that is not known.</param>
/// <param name="SizeBytes">What it held when it was last seen to hold anything.</param>
/// <param name="SinceUsec">When that was noticed.</param>
internal readonly record struct Leaver(int Pid, long StartTicks, long SizeBytes, long SinceUsec);
