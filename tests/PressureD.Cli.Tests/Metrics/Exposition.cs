using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.RegularExpressions;

namespace PressureD.Cli.Tests.Metrics;

/// <summary>
/// A strict reader of OpenMetrics 1.0 and of Prometheus' text format 0.0.4, as far as counters and gauges go: whatever is
/// not as the specification says is a failure.
/// </summary>
internal sealed partial class Exposition
{
    private Exposition()
    {
    }

    /// <summary>Type by name, the name as the samples have it.</summary>
    internal Dictionary<string, string> Types { get; } = [];

    internal Dictionary<string, double> Values { get; } = [];

    internal static Exposition Read(string text, bool isOpenMetrics)
    {
        Assert.EndsWith("\n", text);
        string[] lines = text[..^1].Split('\n');
        Assert.Equal(isOpenMetrics, lines[^1] == "# EOF");
        var exposition = new Exposition();
        string family = "", type = "", unit = "";
        bool described = false;
        foreach (string line in isOpenMetrics ? lines[..^1] : lines)
        {
            if (Descriptor().Match(line) is { Success: true } descriptor)
            {
                string name = descriptor.Groups[2].Value;
                string value = descriptor.Groups[3].Value;
                if (name != family)
                {
                    Assert.DoesNotContain(name, exposition.Types.Keys);
                    (family, type, unit, described) = (name, "", "", false);
                }

                Assert.False(described && exposition.Types.ContainsKey(family) && type.Length == 0);
                switch (descriptor.Groups[1].Value)
                {
                    case "HELP":
                        Assert.DoesNotMatch(@"\\[^n\\]", value);
                        described = true;
                        break;
                    case "UNIT":
                        Assert.True(isOpenMetrics, line);
                        Assert.EndsWith($"_{value}", name);
                        unit = value;
                        break;
                    default:
                        Assert.Contains(value, (string[])["counter", "gauge"]);
                        Assert.Equal(!isOpenMetrics && value == "counter", name.EndsWith("_total"));
                        type = value;
                        break;
                }

                continue;
            }

            Match sample = Sample().Match(line);
            Assert.True(sample.Success, $"neither a description nor a sample: {line}");
            string expected = isOpenMetrics && type == "counter" ? $"{family}_total" : family;
            Assert.Equal(expected, sample.Groups[1].Value);
            Assert.True(described && type.Length > 0, $"{family} is not described");
            exposition.Types[expected] = type;
            CheckLabels(sample.Groups[2].Value);
            double number = double.Parse(sample.Groups[3].Value, NumberStyles.Float, CultureInfo.InvariantCulture);
            Assert.True(exposition.Values.TryAdd(expected + sample.Groups[2].Value, number), $"twice: {line}");
            Assert.True(type != "counter" || number >= 0, line);
            string suffix = expected[(expected.LastIndexOf('_') + 1)..];
            Assert.True(!isOpenMetrics || suffix is not ("bytes" or "seconds" or "ratio") || unit == suffix, line);
        }

        return exposition;
    }

    private static void CheckLabels(string labels)
    {
        var names = new HashSet<string>();
        foreach (Match label in Label().Matches(labels))
            Assert.True(names.Add(label.Groups[1].Value), labels);
        Assert.DoesNotContain("__", string.Join(' ', names), StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^# (HELP|TYPE|UNIT) ([a-z_][a-z0-9_]*) (.+)$")]
    private static partial Regex Descriptor();

    [GeneratedRegex("""
        ^([a-z_][a-z0-9_]*)(\{[a-z_]+="(?:[^"\\\n]|\\[\\"n])*"(?:,[a-z_]+="(?:[^"\\\n]|\\[\\"n])*")*\})? (-?[0-9]+(?:\.[0-9]+)?)$
        """)]
    private static partial Regex Sample();

    [GeneratedRegex("""([a-z_]+)="(?:[^"\\]|\\.)*["]""")]
    private static partial Regex Label();
}
