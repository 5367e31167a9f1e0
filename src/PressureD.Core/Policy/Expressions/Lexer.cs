using System;
using System.Collections.Generic;

namespace PressureD.Core.Policy.Expressions;

/// <summary>Cuts the text of a condition into tokens.</summary>
internal sealed class Lexer(SourceText source, DiagnosticBag diagnostics)
{
    private static readonly Dictionary<string, string> Elsewhere = new()
    {
        ["&&"] = "and", ["&"] = "and", ["||"] = "or", ["|"] = "or", ["!"] = "not", ["="] = "==", ["=<"] = "<=",
        ["=>"] = ">=", ["<>"] = "!=", ["≤"] = "<=", ["≥"] = ">=", ["≠"] = "!=", ["==="] = "==",
    };

    private readonly string _text = source.Text;
    private int _at;

    public List<Token> Read()
    {
        var tokens = new List<Token>();
        Token token;
        do
        {
            token = Next();
            tokens.Add(token);
        }
        while (token.Kind is not (TokenKind.End or TokenKind.Bad));
        return tokens;
    }

    private Token Next()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
            _at++;
        if (_at == _text.Length)
            return new Token(TokenKind.End, _at, "");
        char c = _text[_at];
        if (char.IsAsciiLetter(c) || c == '_')
            return Word();
        if (char.IsAsciiDigit(c) || c == '.')
            return Number();
        switch (c)
        {
            case '"' or '\'':
                return Text(c);
            case '(':
                return new Token(TokenKind.Open, _at++, "(");
            case ')':
                return new Token(TokenKind.Close, _at++, ")");
            case ',':
                return new Token(TokenKind.Comma, _at++, ",");
            default:
                return Operator();
        }
    }

    private Token Word()
    {
        int start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '_' or '.'))
            _at++;
        string word = _text[start.._at];
        TokenKind kind = word switch
        {
            "and" => TokenKind.And,
            "or" => TokenKind.Or,
            "not" => TokenKind.Not,
            "for" => TokenKind.For,
            "of" => TokenKind.Of,
            _ => TokenKind.Name,
        };
        string small = word.ToLowerInvariant();
        if (kind == TokenKind.Name && IsWord(small) && small != word)
            return Bad(start, $"'{word}' is not known here, expected '{small}' in small letters");
        return new Token(kind, start, word);
    }

    private static bool IsWord(string word) => word is "and" or "or" or "not" or "for" or "of";

    private Token Text(char quote)
    {
        int start = _at++;
        while (_at < _text.Length && _text[_at] != quote)
            _at++;
        if (_at == _text.Length)
            return Bad(start, $"the quotation mark {quote} is not closed, expected another one after the pattern");
        return new Token(TokenKind.Text, start, _text[(start + 1).._at++]);
    }

    private Token Number()
    {
        int start = _at;
        while (_at < _text.Length && (char.IsAsciiDigit(_text[_at]) || _text[_at] is '.' or '_' or ','))
            _at++;
        // A comma may be a thousands separator or the end of a function's argument; only "1,5" reads like a number.
        while (_text[_at - 1] == ',')
            _at--;
        string digits = _text[start.._at];
        if (digits.Contains(',') || digits.Contains('_'))
            return Bad(start, $"{Quoted.Of(digits)} is not a number, expected digits and at most one point, "
                + "such as 1.5");
        return new Token(TokenKind.Number, start, digits, Unit());
    }

    private string Unit()
    {
        int start = _at;
        while (start < _text.Length && _text[start] == ' ')
            start++;
        int end = start;
        while (end < _text.Length && (char.IsAsciiLetter(_text[end]) || _text[end] is '%' or '/'))
            end++;
        string unit = _text[start..end];

        // Whatever letters follow a number are its unit, right or wrong, except for the words that go on with the
        // condition.
        if (unit.Length == 0 || IsWord(unit.ToLowerInvariant()))
            return "";
        _at = end;
        return unit;
    }

    private Token Operator()
    {
        int start = _at;
        while (_at < _text.Length && "<>=!&|≤≥≠".Contains(_text[_at]))
            _at++;
        string text = _text[start.._at];
        switch (text)
        {
            case "<":
                return new Token(TokenKind.Comparison, start, text, Comparison: Comparison.Less);
            case "<=":
                return new Token(TokenKind.Comparison, start, text, Comparison: Comparison.LessOrEqual);
            case ">":
                return new Token(TokenKind.Comparison, start, text, Comparison: Comparison.Greater);
            case ">=":
                return new Token(TokenKind.Comparison, start, text, Comparison: Comparison.GreaterOrEqual);
            case "==":
                return new Token(TokenKind.Comparison, start, text, Comparison: Comparison.Equal);
            case "!=":
                return new Token(TokenKind.Comparison, start, text, Comparison: Comparison.NotEqual);
        }

        if (Elsewhere.TryGetValue(text, out string? meant))
            return Bad(start, $"{Quoted.Of(text)} is not an operator; did you mean '{meant}'?");
        if (text.Length > 0)
            return Bad(start, $"{Quoted.Of(text)} is not an operator, expected < <= > >= == or !=");
        if (_text[start] is '-' or '+')
            return Bad(start, $"'{_text[start]}' cannot stand here: there is no arithmetic, and no value is below "
                + "0; expected a comparison of a metric, or of delta(…) for a change");
        string hint = _text[start] is '/' or '*' or '{' or '}'
            ? ", expected cgroup patterns in quotes, such as \"app.slice/*\""
            : ", expected metrics, numbers, comparisons, and, or, not";
        return Bad(start, $"{Shown(_text, start)} cannot stand in a condition{hint}");
    }

    private Token Bad(int start, string message)
    {
        diagnostics.Error(source.At(start), message);
        return new Token(TokenKind.Bad, start, "");
    }

    private static string Shown(string text, int at)
    {
        char c = text[at];
        bool printable = c is > ' ' and <= '~' || (c > '\u00a0' && !char.IsSurrogate(c) && !char.IsControl(c));
        return printable ? $"'{c}'" : $"the character U+{(int)c:X4}";
    }
}
