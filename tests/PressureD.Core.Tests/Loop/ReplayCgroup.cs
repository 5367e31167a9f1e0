using System;
using System.Collections.Generic;
using System.Text;

namespace PressureD.Core.Tests.Loop;

/// <summary>A cgroup of fixed bytes.</summary>
internal sealed class ReplayCgroup(string name, long inode)
{
    private readonly List<ReplayFile> _files = [];

    public byte[] Name { get; } = Encoding.UTF8.GetBytes(name);

    public long Inode { get; } = inode;

    public List<ReplayCgroup> Children { get; } = [];

    public bool IsGone { get; private set; }

    /// <summary>What opening it answers instead; 0: it opens.</summary>
    public int OpenErrno { get; set; }

    /// <summary>What listing it answers instead; 0: its children.</summary>
    public int ListErrno { get; set; }

    /// <summary>What asking which it is answers instead; 0: its inode.</summary>
    public int IdentityErrno { get; set; }

    public ReplayCgroup Add(string childName, long childInode)
    {
        var child = new ReplayCgroup(childName, childInode);
        Children.Add(child);
        return child;
    }

    public void Remove(ReplayCgroup child)
    {
        child.IsGone = true;
        Children.Remove(child);
    }

    public ReplayCgroup Set(string file, string content)
    {
        _files.Add(new ReplayFile(Encoding.UTF8.GetBytes(file), Encoding.UTF8.GetBytes(content)) { Owner = this });
        return this;
    }

    public ReplayFile? Find(ReadOnlySpan<byte> file)
    {
        foreach (ReplayFile candidate in _files)
        {
            if (file.SequenceEqual(candidate.Name))
                return candidate;
        }

        return null;
    }
}
