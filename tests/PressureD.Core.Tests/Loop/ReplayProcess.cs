using System.Text;
using PressureD.Core.Kernel;

namespace PressureD.Core.Tests.Loop;

/// <summary>A process of fixed bytes.</summary>
internal sealed class ReplayProcess(int pid, string comm, string cgroup, long mib, int uid = 7)
{
    private readonly byte[] _stat = Bytes(
        $"{pid} ({comm}) S 1 {pid} {pid} 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 {pid * 7} 0 0 18446744073709551615 "
        + "0 0 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n");

    private readonly byte[] _status = Bytes(
        $"Name:\t{comm}\nState:\tS (sleeping)\nTgid:\t{pid}\nPid:\t{pid}\nPPid:\t1\nUid:\t{uid}\t{uid}\t{uid}\t{uid}\n"
        + $"VmRSS:\t{mib * 1024} kB\nRssAnon:\t{mib * 1024} kB\nRssFile:\t0 kB\nRssShmem:\t0 kB\nVmPTE:\t8 kB\nVmSwap:\t0 kB\n"
        + "Threads:\t1\n");

    private readonly byte[] _statm = Bytes($"{mib * 256 + 500} {mib * 256} 0 1 0 {mib * 256} 0\n");
    private readonly byte[] _cgroup = Bytes($"0::{cgroup}\n");
    private readonly byte[] _adj = Bytes("0\n");

    public int Pid { get; } = pid;

    public bool IsAlive { get; set; } = true;

    public byte[] Content(ProcessFile file) => file switch
    {
        ProcessFile.Stat => _stat,
        ProcessFile.Status => _status,
        ProcessFile.Statm => _statm,
        ProcessFile.Cgroup => _cgroup,
        _ => _adj,
    };

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
