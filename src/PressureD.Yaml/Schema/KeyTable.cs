using System.Collections.Generic;
using System.Collections.Immutable;

namespace PressureD.Yaml.Schema;

/// <summary>The keys that one kind of mapping may have.</summary>
public sealed class KeyTable
{
    private readonly Dictionary<string, KeySpec> _byName = [];

    public KeyTable(string what, params ImmutableArray<KeySpec> keys)
    {
        What = what;
        Keys = keys;
        foreach (KeySpec key in keys)
            _byName.Add(key.Name, key);
    }

    /// <summary>What the mapping is, for messages: "a rule".</summary>
    public string What { get; }

    /// <summary>Whether the mapping has exactly one of the keys.</summary>
    public bool HasOneKey { get; init; }

    /// <summary>In the order of the documentation.</summary>
    public ImmutableArray<KeySpec> Keys { get; }

    public IEnumerable<string> Names => _byName.Keys;

    public KeySpec? Find(string name) => _byName.GetValueOrDefault(name);

    public KeySpec this[string name] => _byName[name];
}
