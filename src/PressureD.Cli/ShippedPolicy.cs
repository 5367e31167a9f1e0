using System;
using System.IO;

namespace PressureD.Cli;

/// <summary>The policy that comes with the product, as this program carries it.</summary>
internal static class ShippedPolicy
{
    /// <summary>Its name in messages.</summary>
    internal const string Name = "pressured.yaml";

    private static readonly Lazy<byte[]> Content = new(Load);

    internal static ReadOnlyMemory<byte> Bytes => Content.Value;

    private static byte[] Load()
    {
        using Stream stream = typeof(ShippedPolicy).Assembly.GetManifestResourceStream(Name)
            ?? throw new InvalidOperationException("the shipped policy is missing from this program");
        using MemoryStream content = new();
        stream.CopyTo(content);
        return content.ToArray();
    }
}
