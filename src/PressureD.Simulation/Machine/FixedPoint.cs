using System.Numerics;

namespace PressureD.Simulation.Machine;

/// <summary>Fractions in 1/65536, so that every machine computes the same bits.</summary>
internal static class FixedPoint
{
    public const int Shift = 16;
    public const long One = 1 << Shift;

    /// <summary>numerator ÷ denominator as a fraction; 0 when the denominator is not positive.</summary>
    public static long Ratio(long numerator, long denominator)
    {
        if (denominator <= 0) return 0;

        // Division of 128 bits takes many times as long as that of 64.
        return numerator is >= 0 and < 1L << (62 - Shift)
            ? (numerator << Shift) / denominator
            : (long)(((System.Int128)numerator << Shift) / denominator);
    }

    public static long Multiply(long value, long fraction) => value == (int)value && fraction == (int)fraction
        ? (value * fraction) >> Shift
        : (long)(((System.Int128)value * fraction) >> Shift);

    /// <summary>whole × numerator ÷ denominator, towards zero, whatever the product.</summary>
    public static long Part(long whole, long numerator, long denominator)
    {
        // Factors that have no more than 63 bits together have a product below 2^63; a negative one has 64 of its own.
        var bits = 128 - BitOperations.LeadingZeroCount((ulong)whole)
            - BitOperations.LeadingZeroCount((ulong)numerator);
        return bits <= 63
            ? whole * numerator / denominator
            : (long)((System.Int128)whole * numerator / denominator);
    }

    /// <summary>
    /// e^−x for x ≥ 0, as (1 − x/4096)^4096 by twelve squarings: within x²/8192 of the true value, relative.
    /// </summary>
    public static long ExpMinus(long x)
    {
        if (x <= 0) return One;
        if (x >= 16 * One) return 0;

        // Thirty fractional bits inside, because squaring doubles the relative error each time.
        const int innerShift = 30;
        var value = (1L << innerShift) - (x << (innerShift - Shift - 12));
        for (var round = 0; round < 12; round++) value = (value * value) >> innerShift;
        return value >> (innerShift - Shift);
    }
}
