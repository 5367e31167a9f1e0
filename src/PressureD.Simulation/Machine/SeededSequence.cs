namespace PressureD.Simulation.Machine;

/// <summary>
/// A sequence of pseudo-random numbers (xorshift64*) that a seed and a name determine, on every machine.
/// </summary>
public sealed class SeededSequence
{
    private ulong _state;

    public SeededSequence(ulong seed, string name)
    {
        _state = seed ^ Hash(name);
        if (_state == 0) _state = 0x9E3779B97F4A7C15;
        Next();
        Next();
    }

    /// <summary>64 bits.</summary>
    public ulong Next()
    {
        _state ^= _state >> 12;
        _state ^= _state << 25;
        _state ^= _state >> 27;
        return _state * 0x2545F4914F6CDD1D;
    }

    /// <summary>A number in [0, bound); 0 when the bound is not positive.</summary>
    public long Below(long bound) => bound <= 0 ? 0 : (long)(((System.UInt128)Next() * (ulong)bound) >> 64);

    /// <summary>True once in so many times, on average; never when <paramref name="oneIn"/> is not positive.</summary>
    public bool OnceIn(long oneIn) => oneIn > 0 && Below(oneIn) == 0;

    /// <summary>FNV-1a over UTF-16 units: the runtime's own string hash differs from process to process.</summary>
    public static ulong Hash(string text)
    {
        var hash = 0xCBF29CE484222325;
        foreach (var unit in text) hash = (hash ^ unit) * 0x100000001B3;
        return hash;
    }
}
