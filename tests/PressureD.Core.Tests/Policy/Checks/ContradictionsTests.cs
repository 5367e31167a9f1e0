using PressureD.Core.Policy;
using PressureD.Core.Policy.Checks;

namespace PressureD.Core.Tests.Policy.Checks;

/// <summary>Percentages and bytes of the same value exclude each other on one machine and not on another.</summary>
public sealed class ContradictionsTests
{
    private const long GiB = 1L << 30;

    [Theory]
    [InlineData("mem.available < 100MiB and mem.available > 50%", "'mem.available < 100MiB' (f:1:1) and for 'mem.available > 50%' (f:1:28)")]
    [InlineData("swap.free < 10% and swap.free > 1GiB", "'swap.free < 10%' (f:1:1) and for 'swap.free > 1GiB' (f:1:21)")]
    [InlineData("swap.free < 10% for 5s and not swap.free < 1GiB", "'swap.free < 10%' (f:1:1) and for 'not swap.free < 1GiB' (f:1:28)")]
    [InlineData("swap.used > 1GiB and swap.free > 60%", "'swap.used > 1GiB' (f:1:1) and for 'swap.free > 60%' (f:1:22)")]
    [InlineData("any(\"a/*\", memory.current > 50% and memory.current < 1GiB)", "'memory.current > 50%' (f:1:12) and for 'memory.current < 1GiB' (f:1:37)")]
    public void What_excludes_each_other_here(string when, string both) => Assert.Equal(
        $"never fires here: its 'when' asks for {both}, which exclude each other on this machine; write both in the same unit, "
        + "or did you mean 'or'?",
        Say(when, memoryBytes: 4 * GiB, swapBytes: 2 * GiB));

    [Theory]
    [InlineData("swap.free > 3GiB", "'swap.free > 3GiB' (f:1:1)")]
    [InlineData("mem.free < 1GiB and mem.available >= 5GiB", "'mem.available >= 5GiB' (f:1:21)")]
    public void More_than_there_is(string when, string what) => Assert.Equal(
        $"never fires here: its 'when' asks for {what}, which is more than this machine has; ask for a percentage, or for less",
        Say(when, memoryBytes: 4 * GiB, swapBytes: 2 * GiB));

    [Theory]
    [InlineData("mem.total > 90GiB")]
    [InlineData("swap.total >= 3GiB")]
    public void More_of_what_has_no_shares(string when) => Assert.Equal(
        $"never fires here: its 'when' asks for '{when}' (f:1:1), which is more than this machine has; ask for less",
        Say(when, memoryBytes: 4 * GiB, swapBytes: 2 * GiB));

    [Fact]
    public void A_side_of_an_or() => Assert.Equal(
        "has an 'or' in its 'when' of which one side is never true here: it asks for 'swap.free > 3GiB' (f:1:20), which "
        + "is more than this machine has; ask for a percentage, or for less",
        Say("mem.free < 1GiB or swap.free > 3GiB", memoryBytes: 4 * GiB, swapBytes: 2 * GiB));

    /// <summary>The first of these is said wherever the policy is read.</summary>
    [Theory]
    [InlineData("mem.free < 5% and mem.free > 6%")]
    [InlineData("mem.available < 3GiB and mem.available > 50%")]
    [InlineData("mem.available <= 2GiB and mem.available >= 50%")]
    [InlineData("swap.free < 10% and swap.used > 1GiB")]
    [InlineData("swap.free > 2047MiB")]
    [InlineData("memory.max > 5GiB", true)]
    [InlineData("mem.committed > 5GiB")]
    [InlineData("recently(swap.free < 10%, 5s) and swap.free > 1GiB")]
    public void What_may_be(string when, bool ofCgroup = false) =>
        Assert.Empty(Say(when, memoryBytes: 4 * GiB, swapBytes: 2 * GiB, ofCgroup));

    /// <summary>Of no swap, 0 B is less than 10 %, and what is not known excludes nothing.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Without_swap(long swapBytes)
    {
        Assert.Empty(Say("swap.free < 10% and swap.free >= 0B", GiB, swapBytes));
        Assert.Empty(Say("swap.free < 10% and swap.free < 1GiB", GiB, swapBytes));
    }

    [Theory]
    [InlineData("swap.free < 512MiB", "swap.free < 50%", true)]
    [InlineData("swap.free < 512MiB", "swap.free > 50%", false)]
    [InlineData("swap.free < 512MiB", "swap.free < 20%", false)]
    public void An_end_that_is_true_from_the_beginning(string when, string until, bool warns)
    {
        Rule rule = Conditions.Valid(when, until: until);
        string said = string.Join('\n', new Contradictions(new MachineSize(4 * GiB, 2 * GiB)).Find(rule));
        Assert.Equal(
            warns
                ? "is over as soon as it begins: its 'until' is true whenever its 'when' is on this machine; expected an 'until' "
                    + "on the other side of the threshold, or none"
                : "",
            said);
    }

    private static string Say(string when, long memoryBytes, long swapBytes, bool ofCgroup = false)
    {
        Rule rule = ofCgroup ? Conditions.Valid(when, "a/*") : Conditions.Accepted(when);
        return string.Join('\n', new Contradictions(new MachineSize(memoryBytes, swapBytes)).Find(rule));
    }
}
