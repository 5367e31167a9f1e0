namespace PressureD.Cli.Report;

/// <summary>One line of a page's table.</summary>
/// <param name="Msec">When, on the charts' time.</param>
/// <param name="Source">Who speaks: pressured, kernel or process.</param>
/// <param name="Text">What happened.</param>
/// <param name="IsMarked">Whether the charts have a line there.</param>
internal sealed record ReportEvent(long Msec, string Source, string Text, bool IsMarked);
