using System.IO;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Tests.Machine;

public partial class FixedPointTests
{
    // e^−0.5, e^−1, e^−2, e^−5 in 1/65536.
    [Theory]
    [InlineData(0, 65536)]
    [InlineData(32768, 39750)]
    [InlineData(65536, 24109)]
    [InlineData(131072, 8869)]
    [InlineData(327680, 442)]
    [InlineData(1 << 24, 0)]
    public void The_exponential_is_close(long x, long expected) =>
        Assert.InRange(FixedPoint.ExpMinus(x), expected - 40, expected + 40);

    [Fact]
    public void Sequences_repeat_by_seed_and_name()
    {
        Assert.Equal(new SeededSequence(1, "a").Next(), new SeededSequence(1, "a").Next());
        Assert.NotEqual(new SeededSequence(1, "a").Next(), new SeededSequence(1, "b").Next());
        Assert.NotEqual(new SeededSequence(1, "a").Next(), new SeededSequence(2, "a").Next());
        var draws = new SeededSequence(3, "bounds");
        for (var round = 0; round < 1_000; round++) Assert.InRange(draws.Below(7), 0, 6);
    }

    /// <summary>Short ways give the bits of the long one.</summary>
    [Fact]
    public void Products_and_quotients_are_those_of_128_bits()
    {
        var draws = new SeededSequence(4, "fractions");
        for (var round = 0; round < 10_000; round++)
        {
            var value = (long)draws.Next() >> (int)draws.Below(63);
            var other = (long)draws.Next() >> (int)draws.Below(63);
            Assert.Equal((long)(((System.Int128)value * other) >> FixedPoint.Shift), FixedPoint.Multiply(value, other));
            var quotient = other <= 0 ? 0 : (long)(((System.Int128)value << FixedPoint.Shift) / other);
            Assert.Equal(quotient, FixedPoint.Ratio(value, other));
            var divisor = 1 + draws.Below(1L << 40);
            Assert.Equal(
                (long)((System.Int128)value * other / divisor), FixedPoint.Part(value, other, divisor));
        }
    }

    [Fact]
    public void Rates_lose_nothing()
    {
        var rate = new Rate(333);
        long total = 0;
        for (var tick = 0; tick < 100; tick++) total += rate.Take(10_000);
        Assert.Equal(333, total);
    }

    [Fact]
    public void The_simulation_has_no_floating_point()
    {
        var sources = Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", "..", "src", "PressureD.Simulation");
        foreach (var file in Directory.EnumerateFiles(sources, "*.cs", SearchOption.AllDirectories))
        {
            foreach (var line in File.ReadLines(file))
            {
                var code = StringLiteral().Replace(line, "");
                code = code.Split("//")[0];
                Assert.False(FloatingPoint().IsMatch(code), $"{Path.GetFileName(file)}: {line}");
            }
        }
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;

    [GeneratedRegex(@"""[^""]*""")]
    private static partial Regex StringLiteral();

    [GeneratedRegex(@"\b(float|double|decimal|Math|MathF)\b|\d\.\d+[fdm]?\b(?!"")")]
    private static partial Regex FloatingPoint();
}
