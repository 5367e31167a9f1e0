using System;
using PressureD.Core.Readers;

namespace PressureD.Core.Tests.Readers;

public sealed class ProcessTextTests
{
    [Fact]
    public void Arguments_are_parted_by_spaces_and_trimmed_at_the_end()
    {
        var output = new char[32];
        Assert.Equal("od -c  x", output.AsSpan(0, ProcessText.CopyArguments("od\0-c\0\0x\0", output)));
        Assert.Equal("sshd: me", output.AsSpan(0, ProcessText.CopyArguments("sshd: me  \0\0\0", output)));
        Assert.Equal(0, ProcessText.CopyArguments("\0", output));
        Assert.Equal(0, ProcessText.CopyArguments("", output));
        Assert.Equal("od ", output.AsSpan(0, ProcessText.CopyArguments("od\0-c\0", output.AsSpan(0, 3))));
    }
}
