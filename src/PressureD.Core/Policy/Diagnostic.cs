using PressureD.Core.Publishing;

namespace PressureD.Core.Policy;

/// <summary>Something to tell the author of a policy or scenario.</summary>
/// <param name="Severity">An error keeps the policy from being used.</param>
/// <param name="File">The file as it was named.</param>
/// <param name="Line">From 1; 0 when the whole file is meant.</param>
/// <param name="Column">From 1.</param>
/// <param name="Message">What was read, what was expected, and the remedy.</param>
public sealed record Diagnostic(DiagnosticSeverity Severity, string File, int Line, int Column, string Message)
{
    /// <summary>The whole in one line, the file's name as it is: for programs.</summary>
    public string Text
    {
        get
        {
            string place = Line == 0 ? File : $"{File}:{Line}:{Column}";
            return Severity == DiagnosticSeverity.Warning ? $"{place}: warning: {Message}" : $"{place}: {Message}";
        }
    }

    /// <summary>The whole in one line, for a terminal: whoever named the file must not steer it.</summary>
    public override string ToString() => EscapedText.Of(Text);
}
