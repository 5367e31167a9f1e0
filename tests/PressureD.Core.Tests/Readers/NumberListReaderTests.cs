using System.Text;
using PressureD.Core.Readers;

namespace PressureD.Core.Tests.Readers;

public sealed class NumberListReaderTests
{
    [Fact]
    public void Pid_0_of_a_foreign_namespace_and_doubles_are_kept()
    {
        var numbers = new int[16];
        int count = NumberListReader.Read(Samples.Procs, numbers, out bool more);
        Assert.Equal([1, 0, 4242, 0, 4242, 32767], numbers[..count]);
        Assert.False(more);
    }

    [Fact]
    public void An_empty_cgroup_has_none()
    {
        Assert.Equal(0, NumberListReader.Read(""u8, new int[4], out bool more));
        Assert.False(more);
    }

    [Fact]
    public void A_full_output_says_that_there_are_more()
    {
        var numbers = new int[2];
        Assert.Equal(2, NumberListReader.Read("1\n2\n3\n"u8, numbers, out bool more));
        Assert.True(more);
        Assert.Equal(2, NumberListReader.Read("1\n2\n"u8, numbers, out more));
        Assert.False(more);
    }

    [Fact]
    public void A_truncated_last_number_is_not_taken_and_said()
    {
        var numbers = new int[4];
        Assert.Equal(1, NumberListReader.Read("1\n12"u8, numbers, out bool more));
        Assert.True(more);
    }

    [Theory]
    [InlineData("x\n5\n")]
    [InlineData("\n5\n")]
    [InlineData("-1\n5\n")]
    [InlineData("2147483648\n5\n")]
    [InlineData("1 2\n5\n")]
    public void Lines_that_are_no_id_are_passed_over(string text)
    {
        var numbers = new int[4];
        int count = NumberListReader.Read(Encoding.UTF8.GetBytes(text), numbers, out bool more);
        Assert.Equal([5], numbers[..count]);
        Assert.False(more);
    }
}
