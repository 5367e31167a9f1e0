using System;
using System.Collections.Generic;
using System.Text;
using PressureD.Core.Readers;

namespace PressureD.Core.Tests.Readers;

public sealed class KeyedReaderTests
{
    private static long[] Read(ReadOnlySpan<byte> text, params string[] keys)
    {
        var reader = new KeyedReader(keys);
        var values = new long[reader.Count];
        reader.Read(text, values);
        return values;
    }

    [Fact]
    public void Meminfo_is_given_in_bytes_and_counts_without_a_unit_as_they_are()
    {
        long[] values = Read(
            Samples.MemInfo, "MemAvailable", "MemTotal", "SwapFree", "Inactive(anon)", "VmallocTotal",
            "HugePages_Total");
        Assert.Equal([24349472L * 1024, 24684092L * 1024, 0, 8636L * 1024, 34359738367L * 1024, 0], values);
    }

    [Fact]
    public void Vmstat_keys_with_long_common_beginnings_are_told_apart()
    {
        long[] values = Read(
            Samples.VmStat, "workingset_restore_anon", "workingset_refault_file", "workingset_refault_anon",
            "pgscan_direct", "pgscan_direct_throttle", "pgsteal_direct", "allocstall_normal", "oom_kill", "pswpout");
        Assert.Equal([3, 271531, 17, 64, 1, 62, 9, 2, 12], values);
    }

    [Fact]
    public void Reads_memory_stat_events_and_cgroup_stat()
    {
        Assert.Equal([62980096, 159744, 15462], Read(Samples.MemoryStat, "anon", "pagetables", "pgfault"));
        Assert.Equal([3, 1, 23], Read(Samples.MemoryEvents, "oom_kill", "oom_group_kill", "max"));
        Assert.Equal([4, 12], Read(Samples.CgroupStat, "nr_dying_descendants", "nr_descendants"));
        Assert.Equal([0, 1], Read("populated 1\nfrozen 0\n"u8, "frozen", "populated"));
    }

    [Fact]
    public void Missing_keys_are_unknown_not_zero()
    {
        Assert.Equal([62980096, Quantity.Unknown], Read(Samples.MemoryStat, "anon", "zswapped"));
        Assert.Equal([Quantity.Unknown], Read(""u8, "anon"));
    }

    [Fact]
    public void Keys_added_anywhere_by_a_later_kernel_do_not_matter()
    {
        Assert.Equal(
            [5, 7],
            Read("anon_huge 1\nanon 5\nfil 2\nfile_new 3\nnew: 4 kB\n\nfile 7\nanon_more 8\n"u8, "anon", "file"));
    }

    [Fact]
    public void Keys_may_come_in_any_order()
    {
        Assert.Equal([1, 2, 3], Read("c 3\nb 2\na 1\n"u8, "a", "b", "c"));
        Assert.Equal([3, 2, 1], Read("a 1\nb 2\nc 3\n"u8, "c", "b", "a"));
    }

    [Fact]
    public void A_key_is_matched_whole()
    {
        Assert.Equal([Quantity.Unknown], Read("anon_thp 9\nano 8\nxanon 7\n"u8, "anon"));
    }

    [Fact]
    public void Max_is_unlimited_and_so_is_what_63_bits_cannot_hold()
    {
        Assert.Equal([Quantity.Unlimited], Read("limit max\n"u8, "limit"));
        Assert.Equal([Quantity.Unlimited], Read("limit 18446744073709551615\n"u8, "limit"));
        Assert.Equal([Quantity.Unlimited], Read("Limit: 9223372036854775807 kB\n"u8, "Limit"));
    }

    [Fact]
    public void A_truncated_last_line_is_not_taken()
    {
        Assert.Equal([1, Quantity.Unknown], Read("a 1\nb 1234"u8, "a", "b"));
        Assert.Equal([1, Quantity.Unknown], Read("a 1\nb"u8, "a", "b"));
    }

    [Theory]
    [InlineData("anon\n")]
    [InlineData("anon \n")]
    [InlineData("anon x\n")]
    [InlineData("anon 12x\n")]
    [InlineData("anon 12 MB\n")]
    [InlineData("anon N0=62980096\n")]
    public void A_value_that_is_no_number_is_unknown(string text)
    {
        Assert.Equal([Quantity.Unknown], Read(Encoding.UTF8.GetBytes(text), "anon"));
    }

    [Fact]
    public void The_first_of_two_lines_counts()
    {
        Assert.Equal([1, 5], Read("a 1\na 2\nb 5\n"u8, "a", "b"));
    }

    [Fact]
    public void Values_beyond_the_count_are_left_alone()
    {
        var reader = new KeyedReader(["a"]);
        long[] values = [0, 77];
        reader.Read("a 1\n"u8, values);
        Assert.Equal([1, 77], values);
    }

    [Fact]
    public void Every_key_of_a_large_file_is_found_whatever_its_slot()
    {
        var keys = new List<string>();
        var text = new StringBuilder();
        for (int i = 0; i < KeyedReader.MaxKeys; i++)
        {
            keys.Add(new string((char)('a' + (i % 26)), 1 + (i % 70)) + i);
            text.Append(keys[i]).Append(' ').Append(i).Append('\n');
        }

        long[] values = Read(Encoding.UTF8.GetBytes(text.ToString()), [.. keys]);
        for (int i = 0; i < keys.Count; i++)
            Assert.Equal(i, values[i]);
    }

    [Fact]
    public void A_reader_without_keys_reads_nothing()
    {
        Assert.Empty(Read(Samples.MemInfo));
    }

    [Theory]
    [InlineData("")]
    [InlineData("MemTotal:")]
    [InlineData("a b")]
    [InlineData("a\n")]
    public void A_key_that_no_file_can_have_is_refused(string key)
    {
        Assert.Throws<ArgumentException>(() => new KeyedReader([key]));
    }

    [Fact]
    public void A_double_key_and_too_many_keys_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new KeyedReader(["a", "b", "a"]));
        var keys = new string[KeyedReader.MaxKeys + 1];
        for (int i = 0; i < keys.Length; i++)
            keys[i] = "k" + i;
        Assert.Throws<ArgumentException>(() => new KeyedReader(keys));
    }
}
