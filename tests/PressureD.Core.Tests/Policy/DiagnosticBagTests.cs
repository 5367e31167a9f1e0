using PressureD.Core.Policy;

namespace PressureD.Core.Tests.Policy;

public sealed class DiagnosticBagTests
{
    [Fact]
    public void Sorted_OrdersByFileAndPlace()
    {
        var bag = new DiagnosticBag();
        bag.Error(new SourcePosition("b", 1, 1), "three");
        bag.Warning(new SourcePosition("a", 2, 1), "two");
        bag.Error(new SourcePosition("a", 1, 9), "one");

        Assert.Equal("a:1:9: one\na:2:1: warning: two\nb:1:1: three", string.Join('\n', bag.Sorted(["a", "b"])));
    }

    [Fact]
    public void Sorted_BeyondTheLimit_CountsTheRestAndKeepsAnError()
    {
        var bag = new DiagnosticBag();
        for (int i = 0; i < DiagnosticBag.MaxKept + 5; i++)
            bag.Warning(new SourcePosition("a", i + 1, 1), "w");
        bag.Error(new SourcePosition("a", 999, 1), "e");

        var sorted = bag.Sorted(["a"]);

        Assert.Equal(DiagnosticBag.MaxKept + 1, sorted.Count);
        Assert.Equal("a:999:1: e", sorted[^2].ToString());
        Assert.Equal("a: and 6 more", sorted[^1].ToString());
    }

    [Fact]
    public void Message_CannotSteerATerminal()
    {
        var bag = new DiagnosticBag();
        bag.Error(new SourcePosition("a", 1, 1), "x\u001b[2Jy\u202e" + new string('z', 9999));

        string line = bag.Sorted(["a"])[0].ToString();

        Assert.StartsWith("a:1:1: x\\u001b[2Jy\\u202ezzz", line);
        Assert.True(line.Length < 600);
    }
}
