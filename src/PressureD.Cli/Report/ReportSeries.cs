namespace PressureD.Cli.Report;

/// <summary>One line of a chart.</summary>
/// <param name="Label">What the legend calls it.</param>
/// <param name="Colour">Its place among the page's colours.</param>
/// <param name="Values">A value for each time of the page, in the chart's unit; null where it is not known.</param>
/// <param name="Filled">Whether the area below it is tinted.</param>
internal sealed record ReportSeries(string Label, int Colour, double?[] Values, bool Filled = false);
