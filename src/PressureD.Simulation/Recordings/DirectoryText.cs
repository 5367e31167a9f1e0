using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using PressureD.Core.Kernel;

namespace PressureD.Simulation.Recordings;

/// <summary>
/// What a cgroup's directory is: its inode and owner, then each attribute with its value in hexadecimal.
/// </summary>
internal static class DirectoryText
{
    private const int LongestAttribute = 64;

    /// <summary>Reads a held directory; what of it cannot be read is left out.</summary>
    public static string Of(IKernel kernel, int directory, long identity)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"inode {identity}\n");
        if (kernel.Owner(directory) is >= 0 and var owner)
            text.Append(CultureInfo.InvariantCulture, $"owner {owner}\n");
        Span<byte> value = stackalloc byte[LongestAttribute];
        foreach (var name in RecordedFiles.Attributes)
        {
            var length = kernel.GetXattr(directory, Encoding.UTF8.GetBytes(name), value);
            if (length < 0) continue;
            text.Append(CultureInfo.InvariantCulture, $"{name} {Convert.ToHexString(value[..length])}\n");
        }

        return text.ToString();
    }

    /// <exception cref="FormatException">It is no such text.</exception>
    public static (long Inode, int OwnerUid, IReadOnlyList<(string Name, byte[] Value)> Attributes) Read(string text)
    {
        long inode = 0;
        var owner = 0;
        var attributes = new List<(string, byte[])>();
        foreach (var (name, value) in MachineText.Read(text))
        {
            if (name == "inode") inode = long.Parse(value, CultureInfo.InvariantCulture);
            else if (name == "owner") owner = int.Parse(value, CultureInfo.InvariantCulture);
            else attributes.Add((name, Convert.FromHexString(value)));
        }

        return (inode, owner, attributes);
    }
}
