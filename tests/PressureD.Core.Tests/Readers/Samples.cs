using System;

namespace PressureD.Core.Tests.Readers;

/// <summary>Content of kernel files as real machines wrote it, some of it shortened.</summary>
internal static class Samples
{
    public static ReadOnlySpan<byte> Pressure =>
        "some avg10=1.23 avg60=0.40 avg300=0.09 total=1467421\nfull avg10=0.71 avg60=0.22 avg300=0.05 total=903117\n"u8;

    public static ReadOnlySpan<byte> MemInfo => """
        MemTotal:       24684092 kB
        MemFree:        24316980 kB
        MemAvailable:   24349472 kB
        Buffers:            1724 kB
        Cached:           215876 kB
        SwapCached:            0 kB
        Active:            73436 kB
        Inactive:         145492 kB
        Active(anon):       1552 kB
        Inactive(anon):     8636 kB
        Mlocked:           16176 kB
        SwapTotal:             0 kB
        SwapFree:              0 kB
        Zswap:                 0 kB
        Zswapped:              0 kB
        AnonPages:         18424 kB
        Shmem:              8856 kB
        SReclaimable:      58628 kB
        VmallocTotal:   34359738367 kB
        HugePages_Total:       0
        HugePages_Free:        0
        Hugepagesize:       2048 kB
        DirectMap1G:    25165824 kB

        """u8;

    public static ReadOnlySpan<byte> VmStat => """
        nr_free_pages 979904
        nr_zone_inactive_anon 2181
        workingset_refault_anon 17
        workingset_refault_file 271531
        workingset_activate_anon 0
        workingset_activate_file 4388
        workingset_restore_anon 3
        workingset_restore_file 5
        pswpin 0
        pswpout 12
        allocstall_dma 0
        allocstall_normal 9
        allocstall_movable 4
        pgfault 3485384
        pgmajfault 2130
        pgsteal_kswapd 61
        pgsteal_direct 62
        pgscan_kswapd 63
        pgscan_direct 64
        pgscan_direct_throttle 1
        oom_kill 2

        """u8;

    public static ReadOnlySpan<byte> MemoryStat => """
        anon 62980096
        file 0
        kernel 180224
        kernel_stack 0
        pagetables 159744
        sec_pagetables 0
        percpu 64
        sock 0
        vmalloc 0
        shmem 0
        file_mapped 0
        file_dirty 0
        file_writeback 0
        swapcached 0
        inactive_anon 0
        active_anon 62976000
        inactive_file 0
        active_file 0
        unevictable 0
        slab_reclaimable 2432
        slab_unreclaimable 8152
        slab 10584
        workingset_refault_anon 0
        workingset_refault_file 7
        workingset_nodereclaim 0
        pgscan 0
        pgsteal 0
        pgfault 15462
        pgmajfault 0

        """u8;

    public static ReadOnlySpan<byte> MemoryEvents => "low 0\nhigh 0\nmax 23\noom 1\noom_kill 3\noom_group_kill 1\n"u8;

    public static ReadOnlySpan<byte> CgroupStat =>
        "nr_descendants 12\nnr_subsys_memory 13\nnr_dying_descendants 4\nnr_dying_subsys_memory 8\n"u8;

    public static ReadOnlySpan<byte> Swaps =>
        "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"u8 +
        "/dev/zram0                              partition\t524284\t\t1536\t\t100\n"u8 +
        "/var/my\\040swap\\011file                    file\t\t1048572\t\t0\t\t-2\n"u8;

    public static ReadOnlySpan<byte> ZramMmStat =>
        "527106048 267968630 282599424        0 282599424        0        0       24       24\n"u8;

    /// <summary>A live process named <c>a) R 1\n(b\ c</c>.</summary>
    public static ReadOnlySpan<byte> Stat =>
        "21425 (a) R 1\n(b\\ c) S 21422 21420 12620 34816 21420 4194304 2915 6583 2 0 3 1 3 2 20 0 7 0 150219"u8 +
        " 17293312 3437 18446744073709551615"u8 +
        " 94907629703168 94907629703509 140722724349632 0 0 0 0 16781312 2 0 0 0 17 1 0 0"u8 +
        " 0 0 0 94907629714864 94907629715480 94908539895808 140722724357938 140722724357991 140722724360143 0\n"u8;

    public static ReadOnlySpan<byte> KernelThreadStat =>
        "2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 25 0 0 18446744073709551615 0 0 0 0 0 0 0"u8 +
        " 2147483647 0 1 0 0 0 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n"u8;

    public static ReadOnlySpan<byte> ZombieStat =>
        "21466 (true) Z 21425 21422 12620 0 -1 4227148 221 0 0 0 0 0 0 0 20 0 1 0 150232 0 0 18446744073709551615"u8 +
        " 0 0 0 0 0 0 0 16781312 2 1 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n"u8;

    public static ReadOnlySpan<byte> Statm => "15669 15554 178 133 0 15484 0\n"u8;

    public static ReadOnlySpan<byte> Status =>
        "Name:\ta) R 1\\n(b\\\\ c\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t14425\nNgid:\t0\nPid:\t14425\n"u8 +
        "PPid:\t14411\nTracerPid:\t0\nUid:\t1000\t1001\t1002\t1003\nGid:\t0\t0\t0\t0\nFDSize:\t256\n"u8 +
        "Groups:\t27 1000 \n"u8 +
        "NStgid:\t14425\t7\nNSpid:\t14425\t7\nNSpgid:\t14411\t1\nNSsid:\t12620\t1\nKthread:\t0\n"u8 +
        "VmPeak:\t    3060 kB\nVmSize:\t    3060 kB\nVmLck:\t       0 kB\nVmPin:\t       0 kB\n"u8 +
        "VmHWM:\t    1704 kB\n"u8 +
        "VmRSS:\t    1714 kB\nRssAnon:\t     112 kB\nRssFile:\t    1592 kB\nRssShmem:\t      10 kB\n"u8 +
        "VmData:\t     360 kB\nVmStk:\t     132 kB\nVmExe:\t      20 kB\nVmLib:\t    1528 kB\nVmPTE:\t      44 kB\n"u8 +
        "VmSwap:\t       8 kB\nHugetlbPages:\t       0 kB\nCoreDumping:\t0\nTHP_enabled:\t1\nThreads:\t3\n"u8 +
        "SigQ:\t0/96365\nSigPnd:\t0000000000000000\nCapPrm:\t000001fffeffffff\nCapEff:\t000001fffeffffff\n"u8 +
        "NoNewPrivs:\t0\nSeccomp:\t0\n"u8;

    public static ReadOnlySpan<byte> ZombieStatus =>
        "Name:\ttrue\nState:\tZ (zombie)\nTgid:\t21466\nNgid:\t0\nPid:\t21466\nPPid:\t21425\nTracerPid:\t0\n"u8 +
        "Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nFDSize:\t0\nGroups:\t \nNSpid:\t21466\nKthread:\t0\nThreads:\t1\n"u8 +
        "SigQ:\t0/96365\nCapEff:\t000001fffeffffff\n"u8;

    public static ReadOnlySpan<byte> KernelThreadStatus =>
        "Name:\tkthreadd\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t2\nNgid:\t0\nPid:\t2\nPPid:\t0\n"u8 +
        "TracerPid:\t0\n"u8 +
        "Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nFDSize:\t64\nGroups:\t \nNSpid:\t2\nKthread:\t1\nThreads:\t1\n"u8 +
        "CapEff:\t000001ffffffffff\n"u8;

    public static ReadOnlySpan<byte> HybridCgroup =>
        "9:name=systemd:/\n8:pids:/\n4:memory:/process_api/0::\n1:cpu:/\n0::/system.slice/ssh.service\n"u8;

    public static ReadOnlySpan<byte> Procs => "1\n0\n4242\n0\n4242\n32767\n"u8;
}
