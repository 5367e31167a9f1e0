using System;
using System.Linq;
using PressureD.Core.Tests.Loop;
using PressureD.Core.Victims;

namespace PressureD.Core.Tests.Victims;

public sealed class ProcessTableTests
{
    private const int Many = 400;

    private readonly ReplayKernel _kernel = new();
    private readonly ProcessTable _table;
    private long _nowUsec = 1_000_000;

    public ProcessTableTests()
    {
        for (int i = 0; i < Many; i++)
            _kernel.Processes.Add(new ReplayProcess(1000 + i, "sleeper", "/app", 10));
        _table = new ProcessTable(_kernel);
        Scan();
    }

    [Fact]
    public void Who_is_as_before_is_not_read_in_full_again_for_a_choice()
    {
        int before = _kernel.StatusReads;
        Scan();
        Assert.Equal(before, _kernel.StatusReads);
        Assert.Equal(Many, _table.Entries.Length);
        Assert.All(_table.Entries.ToArray(), entry => Assert.Equal((10L << 20) + 8192, entry.SizeBytes));
    }

    [Fact]
    public void Who_grew_is_seen_at_once()
    {
        _kernel.Processes[17] = new ReplayProcess(1017, "sleeper", "/app", 20);
        Scan();
        ProcessEntry grown = _table.Entries[17];
        Assert.Equal((20L << 20) + 8192, grown.SizeBytes);
        Assert.Equal(10L << 20, grown.GrowthBytesPerSecond);
        Assert.Equal(0, _table.Entries[18].GrowthBytesPerSecond);
    }

    [Fact]
    public void Everybody_is_read_in_full_within_eight_scans_ahead_of_need()
    {
        for (int i = 0; i < Many; i++)
            _kernel.Processes[i] = new ReplayProcess(1000 + i, "sleeper", "/app", 10, uid: 8);
        for (int scan = 0; scan < 8; scan++)
        {
            int before = _kernel.StatusReads;
            Scan(ahead: true);
            Assert.InRange(_kernel.StatusReads - before, 1, Many / 4);
        }

        Assert.All(_table.Entries.ToArray(), entry => Assert.Equal(8u, entry.Uid));
    }

    [Fact]
    public void After_a_long_time_everybody_is_read_in_full_whatever_was_scanned_meanwhile()
    {
        for (int i = 0; i < Many; i++)
            _kernel.Processes[i] = new ReplayProcess(1000 + i, "sleeper", "/app", 10, uid: 8);
        for (int scan = 0; scan < 22; scan++)
            Scan();
        Assert.All(_table.Entries.ToArray(), entry => Assert.Equal(8u, entry.Uid));
    }

    [Fact]
    public void Who_is_gone_is_gone_and_who_came_is_there()
    {
        _kernel.Processes.RemoveAt(0);
        _kernel.Processes.Add(new ReplayProcess(9000, "new", "/app", 30));
        Scan();
        Assert.Equal(Many, _table.Entries.Length);
        Assert.DoesNotContain(1000, _table.Entries.ToArray().Select(entry => entry.Pid));
        Assert.Equal((30L << 20) + 8192, _table.Entries[^1].SizeBytes);
    }

    private void Scan(bool ahead = false) => _table.Scan(_nowUsec += 1_000_000, ahead);
}
