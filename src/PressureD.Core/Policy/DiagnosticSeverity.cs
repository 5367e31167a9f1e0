namespace PressureD.Core.Policy;

public enum DiagnosticSeverity
{
    Warning,
    Error,
}
