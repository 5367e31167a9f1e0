using System;
using System.Text;
using PressureD.Core.Kernel;

namespace PressureD.Linux.Tests;

public sealed class TriggerTextTests
{
    [Theory]
    [InlineData(StallKind.Some, 150_000, 1_000_000, "some 150000 1000000\0")]
    [InlineData(StallKind.Full, 1, 2_000_000, "full 1 2000000\0")]
    [InlineData(StallKind.Full, int.MaxValue, int.MaxValue, "full 2147483647 2147483647\0")]
    public void Ends_with_its_own_NUL_within_the_32_bytes_that_the_kernel_looks_at(
        StallKind kind, int stallUsec, int windowUsec, string expected)
    {
        Span<byte> text = stackalloc byte[TriggerText.MaxBytes];
        var length = TriggerText.Format(kind, stallUsec, windowUsec, text);
        Assert.Equal(expected, Encoding.ASCII.GetString(text[..length]));
        Assert.True(length < TriggerText.MaxBytes);
    }

    [Theory]
    [InlineData(0, 1_000_000)]
    [InlineData(-1, 1_000_000)]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    public void Refuses_what_the_kernel_would_misread(int stallUsec, int windowUsec)
    {
        var text = new byte[TriggerText.MaxBytes];
        Assert.Equal(-Errno.EINVAL, TriggerText.Format(StallKind.Some, stallUsec, windowUsec, text));
    }
}
