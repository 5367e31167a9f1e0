using System.Collections.Generic;

namespace PressureD.Cli.Report;

/// <summary>One chart over the times of a page.</summary>
/// <param name="Title">What stands above it.</param>
/// <param name="Unit">What stands behind each number.</param>
/// <param name="Series">Its lines.</param>
/// <param name="IsLow">Whether it needs little height.</param>
internal sealed record ReportChart(
    string Title, string Unit, IReadOnlyList<ReportSeries> Series, bool IsLow = false);
