using System;
using System.Text;
using PressureD.Core.Kernel;
using PressureD.Simulation.Faults;

namespace PressureD.Simulation.Kernel;

/// <content>Cgroup directories and their attributes.</content>
public sealed partial class SimulatedKernel
{
    /// <inheritdoc/>
    public int OpenCgroupRoot()
    {
        if (_machine.Options.Profile.Cgroups == CgroupMode.None) return -Errno.ENOENT;
        return Enter(new Held.Directory { Path = _machine.Options.Profile.CgroupMount, Cgroup = _machine.Root });
    }

    /// <inheritdoc/>
    public int OpenDirectory(int directory, ReadOnlySpan<byte> name)
    {
        if (Get<Held.Directory>(directory) is not { Cgroup: var cgroup }) return -Errno.EBADF;
        var error = CheckName(name);
        if (error < 0) return error;
        if (cgroup.Removed) return -Errno.ENOENT;
        var text = Encoding.UTF8.GetString(name);
        var path = PathOf(cgroup, text);
        if (cgroup.Child(name) is not { } child)
            return _cgroupFiles.Find(cgroup, text) is null ? -Errno.ENOENT : -Errno.ENOTDIR;
        var fault = FaultOf(KernelCallKind.OpenDirectory, path);
        return fault.Errno != 0 ? -fault.Errno : Enter(new Held.Directory { Path = path, Cgroup = child });
    }

    /// <inheritdoc/>
    public long Identity(int directory) =>
        Get<Held.Directory>(directory) is { } held ? held.Cgroup.Inode : -Errno.EBADF;

    /// <inheritdoc/>
    public long Owner(int directory) =>
        Get<Held.Directory>(directory) is { } held ? held.Cgroup.OwnerUid : -Errno.EBADF;

    /// <inheritdoc/>
    public int ListDirectories(int directory, Span<byte> names, ref long position)
    {
        if (Get<Held.Directory>(directory) is not { Cgroup: var cgroup }) return -Errno.EBADF;
        if (cgroup.Removed) return -Errno.ENOENT;
        var fault = FaultOf(KernelCallKind.ListDirectories, PathOf(cgroup, ""));
        if (fault.Errno != 0) return -fault.Errno;

        // Children are in the order of their inodes: a position survives what is made and removed meanwhile.
        var written = 0;
        foreach (var child in cgroup.Children)
        {
            if (child.Inode <= position) continue;
            if (written + child.NameBytes.Length + 1 > names.Length) return written > 0 ? written : -Errno.EINVAL;
            child.NameBytes.CopyTo(names[written..]);
            written += child.NameBytes.Length;
            names[written++] = 0;
            position = child.Inode;
        }

        return written;
    }

    /// <inheritdoc/>
    public int GetXattr(int directory, ReadOnlySpan<byte> name, Span<byte> value)
    {
        if (Get<Held.Directory>(directory) is not { Cgroup: var cgroup }) return -Errno.EBADF;
        var error = CheckAttribute(name, out var key);
        if (error < 0) return error;
        var fault = FaultOf(KernelCallKind.GetXattr, PathOf(cgroup, key));
        if (fault.Errno != 0) return -fault.Errno;

        // Who may not see a trusted attribute is told that there is none.
        if (!_options.AdminCapability && key.StartsWith("trusted.", StringComparison.Ordinal)) return -Errno.ENODATA;
        if (!cgroup.Attributes.TryGetValue(key, out var content)) return -Errno.ENODATA;
        if (value.IsEmpty) return content.Length;
        if (content.Length > value.Length) return -Errno.ERANGE;
        content.CopyTo(value);
        return content.Length;
    }

    /// <inheritdoc/>
    public int SetXattr(int directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (Get<Held.Directory>(directory) is not { Cgroup: var cgroup }) return -Errno.EBADF;
        var error = CheckAttribute(name, out var key);
        if (error < 0) return error;
        var fault = FaultOf(KernelCallKind.SetXattr, PathOf(cgroup, key));
        if (fault.Errno != 0) return -fault.Errno;
        if (!_options.AdminCapability && key.StartsWith("trusted.", StringComparison.Ordinal)) return -Errno.EPERM;
        cgroup.Attributes[key] = value.ToArray();
        return 0;
    }

    private static int CheckAttribute(ReadOnlySpan<byte> name, out string key)
    {
        key = "";
        if (name.Length > MaxNameBytes) return -Errno.ERANGE;
        key = Encoding.UTF8.GetString(name);
        return key.StartsWith("user.", StringComparison.Ordinal) || key.StartsWith("trusted.", StringComparison.Ordinal)
            || key.StartsWith("security.", StringComparison.Ordinal) ? 0 : -Errno.EOPNOTSUPP;
    }
}
