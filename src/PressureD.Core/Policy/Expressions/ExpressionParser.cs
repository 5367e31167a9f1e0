using System.Collections.Generic;
using System.Collections.Immutable;

namespace PressureD.Core.Policy.Expressions;

/// <summary>
/// Reads the grammar of conditions by recursive descent:
/// <code>
/// or         = and { "or" and }
/// and        = not { "and" not }
/// not        = "not" not | hold
/// hold       = primary [ "for" number ]
/// primary    = "(" or ")" | value comparison value | call
/// value      = name | number [ "of" value ] | call
/// call       = name "(" argument { "," argument } ")"
/// argument   = text in quotes | or | value
/// </code>
/// The first error ends it: what follows a misread word seldom means anything.
/// </summary>
internal sealed class ExpressionParser
{
    /// <summary>Parentheses and <c>not</c> within each other; bounds our stack.</summary>
    public const int MaxDepth = 32;

    /// <summary>Longer than any condition a person can follow.</summary>
    public const int MaxLength = 4096;

    private readonly SourceText _source;
    private readonly DiagnosticBag _diagnostics;
    private List<Token> _tokens = [];
    private int _at;
    private int _depth;
    private int _callDepth;

    public ExpressionParser(SourceText source, DiagnosticBag diagnostics)
    {
        _source = source;
        _diagnostics = diagnostics;
    }

    private Token Current => _tokens[_at];

    public Expression? Parse()
    {
        if (_source.Text.Length > MaxLength)
            return Fail(
                0,
                $"the condition has {_source.Text.Length} characters, expected at most {MaxLength}: make two rules "
                + "of it");
        _tokens = new Lexer(_source, _diagnostics).Read();
        if (_tokens[^1].Kind == TokenKind.Bad)
            return null;
        if (Current.Kind == TokenKind.End)
            return Fail(0, "the condition is empty, expected a comparison such as mem.available < 10%");
        Expression? root = Or();
        if (root is null)
            return null;
        return Current.Kind switch
        {
            TokenKind.End => root,
            TokenKind.Close => Fail(Current.Start, "')' closes nothing, expected a '(' before it, or no ')'"),
            TokenKind.For => Fail(Current.Start, "a second 'for', expected 'and', 'or' or the end of the condition"),
            _ => Unexpected("'and', 'or' or the end of the condition"),
        };
    }

    private Expression? Or() => Chain(TokenKind.Or);

    private Expression? Chain(TokenKind joint)
    {
        int start = Current.Start;
        var parts = ImmutableArray.CreateBuilder<Expression>();
        while (true)
        {
            Expression? part = joint == TokenKind.Or ? Chain(TokenKind.And) : Not();
            if (part is null)
                return null;
            parts.Add(part);
            if (Current.Kind != joint)
                break;
            _at++;
        }

        return parts.Count == 1 ? parts[0] : new LogicalExpression(start, joint == TokenKind.And, parts.ToImmutable());
    }

    private Expression? Not()
    {
        if (Current.Kind != TokenKind.Not)
            return Hold();
        int start = Current.Start;
        if (!Enter())
            return null;
        _at++;
        Expression? operand = Not();
        _depth--;
        return operand is null ? null : new NotExpression(start, operand);
    }

    private Expression? Hold()
    {
        Expression? operand = Current.Kind == TokenKind.Open ? Parenthesis() : Compared();
        if (operand is null || Current.Kind != TokenKind.For)
            return operand;
        _at++;
        Token token = Current;
        if (token.Kind != TokenKind.Number)
            return Unexpected("a duration such as 10s after 'for'");
        _at++;
        return new HoldExpression(operand.Start, operand, new NumberExpression(token.Start, token.Text, token.Unit));
    }

    private Expression? Parenthesis()
    {
        int open = Current.Start;
        if (!Enter())
            return null;
        _at++;
        Expression? inner = Or();
        _depth--;
        if (inner is null)
            return null;
        if (Current.Kind == TokenKind.End)
            return Fail(open, "'(' is not closed, expected a ')'");
        if (Current.Kind != TokenKind.Close)
            return Unexpected("'and', 'or' or ')'");
        _at++;
        return inner;
    }

    private Expression? Compared()
    {
        int start = Current.Start;
        Expression? left = Value("a metric's name");
        if (left is null)
            return null;
        if (Current.Kind != TokenKind.Comparison)
        {
            // Some functions are conditions themselves, and an argument may be a value: the compiler knows.
            bool isArgument = _callDepth > 0
                && Current.Kind is TokenKind.Comma or TokenKind.Close or TokenKind.End;
            bool alone = left is CallExpression || isArgument;
            return alone ? left : Unexpected("a comparison: < <= > >= == or !=");
        }

        Comparison comparison = Current.Comparison;
        _at++;
        Expression? right = Value("a number with its unit, such as 10%");
        if (right is null)
            return null;
        if (Current.Kind == TokenKind.Comparison)
            return Fail(Current.Start, "a comparison has two sides; join two comparisons with 'and'");
        return new ComparisonExpression(start, left, comparison, right);
    }

    private Expression? Value(string expected)
    {
        Token token = Current;
        switch (token.Kind)
        {
            case TokenKind.Number:
                _at++;
                var number = new NumberExpression(token.Start, token.Text, token.Unit);
                return Current.Kind == TokenKind.Of ? Share(number) : number;
            case TokenKind.Name when _tokens[_at + 1].Kind == TokenKind.Open:
                return Call();
            case TokenKind.Name:
                _at++;
                return new NameExpression(token.Start, token.Text);
            default:
                return Unexpected(expected);
        }
    }

    private Expression? Share(NumberExpression share)
    {
        _at++;
        if (Current.Kind == TokenKind.Number)
            return Unexpected("a metric's name after 'of'");
        return Value("a metric's name after 'of'") is { } whole
            ? new ShareExpression(share.Start, share, whole)
            : null;
    }

    private Expression? Call()
    {
        Token name = Current;
        if (!Enter())
            return null;
        _callDepth++;
        _at += 2;
        var arguments = ImmutableArray.CreateBuilder<Expression>();
        while (Current.Kind != TokenKind.Close || arguments.Count > 0)
        {
            if (Argument() is not { } argument)
                return null;
            arguments.Add(argument);
            if (Current.Kind == TokenKind.Close)
                break;
            if (Current.Kind == TokenKind.End)
                return Fail(_tokens[_at].Start, $"the arguments of '{name.Text}' are not closed, expected ',' or ')'");
            if (Current.Kind != TokenKind.Comma)
                return Unexpected("',' or ')'");
            _at++;
        }

        _at++;
        _callDepth--;
        _depth--;
        return new CallExpression(name.Start, name.Text, arguments.ToImmutable());
    }

    private Expression? Argument()
    {
        Token token = Current;
        if (token.Kind != TokenKind.Text)
            return Or();
        _at++;
        return new PatternExpression(token.Start, token.Text);
    }

    private bool Enter()
    {
        if (++_depth <= MaxDepth)
            return true;
        Fail(Current.Start, $"nested more than {MaxDepth} deep, expected at most that: leave out what changes nothing");
        return false;
    }

    private Expression? Unexpected(string expected)
    {
        Token token = Current;
        string read = token.Kind switch
        {
            TokenKind.End => "the condition ends here",
            TokenKind.Number => $"{Quoted.Of(token.Text + token.Unit)} cannot stand here",
            _ => $"{Quoted.Of(token.Text)} cannot stand here",
        };
        return Fail(token.Start, $"{read}, expected {expected}");
    }

    private Expression? Fail(int at, string message)
    {
        _diagnostics.Error(_source.At(at), message);
        return null;
    }
}
