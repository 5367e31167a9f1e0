using System.Text;
using PressureD.Core.Readers;

namespace PressureD.Core.Tests.Readers;

public sealed class SwapsReaderTests
{
    [Fact]
    public void Reads_zram_and_a_file_whose_name_is_octal_escaped()
    {
        var devices = new SwapDevice[SwapsReader.MaxDevices];
        Assert.Equal(2, SwapsReader.Read(Samples.Swaps, devices));
        Assert.True(devices[0].IsZram);
        Assert.Equal(0, devices[0].ZramNumber);
        Assert.Equal(524284L * 1024, devices[0].SizeBytes);
        Assert.Equal(1536L * 1024, devices[0].UsedBytes);
        Assert.Equal(100, devices[0].Priority);
        Assert.False(devices[1].IsZram);
        Assert.Equal(-1, devices[1].ZramNumber);
        Assert.Equal(1048572L * 1024, devices[1].SizeBytes);
        Assert.Equal(-2, devices[1].Priority);
    }

    [Fact]
    public void A_machine_without_swap_has_the_heading_alone()
    {
        Assert.Equal(0, SwapsReader.Read("Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"u8, new SwapDevice[2]));
    }

    [Theory]
    [InlineData("/dev/zram17 partition\t8\t0\t5\n", true, 17)]
    [InlineData(@"/dev/zram3\040(deleted) partition 8 0 5" + "\n", true, 3)]
    [InlineData("/dev/zram0 file\t8\t0\t5\n", false, -1)]
    [InlineData("/dev/zram partition\t8\t0\t5\n", false, -1)]
    [InlineData("/dev/zram0p1 partition\t8\t0\t5\n", false, -1)]
    [InlineData("/dev/zram99999999999 partition\t8\t0\t5\n", false, -1)]
    [InlineData("/dev/sda2 partition\t8\t0\t5\n", false, -1)]
    public void Zram_is_told_by_its_device_name(string text, bool isZram, int number)
    {
        var devices = new SwapDevice[1];
        Assert.Equal(1, SwapsReader.Read(Encoding.UTF8.GetBytes(text), devices));
        Assert.Equal(isZram, devices[0].IsZram);
        Assert.Equal(number, devices[0].ZramNumber);
    }

    [Theory]
    [InlineData("/dev/sda2 partition\t8\t0\t-2")]
    [InlineData("/dev/sda2 partition\t8\n")]
    [InlineData("/dev/sda2 partition\t-8\t0\t1\n")]
    [InlineData("/dev/sda2\n")]
    public void Truncated_or_odd_lines_are_passed_over(string text)
    {
        Assert.Equal(0, SwapsReader.Read(Encoding.UTF8.GetBytes(text), new SwapDevice[1]));
    }

    [Fact]
    public void What_does_not_fit_is_left_out()
    {
        Assert.Equal(1, SwapsReader.Read(Samples.Swaps, new SwapDevice[1]));
        Assert.Equal(0, SwapsReader.Read(Samples.Swaps, []));
    }
}
