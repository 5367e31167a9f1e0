namespace PressureD.Simulation.Pressure;

/// <summary>
/// The three running averages of one line, in the kernel's fixed point: 11 fractional bits, decay constants for one
/// period of about 2 s, and an integer percent as sample (kernel/sched/psi.c, loadavg.h).
/// </summary>
public struct PsiAverages
{
    /// <summary>1 in fixed point.</summary>
    public const int FixedOne = 2048;

    private const int FixedShift = 11;

    // 2048 · e^(−2/10), e^(−2/60), e^(−2/300).
    private const long Decay10 = 1677;
    private const long Decay60 = 1981;
    private const long Decay300 = 2034;

    /// <summary>Fixed point percent over 10 s.</summary>
    public long Avg10 { get; private set; }

    public long Avg60 { get; private set; }
    public long Avg300 { get; private set; }

    /// <summary>Folds one period in, after periods in which nobody was active.</summary>
    /// <param name="missedPeriods">Periods without a sample: they decay.</param>
    /// <param name="stallNsec">Stall within the period, at most the period.</param>
    /// <param name="periodNsec">Length of the period.</param>
    public void Fold(long missedPeriods, long stallNsec, long periodNsec)
    {
        if (missedPeriods > 0)
        {
            Avg10 = Step(Avg10, Power(Decay10, missedPeriods), 0);
            Avg60 = Step(Avg60, Power(Decay60, missedPeriods), 0);
            Avg300 = Step(Avg300, Power(Decay300, missedPeriods), 0);
        }

        var percent = stallNsec * 100 / periodNsec * FixedOne;
        Avg10 = Step(Avg10, Decay10, percent);
        Avg60 = Step(Avg60, Decay60, percent);
        Avg300 = Step(Avg300, Decay300, percent);
    }

    /// <summary>The digits before the point as printed.</summary>
    public static long Whole(long average) => average >> FixedShift;

    /// <summary>The two digits after the point as printed.</summary>
    public static long Hundredths(long average) => ((average & (FixedOne - 1)) * 100) >> FixedShift;

    // Rounds up while it rises and down while it falls, so that it can reach both ends.
    private static long Step(long average, long decay, long sample)
    {
        var next = (average * decay) + (sample * (FixedOne - decay));
        if (sample >= average) next += FixedOne - 1;
        return next / FixedOne;
    }

    private static long Power(long value, long exponent)
    {
        long result = FixedOne;
        while (true)
        {
            if ((exponent & 1) != 0) result = ((result * value) + (FixedOne / 2)) >> FixedShift;
            exponent >>= 1;
            if (exponent == 0) return result;
            value = ((value * value) + (FixedOne / 2)) >> FixedShift;
        }
    }
}
