using System.Collections.Generic;

namespace PressureD.Core.Policy;

/// <summary>
/// Collects what is wrong with a policy, so that its author sees everything at once. Keeps the first
/// <see cref="MaxKept"/>: a hostile file cannot fill our memory with complaints about itself.
/// </summary>
public sealed class DiagnosticBag
{
    /// <summary>More than anyone reads in one go.</summary>
    public const int MaxKept = 50;

    private const int MaxMessageLength = 500;

    private readonly List<Diagnostic> _kept = [];
    private int _dropped;

    /// <summary>Whether any error was added, kept or not.</summary>
    public bool HasErrors { get; private set; }

    /// <summary>How many errors and warnings were added, kept or not.</summary>
    public int Count => _kept.Count + _dropped;

    public void Error(SourcePosition at, string message) => Add(DiagnosticSeverity.Error, at, message);

    public void Warning(SourcePosition at, string message) => Add(DiagnosticSeverity.Warning, at, message);

    /// <summary>
    /// Everything kept, by file in the given order, then by place; at the end one line for what was not kept.
    /// </summary>
    /// <param name="fileOrder">The files' names; others come first.</param>
    public IReadOnlyList<Diagnostic> Sorted(IReadOnlyList<string> fileOrder)
    {
        var rank = new Dictionary<string, int>();
        for (int i = 0; i < fileOrder.Count; i++)
            rank.TryAdd(fileOrder[i], i + 1);

        var keyed = new List<(int File, int Line, int Column, int Index, Diagnostic Diagnostic)>(_kept.Count);
        for (int i = 0; i < _kept.Count; i++)
        {
            Diagnostic item = _kept[i];
            keyed.Add((rank.GetValueOrDefault(item.File), item.Line, item.Column, i, item));
        }

        keyed.Sort(static (a, b) => (a.File, a.Line, a.Column, a.Index).CompareTo((b.File, b.Line, b.Column, b.Index)));
        var sorted = new List<Diagnostic>(keyed.Count + 1);
        foreach (var item in keyed)
            sorted.Add(item.Diagnostic);
        if (_dropped > 0)
        {
            string file = sorted[^1].File;
            var severity = HasErrors ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning;
            sorted.Add(new Diagnostic(severity, file, 0, 0, $"and {_dropped} more"));
        }

        return sorted;
    }

    private void Add(DiagnosticSeverity severity, SourcePosition at, string message)
    {
        message = Quoted.Escape(message.Length <= MaxMessageLength ? message : message[..MaxMessageLength] + "…");
        bool firstError = severity == DiagnosticSeverity.Error && !HasErrors;
        HasErrors |= severity == DiagnosticSeverity.Error;
        if (_kept.Count < MaxKept)
        {
            _kept.Add(new Diagnostic(severity, at.File, at.Line, at.Column, message));
            return;
        }

        // A refused policy always shows why: the first error takes the place of the last of too many warnings.
        if (firstError)
            _kept[^1] = new Diagnostic(severity, at.File, at.Line, at.Column, message);
        _dropped++;
    }
}
