using System;
using System.Collections.Generic;
using System.IO;
using PressureD.Core.Policy;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace PressureD.Yaml.Documents;

/// <summary>
/// Builds the tree of one document from the pull parser's events, and stops at the first event beyond a limit. Aliases,
/// anchors and tags are refused: a policy says what it means at the place where it means it. They are read past, so
/// that the rest of the mistakes is found with them.
/// </summary>
internal sealed class YamlDocumentReader
{
    private const string StarHint = "quote patterns that start with '*'";

    private readonly YamlText _text;
    private readonly DiagnosticBag _diagnostics;
    private readonly Stack<Open> _open = new();
    private YamlNode? _root;
    private int _nodes;
    private int _documents;
    private int _lastIndex;

    private YamlDocumentReader(YamlText text, DiagnosticBag diagnostics)
    {
        _text = text;
        _diagnostics = diagnostics;
    }

    /// <returns>
    /// Null when the document cannot be read; one without a key when it is empty. Both are errors, which are in
    /// <paramref name="diagnostics"/>.
    /// </returns>
    public static YamlNode? Read(YamlText text, DiagnosticBag diagnostics) =>
        new YamlDocumentReader(text, diagnostics).Read();

    private YamlNode? Read()
    {
        try
        {
            var parser = new Parser(new Scanner(new StringReader(_text.Text), skipComments: true));
            while (parser.MoveNext())
            {
                if (parser.Current is { } current && !Take(current))
                    return _documents > 1 ? _root : null;
            }
        }
        catch (YamlException e)
        {
            FailSyntax(e);
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            // This is how YamlDotNet 16.3 meets a list or mapping in brackets that is never closed.
            FailUnclosed();
            return null;
        }

        if (_root is not null)
            return _root;
        FailEmpty();
        return new YamlMapping(new SourcePosition(_text.File, 0, 0));
    }

    private void FailEmpty()
    {
        string what = _text.Text.Length == 0 ? "the file is empty"
            : string.IsNullOrWhiteSpace(_text.Text) ? "the file has nothing in it but spaces, tabs and empty lines"
            : "the file has nothing in it but comments";
        _diagnostics.Error(
            new SourcePosition(_text.File, 0, 0),
            $"{what}, expected 'rules:' or another key; if it is to say nothing take it away, or write 'version: 1'");
    }

    private bool Take(ParsingEvent current)
    {
        _lastIndex = Math.Max(_lastIndex, (int)current.End.Index);
        Refuse(current);
        switch (current)
        {
            case DocumentStart when ++_documents > 1:
                return Fail(
                    current.Start,
                    "a second document begins here, expected one document in a file: put what follows '---' into a "
                    + "file of its own");
            case AnchorAlias alias:
                // The text that was meant, as if it stood in quotes.
                string meant = "*" + alias.Value.Value;
                return Place(Scalar(alias, meant, ScalarStyle.Plain, plain: false));
            case Scalar scalar:
                return Place(Scalar(scalar, scalar.Value, scalar.Style, scalar.Style == ScalarStyle.Plain));
            case SequenceStart start:
                return Enter(new YamlSequence(At(start.Start)), start.Style == SequenceStyle.Flow ? '[' : ' ');
            case MappingStart start:
                return Enter(new YamlMapping(PlaceOf(start)), start.Style == MappingStyle.Flow ? '{' : ' ');
            case SequenceEnd:
                _open.Pop();
                return true;
            case MappingEnd end:
                ((YamlMapping)_open.Pop().Node).End = EndOf(end);
                return true;
            default:
                return true;
        }
    }

    /// <summary>
    /// A single pair within a list, <c>[a: b]</c>, comes without a place: it is where its key begins.
    /// </summary>
    private SourcePosition PlaceOf(MappingStart start)
    {
        if (start.Start.Index > 0 || _open.Count == 0)
            return At(start.Start);
        int at = _lastIndex;
        while (char.IsWhiteSpace(CharAt(at)) || CharAt(at) == ',')
            at++;
        return _text.At(at);
    }

    /// <summary>
    /// After the bracket; without one, as in <c>[a: b]</c> and in lines, where the next thing begins.
    /// </summary>
    private SourcePosition EndOf(MappingEnd end)
    {
        SourcePosition at = At(end.Start);
        return CharAt((int)end.Start.Index) == '}' ? at with { Column = at.Column + 1 } : at;
    }

    private YamlScalar Scalar(ParsingEvent read, string value, ScalarStyle style, bool plain) =>
        new(At(read.Start), value, plain, new ScalarPlaces(_text, read.Start, read.End, style));

    private void Refuse(ParsingEvent current)
    {
        if (current is AnchorAlias alias)
        {
            Fail(
                current.Start,
                $"'*{Shown(alias.Value.Value)}' is an alias, which policies do not have; {StarHint}");
        }
        else if (current is NodeEvent { Anchor.IsEmpty: false })
            Fail(current.Start, "anchors (&) are not used in policies; quote text that starts with '&'");
        else if (current is NodeEvent { Tag.IsEmpty: false })
            Fail(current.Start, "tags (!) are not used in policies; quote text that starts with '!'");
    }

    private bool Enter(YamlNode node, char bracket)
    {
        if (_open.Count == PolicyLimits.Depth)
            return Fail(
                node.Position,
                $"nested more than {PolicyLimits.Depth} deep, expected at most that: look for a bracket or a dash "
                + "too many");
        if (!Place(node))
            return false;
        _open.Push(new Open(node, bracket));
        return true;
    }

    private bool Place(YamlNode node)
    {
        if (++_nodes > PolicyLimits.Nodes)
            return Fail(
                node.Position, $"more than {PolicyLimits.Nodes} values in one file, expected at most that: split it");
        if (!_open.TryPeek(out Open? parent))
        {
            _root = node;
            return true;
        }

        if (parent.Node is YamlSequence sequence)
        {
            sequence.Items.Add(node);
            return true;
        }

        var mapping = (YamlMapping)parent.Node;
        if (parent.Key is { } key)
        {
            parent.Key = null;
            if (parent.Keys.TryAdd(key.Value, key.Position))
                mapping.Entries.Add((key, node));
            else
                FailDuplicate(key, parent.Keys[key.Value]);
            return true;
        }

        if (node is not YamlScalar name)
            return Fail(
                node.Position, $"{node.Kind} cannot be a key, expected a word; quote text that starts with a bracket");
        parent.Key = name;
        return true;
    }

    private void FailDuplicate(YamlScalar key, SourcePosition first) =>
        _diagnostics.Error(
            key.Position,
            $"the key {Quoted.Of(key.Value)} is here a second time, it was first on line {first.Line}; leave one of "
            + "them out, or put '- ' before the first key of another entry");

    private void FailSyntax(YamlException e)
    {
        SourcePosition at = At(e.Start);
        string message = char.ToLowerInvariant(e.Message[0]) + e.Message[1..].TrimEnd('.');
        int tab = _text.FindTabIndent();
        char here = CharAt((int)e.Start.Index);
        bool atEnd = e.Start.Index >= _text.Text.AsSpan().TrimEnd().Length;
        if (atEnd && HasOpenBracket())
            FailUnclosed();
        else if (HasOpenBracket() && message.Contains("did not find expected ','", StringComparison.Ordinal))
            FailMissing(at);
        else if (message.Contains("tab", StringComparison.Ordinal) && tab >= 0)
            _diagnostics.Error(_text.At(tab), "a tab in the indentation, expected spaces");
        else if (here == '*')
            _diagnostics.Error(at, $"not valid YAML: {StarHint}");
        else if (here is '%' or '@' or '`' or '&' or '!')
            _diagnostics.Error(at, $"not valid YAML: quote text that starts with '{here}'");
        else
            _diagnostics.Error(
                at,
                $"not valid YAML: {message}; expected 'key: value' under the key before it, and quotes around text "
                + "with ': ' or ' #' in it");
    }

    /// <summary>Between two entries in brackets: a comma is missing, or the bracket ended before.</summary>
    private void FailMissing(SourcePosition at)
    {
        Open open = _open.Peek();
        foreach (Open outer in _open)
        {
            open = outer;
            if (open.Bracket != ' ')
                break;
        }

        char closing = open.Bracket == '[' ? ']' : '}';
        _diagnostics.Error(
            at,
            $"not valid YAML: expected ',' or '{closing}' before this place, since the '{open.Bracket}' on line "
            + $"{open.Node.Position.Line} is not closed");
    }

    private bool HasOpenBracket()
    {
        foreach (Open open in _open)
        {
            if (open.Bracket != ' ')
                return true;
        }

        return false;
    }

    private void FailUnclosed()
    {
        foreach (Open open in _open)
        {
            if (open.Bracket == ' ')
                continue;
            char closing = open.Bracket == '[' ? ']' : '}';
            _diagnostics.Error(
                open.Node.Position,
                $"not valid YAML: this '{open.Bracket}' is not closed, expected '{closing}' after its last entry");
            return;
        }

        _diagnostics.Error(
            _text.At(_lastIndex),
            "not valid YAML after this place: look for a quotation mark or a bracket that is not closed");
    }

    private bool Fail(Mark mark, string message) => Fail(At(mark), message);

    private bool Fail(SourcePosition at, string message)
    {
        _diagnostics.Error(at, message);
        return false;
    }

    private char CharAt(int index) => index >= 0 && index < _text.Text.Length ? _text.Text[index] : '\0';

    private SourcePosition At(Mark mark) => new(_text.File, (int)mark.Line, (int)mark.Column);

    private static string Shown(string text) => text.Length <= 40 ? text : text[..40] + "…";

    /// <summary>A list or mapping whose end has not come yet.</summary>
    private sealed class Open(YamlNode node, char bracket)
    {
        public YamlNode Node { get; } = node;

        /// <summary>How it was opened; a space when by indentation.</summary>
        public char Bracket { get; } = bracket;

        public Dictionary<string, SourcePosition> Keys { get; } = [];

        /// <summary>In a mapping, the key whose value comes next.</summary>
        public YamlScalar? Key { get; set; }
    }
}
