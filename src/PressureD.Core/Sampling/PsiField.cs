using System;

namespace PressureD.Core.Sampling;

/// <summary>A number in a line of a pressure file, or derived from it.</summary>
internal enum PsiField
{
    Avg10,
    Avg60,
    Avg300,
    Total,

    /// <summary>Share of the time since the previous sample: Δtotal over Δt.</summary>
    Stall,
}
