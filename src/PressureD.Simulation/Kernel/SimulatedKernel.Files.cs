using System;
using System.Text;
using PressureD.Core.Kernel;
using PressureD.Core.Readers;
using PressureD.Simulation.Faults;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Pressure;

namespace PressureD.Simulation.Kernel;

/// <content>Files: opening, reading, writing, arming triggers.</content>
public sealed partial class SimulatedKernel
{
    private const string MeminfoPath = "/proc/meminfo";

    private static readonly KeyedReader FreeKeys = new(["MemFree", "SwapFree"]);

    /// <inheritdoc/>
    public int OpenFile(int directory, ReadOnlySpan<byte> path)
    {
        var error = Resolve(directory, path, out var source, out var name);
        if (error == 0) error = -FaultOf(KernelCallKind.OpenFile, name).Errno;
        return error < 0 ? error : Enter(new Held.File { Path = name, Source = source! });
    }

    /// <inheritdoc/>
    public int Read(int file, Span<byte> buffer)
    {
        var held = Get<Held>(file);
        var source = held switch { Held.File open => open.Source, Held.Trigger trigger => trigger.Source, _ => null };
        if (held is null || source is null) return -Errno.EBADF;
        var fault = FaultOf(KernelCallKind.Read, held.Path);
        if (fault.Errno != 0) return -fault.Errno;
        var error = Render(source, held.Path);
        if (error < 0) return error;
        if (held is Held.File { Source.Cgroup: { } cgroup } events) events.SeenVersion = cgroup.EventsVersion;
        return Copy(_text.Bytes, buffer, fault);
    }

    /// <inheritdoc/>
    public int ReadFree(out long memoryBytes, out long swapBytes)
    {
        // From the file, which a script may have replaced: the real kernel's two are of the same counters.
        Span<long> free = stackalloc long[FreeKeys.Count];
        free.Fill(Quantity.Unknown);
        if (FindAbsolute(MeminfoPath) is { } meminfo && Render(meminfo, MeminfoPath) == 0)
            FreeKeys.Read(_text.Bytes, free);
        (memoryBytes, swapBytes) = (free[0], free[1]);
        return memoryBytes == Quantity.Unknown || swapBytes == Quantity.Unknown ? -Errno.ENOENT : 0;
    }

    /// <inheritdoc/>
    public int WriteControl(int directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        Get<Held.Directory>(directory) is { Cgroup: var cgroup }
            ? WriteControl(cgroup, name, Encoding.UTF8.GetString(value))
            : -Errno.EBADF;

    private int WriteControl(SimulatedCgroup cgroup, ReadOnlySpan<byte> name, string value)
    {
        var error = CheckName(name);
        if (error < 0) return error;
        if (cgroup.Removed) return -Errno.ENOENT;
        var text = Encoding.UTF8.GetString(name);
        if (_cgroupFiles.Find(cgroup, text) is not { } file) return -Errno.ENOENT;
        if (_scripted.ErrnoOf(PathOf(cgroup, text)) is var errno and not 0) return -errno;
        var fault = FaultOf(KernelCallKind.WriteControl, PathOf(cgroup, text));
        if (fault.Errno != 0) return -fault.Errno;
        return Write(cgroup, file, value);
    }

    /// <summary>What a control file says now, without the newline at its end; null: there is none.</summary>
    /// <param name="cgroup">The cgroup's path.</param>
    /// <param name="name">The file's name.</param>
    public string? ReadAsOwner(string cgroup, string name)
    {
        if (_machine.FindCgroup(cgroup) is not { } found) return null;
        var path = PathOf(found, name);
        if (FindControl(found, name, path) is not { } source || Render(source, path) < 0) return null;
        return Encoding.UTF8.GetString(_text.Bytes).TrimEnd('\n');
    }

    /// <summary>What a file says in which a script has a say; false when none has, or it cannot be read.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="text">Valid until the next call.</param>
    internal bool TryReadScripted(string path, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (!_scripted.Has(path)) return false;
        if (FindAbsolute(path) is not { } source || Render(source, path) < 0) return false;
        text = _text.Bytes;
        return true;
    }

    /// <summary>Writes a control file as the machine's owner does, not the daemon.</summary>
    /// <returns>0, or a negative errno.</returns>
    public int WriteAsOwner(string cgroup, string name, string value)
    {
        if (_machine.FindCgroup(cgroup) is not { } found) return -Errno.ENOENT;
        if (_cgroupFiles.Find(found, name) is not { } file) return -Errno.ENOENT;
        return file.Write is { } write ? write(found, value) : -Errno.EINVAL;
    }

    private int Write(SimulatedCgroup cgroup, CgroupFile file, string value)
    {
        if (file.Write is not { } write) return -Errno.EINVAL;
        var result = write(cgroup, value);
        if (result >= 0) Acted?.Invoke(new KernelAct(cgroup, null, 0, file.Name, value));
        return result;
    }

    /// <inheritdoc/>
    public int ArmTrigger(int directory, ReadOnlySpan<byte> path, StallKind kind, int stallUsec, int windowUsec)
    {
        if (stallUsec <= 0 || windowUsec <= 0) return -Errno.EINVAL;
        var error = Resolve(directory, path, out var source, out var name);
        if (error < 0) return error;
        if (PressureOf(name) is not { } resource) return -Errno.EINVAL;
        var profile = _machine.Options.Profile;
        if (!profile.UnprivilegedTriggers && !_options.ResourceCapability && source!.Cgroup is null)
            return -Errno.EPERM;
        error = -FaultOf(KernelCallKind.ArmTrigger, name).Errno;
        if (error < 0) return error;
        if (windowUsec > 10_000_000 || stallUsec > windowUsec) return -Errno.EINVAL;
        if (windowUsec < profile.MinTriggerWindowUsec) return -Errno.EINVAL;
        if (!_options.ResourceCapability && windowUsec % 2_000_000 != 0) return -Errno.EINVAL;
        var cgroup = source!.Cgroup ?? _machine.Root;
        var state = (PsiState)(((int)resource * 2) + (int)kind);
        var nowNsec = _machine.NowUsec * 1000;
        var psi = cgroup.Pressure.Arm(
            state, stallUsec * 1000L, windowUsec * 1000L, _options.ResourceCapability, nowNsec);
        var trigger = Enter(
            new Held.Trigger { Path = name, Psi = psi, Cgroup = cgroup, Source = source, Watched = true });
        if (trigger < 0) cgroup.Pressure.Disarm(psi);
        else _watched.Add(trigger);
        return trigger;
    }

    private static PsiResource? PressureOf(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        if (path.StartsWith("/proc/pressure/", StringComparison.Ordinal)) name += ".pressure";
        return name switch
        {
            "memory.pressure" => PsiResource.Memory,
            "io.pressure" => PsiResource.Io,
            "cpu.pressure" => PsiResource.Cpu,
            _ => null,
        };
    }

    /// <summary>Finds a file without opening it; 0 or a negative errno.</summary>
    private int Resolve(int directory, ReadOnlySpan<byte> path, out FileSource? source, out string name)
    {
        source = null;
        name = "";
        if (directory == KernelDirectory.None)
        {
            if (path.IsEmpty || path[0] != (byte)'/' || path.Contains((byte)0)) return -Errno.EINVAL;
            if (path.Length >= MaxPathBytes) return -Errno.ENAMETOOLONG;
            name = Encoding.UTF8.GetString(path);
            source = FindAbsolute(name);
        }
        else
        {
            if (Get<Held.Directory>(directory) is not { Cgroup: var cgroup }) return -Errno.EBADF;
            var error = CheckName(path);
            if (error < 0) return error;
            if (cgroup.Removed) return -Errno.ENOENT;
            name = PathOf(cgroup, Encoding.UTF8.GetString(path));
            source = FindControl(cgroup, Encoding.UTF8.GetString(path), name);
        }

        if (_scripted.ErrnoOf(name) is var errno and not 0) return -errno;
        return source is null ? -Errno.ENOENT : 0;
    }

    private FileSource? FindAbsolute(string path)
    {
        if (_hostFiles.Find(path) is { } host) return new FileSource { Host = host };
        var mount = _machine.Options.Profile.CgroupMount + "/";
        if (_machine.Options.Profile.Cgroups != CgroupMode.None && path.StartsWith(mount, StringComparison.Ordinal))
        {
            var slash = path.LastIndexOf('/');
            var cgroup = slash < mount.Length ? _machine.Root : _machine.FindCgroup(path[(mount.Length - 1)..slash]);
            return cgroup is null ? null : FindControl(cgroup, path[(slash + 1)..], path);
        }

        return FindProcessFile(path) ?? (_scripted.HasContent(path) ? new FileSource() : null);
    }

    private FileSource? FindControl(SimulatedCgroup cgroup, string name, string path)
    {
        if (_cgroupFiles.Find(cgroup, name) is { } file) return new FileSource { Cgroup = cgroup, CgroupFile = file };
        return _scripted.HasContent(path) ? new FileSource { Cgroup = cgroup } : null;
    }

    private FileSource? FindProcessFile(string path)
    {
        var parts = path.Split('/');
        if (parts.Length != 4 || parts[1] != "proc") return null;
        if (!int.TryParse(parts[2] == "self" ? $"{Daemon.Pid}" : parts[2], out var pid)) return null;
        if (_machine.FindProcess(pid) is not { } process) return null;
        for (var file = ProcessFile.Stat; file <= ProcessFile.Cmdline; file++)
            if (NameOf(file) == parts[3]) return new FileSource { Process = process, Thread = pid, ProcessFile = file };
        return null;
    }

    /// <summary>What a process' file is called below /proc/PID.</summary>
    internal static string NameOf(ProcessFile file) => file switch
    {
        ProcessFile.Stat => "stat",
        ProcessFile.Statm => "statm",
        ProcessFile.Status => "status",
        ProcessFile.Cgroup => "cgroup",
        ProcessFile.OomScore => "oom_score",
        ProcessFile.OomScoreAdj => "oom_score_adj",
        ProcessFile.Comm => "comm",
        ProcessFile.Cmdline => "cmdline",
        ProcessFile.Environ => "environ",
        _ => "exe",
    };

    /// <summary>Renders a file into the kernel's text; 0 or a negative errno.</summary>
    private int Render(FileSource source, string path)
    {
        if (source.Cgroup is { Removed: true }) return -Errno.ENODEV;
        if (source.Process is { State: ProcessState.Reaped }) return -Errno.ESRCH;
        _text.Clear();
        if (!_scripted.IsEmpty)
        {
            if (_scripted.ErrnoOf(path) is var errno and not 0) return -errno;
            if (_scripted.ContentOf(path) is { } content)
            {
                _text.Add(content);
                return 0;
            }
        }

        if (source.Host is { } host) host(_text);
        else if (source.CgroupFile is { Render: { } render }) render(source.Cgroup!, _text);
        else if (source.Process is { } process) _processFiles.Render(process, source.Thread, source.ProcessFile, _text);
        else if (source.CgroupFile is not null) return -Errno.EINVAL;
        if (_scripted.IsEmpty || _scripted.Patch(path, _text.Bytes) is not { } patched) return 0;
        _text.Clear().Add(patched);
        return 0;
    }

    private static int Copy(ReadOnlySpan<byte> content, Span<byte> buffer, Fault fault)
    {
        if (fault.TruncateToBytes > 0 && fault.TruncateToBytes < content.Length)
            content = content[..fault.TruncateToBytes];
        var length = int.Min(content.Length, buffer.Length);
        content[..length].CopyTo(buffer);
        return length;
    }
}
