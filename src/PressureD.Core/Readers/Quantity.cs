using System;

namespace PressureD.Core.Readers;

/// <summary>Values with a fixed meaning among the numbers that readers and samples give.</summary>
public static class Quantity
{
    /// <summary>
    /// Not known: the file or key is missing here, could not be read, or there is no earlier sample yet.
    /// </summary>
    public const long Unknown = long.MinValue;

    /// <summary>No limit: the kernel wrote <c>max</c>. Larger than any real number, and never 0.</summary>
    public const long Unlimited = long.MaxValue;

    /// <summary>Millionths in the whole: 1 % is 10,000.</summary>
    public const long Whole = 1_000_000;

    /// <summary>
    /// One number times another over a third, without losing what does not fit in between; ends at
    /// <see cref="Unlimited"/>. A calm step would otherwise spend most of its time in divisions of 128 bits, which
    /// hardly any machine's numbers need.
    /// </summary>
    internal static long Scale(long value, long by, long over)
    {
        long high = Math.BigMul(value, by, out long low);
        return high == low >> 63 ? low / over : (long)Int128.Min((Int128)value * by / over, Unlimited);
    }

    /// <summary>
    /// Bytes of a number of the kernel's <c>kB</c>, which are 1,024 bytes. Ends at <see cref="Unlimited"/>.
    /// </summary>
    internal static long FromKibibytes(long kibibytes) =>
        kibibytes > Unlimited / 1024 ? Unlimited :
        kibibytes < -(Unlimited / 1024) ? -Unlimited : kibibytes * 1024;
}
