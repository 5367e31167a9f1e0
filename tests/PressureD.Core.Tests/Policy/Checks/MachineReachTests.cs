using PressureD.Core.Policy;
using PressureD.Core.Policy.Checks;

namespace PressureD.Core.Tests.Policy.Checks;

/// <summary>What can never be true for want of swap, zram or zswap.</summary>
public sealed class MachineReachTests
{
    private const long GiB = 1L << 30;

    [Theory]
    [InlineData("vm.swap_in > 100/s and mem.free < 1GiB", "there is no swap, and it asks that the number of pages read back from swap is more than 100/s")]
    [InlineData("swap.total > 0B", "there is no swap, and it asks that swap is more than 0 B")]
    [InlineData("swap.free > 10%", "there is no swap, and it asks that free swap is more than 10 % of swap")]
    [InlineData("not swap.free <= 10%", "there is no swap, and it asks that free swap is more than 10 % of swap")]
    [InlineData("avg(vm.swap_in, 5s) >= 1/s for 5s", "there is no swap, and it asks that the mean over 5 s of the number of pages read back from swap is at least 1/s")]
    [InlineData("any(\"a/*\", memory.swap.current > 5MiB)", "there is no swap, and it asks that its swap is more than 5 MiB")]
    [InlineData("max_of(\"a/*\", memory.swap.current) > 5MiB", "there is no swap, and it asks that the greatest swap of the cgroups a/* is more than 5 MiB")]
    [InlineData("zram.used > 10% or zswap.pool > 10%", "there is no swap, and it asks that memory that zram occupies is more than 102 MiB (10 % of memory)")]
    public void Without_swap(string condition, string why) => Assert.Equal(why, WhyNever(condition, swapBytes: 0));

    [Theory]
    [InlineData("swap.free < 10%")]
    [InlineData("swap.free <= 0B")]
    [InlineData("vm.swap_in > 100/s or mem.free < 1GiB")]
    [InlineData("not vm.swap_in > 100/s")]
    [InlineData("not (vm.swap_in > 100/s and mem.free < 1GiB)")]
    [InlineData("delta(swap.free, 5s) > 5MiB or mem.free < 1GiB")]
    [InlineData("count(\"a/*\", memory.swap.current > 5MiB) < 1")]
    [InlineData("mem.free < 1GiB")]
    public void Without_swap_it_does_not_complain_of_what_may_be(string condition) =>
        Assert.Null(WhyNever(condition, swapBytes: 0));

    [Theory]
    [InlineData("zram.used > 10%", "there is no zram among the swap devices, and it asks that memory that zram occupies is more than 102 MiB (10 % of memory)")]
    [InlineData("vm.zswap_in > 10/s", "there is no zswap (it is switched off), and it asks that vm.zswap_in is more than 10/s")]
    [InlineData("swap.free > 10%", null)]
    [InlineData("vm.swap_in > 100/s", null)]
    public void With_swap_on_a_disk(string condition, string? why) =>
        Assert.Equal(why, WhyNever(condition, swapBytes: GiB));

    private static string? WhyNever(string condition, long swapBytes)
    {
        var reach = new MachineReach { Size = new MachineSize(GiB, swapBytes), HasZram = false, HasZswap = false };
        return reach.WhyNever(Conditions.Valid(condition));
    }
}
