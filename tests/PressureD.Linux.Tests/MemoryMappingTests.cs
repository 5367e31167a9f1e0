using System.Text;

namespace PressureD.Linux.Tests;

public sealed class MemoryMappingTests
{
    [Theory]
    [InlineData("55d0c8a00000-55d0c8a0b000 r--p 00000000 fe:01 131 /usr/bin/pressured", 0, true)]
    [InlineData("55d0c8a0b000-55d0c8c77000 r-xp 0000b000 fe:01 131 /a file\\012with a newline", 0, true)]
    [InlineData("55d0c8a00000-55d0c8a0b000 r--p 00000000 fe:01 131 /relocated", 4, false)]
    [InlineData("55d0c8a00000-55d0c8a0b000 rw-p 00000000 fe:01 131 /data", 0, false)]
    [InlineData("55d0c8a00000-55d0c8a0b000 r--s 00000000 fe:01 131 /shared", 0, false)]
    [InlineData("7ffcaa5a0000-7ffcaa5a4000 r--p 00000000 00:00 0                          [vvar]", 0, false)]
    [InlineData("7ffcaa5a4000-7ffcaa5a6000 r-xp 00000000 00:00 0", 0, false)]
    public void Only_what_a_file_alone_holds_can_be_let_go(string head, int anonymousKib, bool expected)
    {
        var mapping = default(MemoryMapping);
        Assert.False(Take(ref mapping, head));
        Assert.False(Take(ref mapping, "Size:                 44 kB"));
        Assert.False(Take(ref mapping, "Rss:                  40 kB"));
        Assert.False(Take(ref mapping, $"Anonymous:        {anonymousKib,8} kB"));
        Assert.True(Take(ref mapping, "VmFlags: rd mr mw me lo lf"));
        Assert.Equal(expected, mapping.IsUnchangedFile);
        Assert.Equal(40, mapping.ResidentKib);
        Assert.True(mapping.End > mapping.Start);
    }

    [Fact]
    public void The_highest_addresses_fit_and_nothing_is_left_of_the_mapping_before()
    {
        var mapping = default(MemoryMapping);
        Take(ref mapping, "55d0c8a00000-55d0c8a0b000 r--p 00000000 fe:01 131 /usr/bin/pressured");
        Take(ref mapping, "Rss:                  40 kB");
        Take(ref mapping, "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]");
        Assert.Equal(0xffffffffff600000, mapping.Start);
        Assert.Equal(0xffffffffff601000, mapping.End);
        Assert.Equal(0, mapping.ResidentKib);
        Assert.False(mapping.IsUnchangedFile);
    }

    [Fact]
    public void What_was_changed_and_lies_in_swap_is_kept()
    {
        var mapping = default(MemoryMapping);
        Take(ref mapping, "55d0c8a00000-55d0c8a0b000 r--p 00000000 fe:01 131 /relocated");
        Take(ref mapping, "Anonymous:               0 kB");
        Take(ref mapping, "Swap:                   12 kB");
        Assert.False(mapping.IsUnchangedFile);
    }

    [Theory]
    [InlineData("r-xp 00026000 fe:01 77 /usr/lib/x86_64-linux-gnu/libc.so.6", true, true)]
    [InlineData("r-xp 00016000 fe:01 78 /usr/lib/x86_64-linux-gnu/libsystemd.so.0.35.0", true, true)]
    [InlineData("r-xp 00016000 fe:01 79 /usr/lib/x86_64-linux-gnu/libcap.so.2.66", true, false)]
    [InlineData("r--p 00000000 fe:01 77 /usr/lib/x86_64-linux-gnu/libc.so.6", false, true)]
    public void Code_of_the_libraries_in_use_is_known(string rest, bool code, bool inUse)
    {
        var mapping = default(MemoryMapping);
        Take(ref mapping, $"7f0553a94000-7f0553bea000 {rest}");
        Assert.Equal(code, mapping.IsCode);
        Assert.Equal(inUse, mapping.IsLibraryInUse);
    }

    private static bool Take(ref MemoryMapping mapping, string line) => mapping.Take(Encoding.ASCII.GetBytes(line));
}
