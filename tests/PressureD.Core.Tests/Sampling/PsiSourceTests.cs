using System.Text;
using PressureD.Core.Policy;
using PressureD.Core.Readers;
using PressureD.Core.Sampling;

namespace PressureD.Core.Tests.Sampling;

public sealed class PsiSourceTests
{
    private const string Idle = "some avg10=1.00 avg60=0.00 avg300=0.00 total=500000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n";
    private const string Busy = "some avg10=9.00 avg60=0.00 avg300=0.00 total=1000000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n";

    private readonly long[] _values = new long[2];
    private readonly PsiSource _source = new(PsiPlan.For(
        [MetricCatalog.Get("psi.memory.some.avg10"), MetricCatalog.Get("psi.memory.some.stall")], _ => true, "memory"));

    [Fact]
    public void The_same_text_again_is_no_stall_since_and_a_new_one_is_read()
    {
        Update(Idle, 1);
        Update(Idle, 2);
        Assert.Equal([10_000, 0], _values);
        Update(Busy, 3);
        Assert.Equal([90_000, 500_000], _values);
        Update(Busy, 4);
        Assert.Equal([90_000, 0], _values);
    }

    [Fact]
    public void What_cannot_be_read_is_unknown_and_the_text_before_it_known_again_afterwards()
    {
        Update(Idle, 1);
        Update("", 2);
        Assert.Equal([Quantity.Unknown, Quantity.Unknown], _values);
        Update(Idle, 3);
        Assert.Equal([10_000, 0], _values);
    }

    [Fact]
    public void Another_cgroups_file_begins_anew_even_with_the_same_text()
    {
        Update(Idle, 1);
        _source.Reset();
        Update(Idle, 2);
        Assert.Equal([10_000, Quantity.Unknown], _values);
    }

    private void Update(string text, long seconds) =>
        _source.Update(Encoding.ASCII.GetBytes(text), seconds * 1_000_000, _values);
}
