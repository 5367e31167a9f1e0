using System;
using System.Buffers.Text;
using PressureD.Core.Cgroups;
using PressureD.Core.Durable;
using PressureD.Core.Kernel;
using PressureD.Core.Readers;

namespace PressureD.Core.Victims;

/// <summary>
/// Tells systemd of a kill. It compares <c>user.oomd_ooms</c> of a unit's cgroup with what it last saw when the unit's
/// cgroup is empty or its main process is gone, and then counts the end as an out-of-memory kill (Result=oom-kill,
/// OOMPolicy=) and logs <c>user.oomd_kill</c>. So the first must rise before the signal, and only when it is the unit,
/// its cgroup or its main process that dies: else a later end of the unit would be taken for ours.
/// </summary>
internal sealed class OomdCounters
{
    private readonly IKernel _kernel;
    private readonly MemberList _members;
    private readonly byte[] _buffer = new byte[1024];

    public OomdCounters(IKernel kernel, MemberList members)
    {
        _kernel = kernel;
        _members = members;
    }

    /// <summary>Before the first signal.</summary>
    /// <returns>Whether the death will count as the unit's.</returns>
    public bool CountOom(Victim victim) => Raise(victim, "user.oomd_ooms"u8, 1, ask: true);

    /// <summary>After a death that counts; a cgroup that is gone already has told systemd enough.</summary>
    public void CountKilled(Victim victim) =>
        Raise(victim, "user.oomd_kill"u8, Math.Max(victim.Processes, 1), ask: false);

    private bool Raise(Victim victim, ReadOnlySpan<byte> name, long by, bool ask)
    {
        ReadOnlySpan<byte> path = victim.Path.Span;
        ReadOnlySpan<byte> last = path[(path.LastIndexOf((byte)'/') + 1)..];
        if (!UnitNames.IsUnit(last) && !(victim.Cgroup is not null && last.EndsWith(".slice"u8)))
            return false;
        if (victim.Cgroup is { } cgroup)
            return cgroup.Directory >= 0 && Raise(cgroup.Directory, name, by);
        int directory = CgroupPaths.Open(_kernel, path);
        if (directory < 0)
            return false;
        bool counts = !ask || IsMain(victim, directory, isService: last.EndsWith(".service"u8));
        if (counts)
            Raise(directory, name, by);
        _kernel.Close(directory);
        return counts;
    }

    /// <summary>
    /// The main process of a service is the one that has been there longest; a scope has none, and ends with its last.
    /// </summary>
    private bool IsMain(Victim victim, int directory, bool isService)
    {
        if (_members.Open(directory) < 0)
            return false;
        int others = 0;
        while (_members.TryNext(out int pid))
        {
            if (pid == victim.Pid)
                continue;
            if (StatFile.Read(_kernel, pid, _buffer, out ProcessStat stat) < 0)
                continue;
            if (victim.Group != 0 && stat.ProcessGroup == victim.Group)
                continue;
            others++;
            long startTicks = victim.Identity.Mark;
            if (stat.StartTicks < startTicks || (stat.StartTicks == startTicks && pid < victim.Pid))
                return false;
        }

        return isService || others == 0;
    }

    private bool Raise(int directory, ReadOnlySpan<byte> name, long by)
    {
        Span<byte> text = stackalloc byte[24];
        int length = _kernel.GetXattr(directory, name, text);
        long old = length > 0 && Utf8Parser.TryParse(text[..length], out long count, out _) && count > 0 ? count : 0;
        Utf8Formatter.TryFormat(old > long.MaxValue - by ? long.MaxValue : old + by, text, out int written);
        return _kernel.SetXattr(directory, name, text[..written]) >= 0;
    }
}
