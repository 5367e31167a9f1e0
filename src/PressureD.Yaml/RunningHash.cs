using System;

namespace PressureD.Yaml;

/// <summary>FNV-1a over whatever is added, in order.</summary>
internal struct RunningHash
{
    public RunningHash()
    {
    }

    public ulong Value { get; private set; } = 14695981039346656037;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
            Value = (Value ^ b) * 1099511628211;
    }

    public void Add(long number)
    {
        for (int shift = 0; shift < 64; shift += 8)
            Value = (Value ^ (byte)(number >> shift)) * 1099511628211;
    }
}
