using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace PressureD.Validation;

/// <summary>A figure of the real runs beside the simulated one.</summary>
/// <param name="Figure">Which.</param>
/// <param name="Real">Of each real run; null: it did not come to that.</param>
/// <param name="Simulated">Of the model.</param>
internal sealed record FigureResult(Figure Figure, IReadOnlyList<double?> Real, double? Simulated)
{
    /// <summary>The range of the real runs is widened by so much on either side.</summary>
    private const double Widening = 0.25;

    private double[] Known => [.. Real.OfType<double>().Order()];

    /// <summary>Whether there is anything to compare.</summary>
    internal bool IsSaid => Simulated is not null || Known.Length > 0;

    /// <summary>Whether neither side shows more than sampling can make: it agrees, and tells little.</summary>
    internal bool IsIdle => IsSaid && Real.Append(Simulated).All(value => value is { } known && known <= Figure.Slack);

    internal bool IsWithin
    {
        get
        {
            double[] known = Known;
            if (Simulated is not { } simulated)
            {
                return known.Length < Real.Count;
            }

            return known.Length > 0
                && simulated >= (known[0] * (1 - Widening)) - Figure.Slack
                && simulated <= (known[^1] * (1 + Widening)) + Figure.Slack;
        }
    }

    /// <summary>Median and range, and in how many runs when not in all.</summary>
    internal string RealText()
    {
        double[] known = Known;
        if (known.Length == 0)
        {
            return "never";
        }

        double median = (known[(known.Length - 1) / 2] + known[known.Length / 2]) / 2;
        string text = $"{Text(median)} ({Text(known[0])} to {Text(known[^1])})";
        return known.Length == Real.Count ? text : $"{text}, in {known.Length} of {Real.Count} runs";
    }

    internal string SimulatedText() => Simulated is { } simulated ? Text(simulated) : "never";

    private string Text(double value) =>
        Math.Round(value, Figure.Decimals).ToString($"F{Figure.Decimals}", CultureInfo.InvariantCulture);
}
