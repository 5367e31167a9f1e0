using System.Text;

namespace PressureD.Core.Publishing;

/// <summary>Which characters of a name that somebody else chose may be shown as they are.</summary>
internal static class PlainText
{
    /// <summary>
    /// Whether a character is seen, and changes nothing but its own place: no control character of either range, no
    /// separator of lines, none that turns the direction of what follows or is not seen at all.
    /// </summary>
    /// <remarks>
    /// Ranges instead of the runtime's category tables: those pages would be read from disk for the first odd name,
    /// which may come when memory is short.
    /// </remarks>
    public static bool IsPlain(Rune rune) => rune.Value switch
    {
        < 0x20 or (>= 0x7F and <= 0xA0) => false,
        0xAD or 0x34F or 0x61C or 0x115F or 0x1160 or 0x3164 or 0xFEFF or 0xFFA0 => false,
        >= 0x180B and <= 0x180F => false,
        // Spaces of odd widths, direction marks and overrides, separators of lines, invisible operators.
        (>= 0x2000 and <= 0x200F) or (>= 0x2028 and <= 0x202F) or (>= 0x205F and <= 0x206F) => false,
        // Private use, variants of the character before, code points that are no characters.
        (>= 0xE000 and <= 0xF8FF) or (>= 0xFE00 and <= 0xFE0F) or (>= 0xFFF0 and <= 0xFFFC) or >= 0xE0000 => false,
        // Marks for writing shorthand and music that are not seen.
        (>= 0x1BCA0 and <= 0x1BCA3) or (>= 0x1D173 and <= 0x1D17A) => false,
        _ => (rune.Value & 0xFFFE) != 0xFFFE,
    };
}
