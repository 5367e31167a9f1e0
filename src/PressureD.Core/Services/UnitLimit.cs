using System;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using PressureD.Core.Victims;

namespace PressureD.Core.Services;

/// <summary>Control files that systemd has a property of a unit for, and so wants to be the one to write.</summary>
public static class UnitLimit
{
    /// <summary>Whether a cgroup is a unit of the system's manager and the file one of those.</summary>
    /// <param name="path">The cgroup, without a leading slash.</param>
    /// <param name="file">The control file.</param>
    /// <param name="property">The property: since systemd 232, 253 and 256.</param>
    public static bool TryFind(
        ReadOnlySpan<byte> path, ReadOnlySpan<byte> file, [NotNullWhen(true)] out string? property)
    {
        property = file.SequenceEqual("memory.swap.max"u8) ? "MemorySwapMax"
            : file.SequenceEqual("memory.zswap.max"u8) ? "MemoryZSwapMax"
            : file.SequenceEqual("memory.zswap.writeback"u8) ? "MemoryZSwapWriteback"
            : null;
        return property is not null && !UnitNames.OfSystem(path).IsEmpty;
    }

    /// <summary>The value of a control file as a property has it.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out ulong value)
    {
        value = ulong.MaxValue;
        return text.SequenceEqual("max"u8)
            || (Utf8Parser.TryParse(text, out value, out int read) && read == text.Length);
    }

    /// <summary>Whether a property is a switch, and not a size.</summary>
    public static bool IsSwitch(string property) => property == "MemoryZSwapWriteback";
}
