using PressureD.Core.Policy;
using PressureD.Core.Policy.Checks;

namespace PressureD.Core.Tests.Policy.Checks;

/// <summary>Which conditions can only be true while others are.</summary>
public sealed class ImplicationTests
{
    [Theory]
    [InlineData("mem.available < 5%", "mem.available < 10%")]
    [InlineData("mem.available < 5%", "mem.available <= 5%")]
    [InlineData("mem.available == 1GiB", "mem.available == 1GiB")]
    [InlineData("psi.memory.full.avg10 > 30%", "psi.memory.full.avg10 >= 30%")]
    [InlineData("mem.free < 1GiB and swap.free < 5%", "swap.free < 10%")]
    [InlineData("mem.free < 1GiB", "mem.free < 2GiB or swap.free < 5%")]
    [InlineData("mem.free < 1GiB or mem.free < 3GiB", "mem.free < 4GiB")]
    [InlineData("mem.free < 1GiB for 5s", "mem.free < 1GiB")]
    [InlineData("mem.free < 1GiB for 5s", "mem.free < 2GiB for 4s")]
    [InlineData("mem.free < 1GiB", "recently(mem.free < 1GiB, 5s)")]
    [InlineData("not mem.free < 2GiB", "not mem.free < 1GiB")]
    [InlineData("any(\"a/*\", memory.current > 2GiB)", "any(\"a/*\", memory.current > 1GiB)")]
    [InlineData("avg(vm.swap_in, 5s) > 9/s and mem.free < 1GiB", "mem.free < 1GiB and avg(vm.swap_in, 5s) > 3/s")]
    public void It_knows(string a, string b) => Assert.True(Holds(a, b));

    [Theory]
    [InlineData("mem.available < 10%", "mem.available < 5%")]
    [InlineData("mem.available <= 5%", "mem.available < 5%")]
    [InlineData("mem.available < 5%", "mem.free < 10%")]
    [InlineData("mem.available < 5%", "mem.available > 10%")]
    [InlineData("mem.free < 1GiB", "mem.free < 2GiB and swap.free < 5%")]
    [InlineData("mem.free < 1GiB or swap.free < 5%", "mem.free < 2GiB")]
    [InlineData("mem.free < 1GiB", "mem.free < 1GiB for 5s")]
    [InlineData("mem.free < 1GiB for 3s", "mem.free < 1GiB for 5s")]
    [InlineData("recently(mem.free < 1GiB, 5s)", "mem.free < 1GiB")]
    [InlineData("recently(mem.free < 1GiB, 9s)", "recently(mem.free < 1GiB, 5s)")]
    [InlineData("any(\"a/*\", memory.current > 2GiB)", "any(\"b/*\", memory.current > 1GiB)")]
    [InlineData("any(\"a/*\", memory.current > 2GiB)", "all(\"a/*\", memory.current > 2GiB)")]
    [InlineData("rate(mem.free, 5s) > 9KiB/s", "rate(mem.free, 6s) > 3KiB/s")]
    [InlineData("mem.free < 5% of mem.available", "mem.free < 10% of mem.cached")]
    public void It_does_not_claim(string a, string b) => Assert.False(Holds(a, b));

    private static bool Holds(string a, string b)
    {
        Rule first = Conditions.Valid(a);
        Rule second = Conditions.Valid(b);
        return new Implication().Holds(first, first.When, second, second.When);
    }
}
