using System;
using System.Collections.Generic;
using System.Text;

namespace PressureD.Simulation.Kernel;

/// <summary>A file of "key value" lines: the keys that a kernel has, in its order.</summary>
/// <typeparam name="TOwner">Whose figures it shows.</typeparam>
internal sealed class FlatFile<TOwner>
{
    private readonly List<(byte[] Text, Func<TOwner, long>? Value)> _parts = [];
    private readonly StringBuilder _zeros = new();

    /// <summary>A key with what the model knows of it.</summary>
    public FlatFile<TOwner> Add(string key, Func<TOwner, long> value)
    {
        CloseZeros();
        _parts.Add((Encoding.UTF8.GetBytes(key), value));
        return this;
    }

    /// <summary>Keys of things that are not modelled, and so never happen.</summary>
    /// <param name="keys">Separated by blanks or newlines.</param>
    public FlatFile<TOwner> Zeros(string keys)
    {
        foreach (var key in keys.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
            _zeros.Append(key).Append(" 0\n");
        return this;
    }

    public FlatFile<TOwner> End()
    {
        CloseZeros();
        return this;
    }

    public void Render(TOwner owner, ByteText text)
    {
        foreach (var (bytes, value) in _parts)
        {
            if (value is null) text.Add(bytes);
            else text.Line(bytes, value(owner));
        }
    }

    private void CloseZeros()
    {
        if (_zeros.Length == 0) return;
        _parts.Add((Encoding.UTF8.GetBytes(_zeros.ToString()), null));
        _zeros.Clear();
    }
}
