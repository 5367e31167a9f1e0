using System.Globalization;
using System.Text;

namespace PressureD.Systemd.Units;

/// <summary>Object paths of systemd's units.</summary>
internal static class UnitPath
{
    /// <summary>The path of a unit's object: what is neither a letter nor a digit is written as _XX.</summary>
    internal static string Of(string unit)
    {
        var path = new StringBuilder(SystemdNames.ObjectPath).Append("/unit/");
        for (int i = 0; i < unit.Length; i++)
        {
            char c = unit[i];
            bool isPlain = char.IsAsciiLetter(c) || (i > 0 && char.IsAsciiDigit(c));
            if (isPlain)
            {
                path.Append(c);
            }
            else
            {
                path.Append('_').Append(((int)c).ToString("x2", CultureInfo.InvariantCulture));
            }
        }

        return path.ToString();
    }
}
