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

    private static readonly Dictionary<string, TokenKind> Words = new()
    {
        ["and"] = TokenKind.And, ["or"] = TokenKind.Or, ["not"] = TokenKind.Not, ["for"] = TokenKind.For,
        ["of"] = TokenKind.Of,
    };

    private static readonly Dictionary<string, Comparison> Comparisons = new()
    {
        ["<"] = Comparison.Less, ["<="] = Comparison.LessOrEqual, [">"] = Comparison.Greater,
        [">="] = Comparison.GreaterOrEqual, ["=="] = Comparison.Equal, ["!="] = Comparison.NotEqual,
    };

    private readonly string _text = source.Text;
    private int _at;

    /// <summary>Something was wrong and has been reported.</summary>
    public bool Failed { get; private set; }

    /// <summary>
    /// All of it. What is written otherwise elsewhere is taken for what it means; at what means nothing stands a token
    /// of its own, and what follows in this part of the condition is passed over.
    /// </summary>
    public List<Token> Read()
    {
        var tokens = new List<Token>();
        Token token;
        do
        {
            token = Next();
            tokens.Add(token);
        }
        while (token.Kind != TokenKind.End);
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
        string small = word.ToLowerInvariant();
        if (!Words.TryGetValue(small, out TokenKind kind))
            return new Token(TokenKind.Name, start, word);
        if (small != word)
            Fail(start, $"'{word}' is not known here, expected '{small}' in small letters");
        return new Token(kind, start, small);
    }

    private Token Text(char quote)
    {
        int start = _at++;
        while (_at < _text.Length && _text[_at] != quote)
            _at++;
        if (_at == _text.Length)
            return Bad(start, _at, $"the quotation mark {quote} is not closed, expected another one after the pattern");
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
        {
            Fail(
                start,
                $"{Quoted.Of(digits)} is not a number, expected digits and at most one point, such as 1.5");
            digits = "1";
        }

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
        if (unit.Length == 0 || Words.ContainsKey(unit.ToLowerInvariant()))
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
        if (Elsewhere.TryGetValue(text, out string? meant))
        {
            Fail(start, $"{Quoted.Of(text)} is not an operator; did you mean '{meant}'?");
            text = meant;
        }

        if (Comparisons.TryGetValue(text, out Comparison comparison))
            return new Token(TokenKind.Comparison, start, text, Comparison: comparison);
        if (Words.TryGetValue(text, out TokenKind word))
            return new Token(word, start, text);
        int next = NextPart();
        if (text.Length > 0)
            return Bad(start, next, $"{Quoted.Of(text)} is not an operator, expected < <= > >= == or !=");
        if (_text[start] is '-' or '+')
            return Bad(
                start,
                next,
                $"'{_text[start]}' cannot stand here: there is no arithmetic, and no value is below 0; expected a "
                + "comparison of a metric, or of delta(…) for a change");
        string hint = _text[start] is '/' or '*' or '{' or '}'
            ? ", expected cgroup patterns in quotes, such as \"app.slice/*\""
            : ", expected metrics, numbers, comparisons, and, or, not";
        return Bad(start, next, $"{Shown(_text, start)} cannot stand in a condition{hint}");
    }

    /// <summary>Where the next "and", "or", comma or parenthesis stands, or the end.</summary>
    private int NextPart()
    {
        for (int i = _at; i < _text.Length; i++)
        {
            if (_text[i] is '(' or ')' or ',')
                return i;
            if (!char.IsWhiteSpace(_text[i]))
                continue;
            ReadOnlySpan<char> rest = _text.AsSpan(i + 1);
            if (rest.StartsWith("and ", StringComparison.OrdinalIgnoreCase)
                || rest.StartsWith("or ", StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return _text.Length;
    }

    /// <param name="start">What means nothing.</param>
    /// <param name="next">Where what follows means something again.</param>
    /// <param name="message">What is wrong.</param>
    private Token Bad(int start, int next, string message)
    {
        Fail(start, message);
        _at = next;
        return new Token(TokenKind.Bad, start, "");
    }

    private void Fail(int start, string message)
    {
        Failed = true;
        diagnostics.Error(source.At(start), message);
    }

    private static string Shown(string text, int at)
    {
        char c = text[at];
        bool printable = c is > ' ' and <= '~' || (c > '\u00a0' && !char.IsSurrogate(c) && !char.IsControl(c));
        return printable ? $"'{c}'" : $"the character U+{(int)c:X4}";
    }
}
