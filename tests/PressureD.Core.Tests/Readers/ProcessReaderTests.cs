using System;
using System.Text;
using PressureD.Core.Readers;

namespace PressureD.Core.Tests.Readers;

public sealed class ProcessReaderTests
{
    [Fact]
    public void Stat_of_a_comm_with_parentheses_and_a_newline_is_split_at_the_last_one()
    {
        Assert.True(ProcessStatReader.TryRead(Samples.Stat, out ProcessStat stat));
        Assert.Equal(21425, stat.Pid);
        Assert.Equal("a) R 1\n(b\\ c"u8, Samples.Stat.Slice(stat.CommOffset, stat.CommLength));
        Assert.Equal((byte)'S', stat.State);
        Assert.Equal(21422, stat.ParentPid);
        Assert.Equal(21420, stat.ProcessGroup);
        Assert.Equal(12620, stat.Session);
        Assert.Equal(4194304u, stat.Flags);
        Assert.False(stat.IsKernelThread);
        Assert.Equal(7, stat.Threads);
        Assert.Equal(150219, stat.StartTicks);
        Assert.Equal(17293312, stat.VirtualBytes);
        Assert.Equal(3437, stat.RssPages);
    }

    [Fact]
    public void Stat_of_a_comm_that_imitates_a_whole_stat_is_not_deceived()
    {
        Assert.True(ProcessStatReader.TryRead(
            "7 (x) Z 1 1 1 0) S 3 4 5 0 -1 0 0 0 0 0 0 0 0 0 20 0 2 0 99 4096 1 0\n"u8, out ProcessStat stat));
        Assert.Equal((byte)'S', stat.State);
        Assert.Equal(3, stat.ParentPid);
        Assert.Equal(99, stat.StartTicks);
    }

    [Fact]
    public void Stat_of_an_empty_comm_is_read()
    {
        Assert.True(ProcessStatReader.TryRead(
            "7 () S 3 4 5 0 -1 0 0 0 0 0 0 0 0 0 20 0 2 0 99 4096 1 0\n"u8, out ProcessStat stat));
        Assert.Equal(0, stat.CommLength);
    }

    [Fact]
    public void Stat_tells_kernel_threads_by_their_flag()
    {
        Assert.True(ProcessStatReader.TryRead(Samples.KernelThreadStat, out ProcessStat stat));
        Assert.True(stat.IsKernelThread);
        Assert.Equal(0, stat.RssPages);
    }

    [Fact]
    public void Stat_of_a_zombie_is_read()
    {
        Assert.True(ProcessStatReader.TryRead(Samples.ZombieStat, out ProcessStat stat));
        Assert.Equal((byte)'Z', stat.State);
        Assert.Equal(0, stat.VirtualBytes);
        Assert.False(stat.IsKernelThread);
    }

    [Fact]
    public void Stat_truncated_before_the_pages_is_refused_and_after_them_is_not()
    {
        int enough = Samples.Stat.IndexOf(" 18446744073709551615"u8) + 1;
        for (int length = 0; length < enough; length++)
            Assert.False(ProcessStatReader.TryRead(Samples.Stat[..length], out _), $"{length} bytes");
        Assert.True(ProcessStatReader.TryRead(Samples.Stat[..enough], out ProcessStat stat));
        Assert.Equal(3437, stat.RssPages);
    }

    [Fact]
    public void Statm_gives_the_first_three()
    {
        Assert.True(ProcessStatmReader.TryRead(Samples.Statm, out ProcessStatm statm));
        Assert.Equal(15669, statm.SizePages);
        Assert.Equal(15554, statm.ResidentPages);
        Assert.Equal(178, statm.SharedPages);
    }

    [Fact]
    public void Statm_of_kernel_threads_and_exiting_processes_is_zero()
    {
        Assert.True(ProcessStatmReader.TryRead("0 0 0 0 0 0 0\n"u8, out ProcessStatm statm));
        Assert.Equal(0, statm.ResidentPages);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1 2 3")]
    [InlineData("1 x 3 4\n")]
    public void Statm_truncated_or_odd_is_refused(string text)
    {
        Assert.False(ProcessStatmReader.TryRead(Encoding.UTF8.GetBytes(text), out _));
    }

    [Fact]
    public void Status_of_a_process_is_read()
    {
        Assert.True(ProcessStatusReader.TryRead(Samples.Status, out ProcessStatus status));
        Assert.True(status.HasMemory);
        Assert.Equal((byte)'S', status.State);
        Assert.Equal(14425, status.Tgid);
        Assert.Equal(14411, status.ParentPid);
        Assert.Equal(1001u, status.EffectiveUid);
        Assert.Equal(112 * 1024, status.RssAnonBytes);
        Assert.Equal(1592 * 1024, status.RssFileBytes);
        Assert.Equal(10 * 1024, status.RssShmemBytes);
        Assert.Equal(8 * 1024, status.SwapBytes);
        Assert.Equal(44 * 1024, status.PageTableBytes);
        Assert.Equal(3, status.Threads);
        Assert.Equal(0x1_FFFE_FFFFFF, status.CapEff);
        Assert.Equal(2, status.NsPidDepth);
    }

    [Fact]
    public void Status_of_a_zombie_has_no_memory()
    {
        Assert.True(ProcessStatusReader.TryRead(Samples.ZombieStatus, out ProcessStatus status));
        Assert.False(status.HasMemory);
        Assert.Equal((byte)'Z', status.State);
        Assert.Equal(Quantity.Unknown, status.RssAnonBytes);
        Assert.Equal(Quantity.Unknown, status.SwapBytes);
    }

    [Fact]
    public void Status_of_a_kernel_thread_has_no_memory()
    {
        Assert.True(ProcessStatusReader.TryRead(Samples.KernelThreadStatus, out ProcessStatus status));
        Assert.False(status.HasMemory);
        Assert.Equal(0, status.ParentPid);
    }

    [Fact]
    public void Status_truncated_is_never_taken_for_one_without_memory()
    {
        for (int length = 0; length < Samples.Status.Length; length++)
        {
            bool read = ProcessStatusReader.TryRead(Samples.Status[..length], out ProcessStatus status);
            Assert.True(!read || status.HasMemory, $"{length} bytes");
        }
    }

    [Fact]
    public void Status_of_a_name_that_imitates_lines_is_not_deceived()
    {
        string text = Encoding.UTF8.GetString(Samples.ZombieStatus)
            .Replace("Name:\ttrue", @"Name:\tx\nVmRSS:\t 9 kB\nUid:\t0", StringComparison.Ordinal);
        Assert.True(ProcessStatusReader.TryRead(Encoding.UTF8.GetBytes(text), out ProcessStatus status));
        Assert.False(status.HasMemory);
    }

    [Fact]
    public void Status_gives_the_user_nobody_of_another_user_namespace()
    {
        string text = Encoding.UTF8.GetString(Samples.Status)
            .Replace("\t1001\t", "\t4294967295\t", StringComparison.Ordinal);
        Assert.True(ProcessStatusReader.TryRead(Encoding.UTF8.GetBytes(text), out ProcessStatus status));
        Assert.Equal(uint.MaxValue, status.EffectiveUid);
    }

    [Theory]
    [InlineData("0::/\n", "")]
    [InlineData("0::/a/b\n", "a/b")]
    [InlineData("0::/../x\n", "../x")]
    [InlineData("0::/user.slice/0::/ x:\t\\ü\n", "user.slice/0::/ x:\t\\ü")]
    [InlineData("0::/a (deleted)/b\n", "a (deleted)/b")]
    public void Cgroup_gives_the_v2_path_without_its_slash(string text, string expected)
    {
        Assert.True(ProcessCgroupReader.TryRead(Encoding.UTF8.GetBytes(text), out ReadOnlySpan<byte> path));
        Assert.Equal(expected, Encoding.UTF8.GetString(path));
    }

    [Fact]
    public void Cgroup_of_a_hybrid_machine_passes_over_v1_lines()
    {
        Assert.True(ProcessCgroupReader.TryRead(Samples.HybridCgroup, out ReadOnlySpan<byte> path));
        Assert.Equal("system.slice/ssh.service"u8, path);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0::/a/b (deleted)\n")]
    [InlineData("0::/a/b")]
    [InlineData("0::a\n")]
    [InlineData("4:memory:/0::/x\n")]
    [InlineData("10::/x\n")]
    public void Cgroup_removed_cut_off_or_of_v1_alone_is_refused(string text)
    {
        Assert.False(ProcessCgroupReader.TryRead(Encoding.UTF8.GetBytes(text), out ReadOnlySpan<byte> path));
        Assert.True(path.IsEmpty);
    }
}
