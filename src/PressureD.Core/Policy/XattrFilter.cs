using System;
using System.Text;

namespace PressureD.Core.Policy;

/// <summary>An extended attribute that a cgroup's directory must have to be a match.</summary>
public sealed class XattrFilter
{
    private readonly byte[] _name;
    private readonly byte[] _value;

    /// <param name="name">With its namespace: <c>user.name</c> or <c>trusted.name</c>.</param>
    /// <param name="value">What it must be, byte for byte; null when it only has to be there.</param>
    public XattrFilter(string name, string? value)
    {
        Name = name;
        Value = value;
        _name = Encoding.UTF8.GetBytes(name);
        _value = value is null ? [] : Encoding.UTF8.GetBytes(value);
    }

    /// <summary>The longest value that can be asked for.</summary>
    public const int MaxValueBytes = 256;

    public string Name { get; }

    public string? Value { get; }

    /// <summary>As people read it: <c>user.name</c>, or <c>user.name = 'value'</c>.</summary>
    public override string ToString() => Value is null ? Name : $"{Name} = {Quoted.Of(Value)}";

    internal ReadOnlySpan<byte> NameUtf8 => _name;

    /// <summary>Whether a value that was read is the one asked for.</summary>
    internal bool IsMatch(ReadOnlySpan<byte> value) => Value is null || value.SequenceEqual(_value);
}
