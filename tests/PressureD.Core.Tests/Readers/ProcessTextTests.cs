using System;
using PressureD.Core.Readers;

namespace PressureD.Core.Tests.Readers;

public sealed class ProcessTextTests
{
    [Fact]
    public void Arguments_are_parted_by_spaces_and_trimmed_at_the_end()
    {
        var output = new byte[32];
        Assert.Equal("od -c  x"u8, output.AsSpan(0, ProcessText.CopyArguments("od\0-c\0\0x\0"u8, output)));
        Assert.Equal("sshd: me"u8, output.AsSpan(0, ProcessText.CopyArguments("sshd: me  \0\0\0"u8, output)));
        Assert.Equal(0, ProcessText.CopyArguments("\0"u8, output));
        Assert.Equal(0, ProcessText.CopyArguments(""u8, output));
        Assert.Equal("od "u8, output.AsSpan(0, ProcessText.CopyArguments("od\0-c\0"u8, output.AsSpan(0, 3))));
    }
}
