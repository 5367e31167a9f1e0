using System;
using System.Collections.Generic;
using System.Text;

namespace PressureD.Simulation.Script;

/// <summary>
/// Literal content laid over the files of a machine: whole files, single values of keyed files, or errors. What is not
/// scripted reads as the machine has it.
/// </summary>
/// <remarks>Paths are absolute; those of cgroups begin with the mount point, those of processes with
/// /proc/PID.</remarks>
public sealed class ScriptedFiles
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Whether anything is scripted.</summary>
    public bool IsEmpty => _entries.Count == 0;

    /// <summary>Grows with every change: what was found at a version is so for as long as it stays.</summary>
    internal long Version { get; private set; }

    /// <summary>A file has this content from now on, whether or not the machine has such a file.</summary>
    public void Set(string path, string content) => Set(path, Encoding.UTF8.GetBytes(content));

    /// <summary>One value of a keyed file is this from now on, the others stay the machine's.</summary>
    /// <param name="path">Flat-keyed ("key value") or meminfo-like ("Key: value kB").</param>
    /// <param name="key">Without the colon.</param>
    /// <param name="value">With its unit.</param>
    public void SetKey(string path, string key, string value) => Of(path).Keys[key] = value;

    /// <summary>Opening, reading and writing a file answer this error number, positive, from now on.</summary>
    public void Fail(string path, int errno) => Of(path).Errno = errno;

    /// <summary>A file is the machine's again.</summary>
    public void Restore(string path)
    {
        _entries.Remove(path);
        Version++;
    }

    /// <summary>A file has these bytes from now on, and can be read.</summary>
    internal void Set(string path, byte[] content)
    {
        var entry = Of(path);
        entry.Content = content;
        entry.Errno = 0;
    }

    /// <summary>Whether anything of a file is scripted.</summary>
    internal bool Has(string path) => _entries.ContainsKey(path);

    /// <summary>
    /// What the script alone says of a file, its content or a line for each key; null: nothing, or it cannot be read.
    /// </summary>
    internal byte[]? LiteralOf(string path)
    {
        if (!_entries.TryGetValue(path, out var entry) || entry.Errno != 0) return null;
        if (entry.Content is not null) return entry.Content;
        var text = new StringBuilder();
        foreach (var (key, value) in entry.Keys) text.Append(key).Append(' ').Append(value).Append('\n');
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Whether a file is scripted as a whole.</summary>
    internal bool HasContent(string path) => _entries.TryGetValue(path, out var entry) && entry.Content is not null;

    /// <summary>The error number that a file answers, or 0.</summary>
    internal int ErrnoOf(string path) => _entries.TryGetValue(path, out var entry) ? entry.Errno : 0;

    /// <summary>The content of a file scripted as a whole, or null.</summary>
    internal byte[]? ContentOf(string path) => _entries.TryGetValue(path, out var entry) ? entry.Content : null;

    /// <summary>A rendered file with its scripted values in place, or null when none are scripted.</summary>
    internal byte[]? Patch(string path, ReadOnlySpan<byte> rendered)
    {
        if (!_entries.TryGetValue(path, out var entry) || entry.Keys.Count == 0) return null;
        var lines = Encoding.UTF8.GetString(rendered).Split('\n');
        foreach (var (key, value) in entry.Keys)
        {
            var found = false;
            for (var index = 0; index < lines.Length; index++)
            {
                if (Replace(lines[index], key, value) is not { } line) continue;
                lines[index] = line;
                found = true;
            }

            if (!found) lines[^1] = $"{key} {value}\n{lines[^1]}";
        }

        return Encoding.UTF8.GetBytes(string.Join('\n', lines));
    }

    private static string? Replace(string line, string key, string value)
    {
        if (!line.StartsWith(key, StringComparison.Ordinal) || line.Length == key.Length) return null;
        if (line[key.Length] == ' ') return $"{key} {value}";
        return line[key.Length] == ':' ? $"{key + ":",-16}{value,11}" : null;
    }

    private Entry Of(string path)
    {
        Version++;
        if (!_entries.TryGetValue(path, out var entry)) _entries[path] = entry = new Entry();
        return entry;
    }

    private sealed class Entry
    {
        public byte[]? Content { get; set; }
        public int Errno { get; set; }
        public SortedDictionary<string, string> Keys { get; } = new(StringComparer.Ordinal);
    }
}
