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
/// What follows a misread word up to the next <c>and</c> or <c>or</c> seldom means anything and is passed over; what
/// comes after it is read again, so that all that is wrong is told at once.
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

    /// <summary>What is read is an argument, not a parenthesis within one.</summary>
    private bool _commaEnds;

    /// <summary>Some may be among what was passed over, or it has been said that they do not match.</summary>
    private bool _bracketsUnknown;

    public ExpressionParser(SourceText source, DiagnosticBag diagnostics)
    {
        _source = source;
        _diagnostics = diagnostics;
    }

    /// <summary>Something was wrong and has been reported.</summary>
    public bool Failed { get; private set; }

    private Token Current => _tokens[_at];

    public Expression? Parse()
    {
        if (_source.Text.Length > MaxLength)
            return Fail(
                0,
                $"the condition has {_source.Text.Length} characters, expected at most {MaxLength}: make two rules "
                + "of it");
        var lexer = new Lexer(_source, _diagnostics);
        _tokens = lexer.Read();
        Failed = lexer.Failed;
        _bracketsUnknown = _tokens.Exists(static token => token.Kind == TokenKind.Bad);
        if (Current.Kind == TokenKind.End)
            return Fail(0, "the condition is empty, expected a comparison such as mem.available < 10%");
        var parts = ImmutableArray.CreateBuilder<Expression>();
        while (true)
        {
            parts.Add(Or());
            if (Current.Kind == TokenKind.End)
                break;
            FailBeyond();
            _at++;
            PassOver();
            if (Current.Kind == TokenKind.End)
                break;
            _at++;
        }

        return parts.Count == 1 ? parts[0] : new LogicalExpression(0, IsAnd: true, parts.ToImmutable());
    }

    private void FailBeyond()
    {
        switch (Current.Kind)
        {
            case TokenKind.Close when _bracketsUnknown:
                break;
            case TokenKind.Close:
                Fail(Current.Start, "')' closes nothing, expected a '(' before it, or no ')'");
                break;
            case TokenKind.For:
                Fail(Current.Start, "a second 'for', expected 'and', 'or' or the end of the condition");
                break;
            default:
                Unexpected("'and', 'or' or the end of the condition");
                break;
        }
    }

    /// <summary>Goes on to where the next part begins: a joint, or the end of the parenthesis or argument.</summary>
    private void PassOver()
    {
        int open = 0;
        while (Current.Kind != TokenKind.End)
        {
            switch (Current.Kind)
            {
                case TokenKind.And or TokenKind.Or when open == 0:
                case TokenKind.Close when open == 0 && _depth > 0:
                case TokenKind.Comma when open == 0 && _commaEnds:
                    return;
                case TokenKind.Open:
                    open++;
                    break;
                case TokenKind.Close when open > 0:
                    open--;
                    break;
            }

            _at++;
        }
    }

    /// <summary>Goes on to the end of the parenthesis or of the arguments.</summary>
    private void PassGroup()
    {
        int open = 0;
        while (Current.Kind != TokenKind.End && (Current.Kind != TokenKind.Close || open > 0))
        {
            open += Current.Kind == TokenKind.Open ? 1 : Current.Kind == TokenKind.Close ? -1 : 0;
            _at++;
        }
    }

    private Expression Or() => Chain(TokenKind.Or);

    private Expression Chain(TokenKind joint)
    {
        int start = Current.Start;
        var parts = ImmutableArray.CreateBuilder<Expression>();
        while (true)
        {
            parts.Add(joint == TokenKind.Or ? Chain(TokenKind.And) : Part());
            if (Current.Kind != joint)
                break;
            _at++;
        }

        return parts.Count == 1 ? parts[0] : new LogicalExpression(start, joint == TokenKind.And, parts.ToImmutable());
    }

    private Expression Part()
    {
        int start = Current.Start;
        return Not() ?? Misread(start);
    }

    private MisreadExpression Misread(int start)
    {
        PassOver();
        return new MisreadExpression(start);
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
        {
            Unexpected("a duration such as 10s after 'for'");
            PassOver();
            return operand;
        }

        _at++;
        return new HoldExpression(operand.Start, operand, new NumberExpression(token.Start, token.Text, token.Unit));
    }

    private Expression? Parenthesis()
    {
        int open = Current.Start;
        if (!Enter())
            return null;
        bool outer = _commaEnds;
        _commaEnds = false;
        _at++;
        Expression inner = Or();
        _depth--;
        _commaEnds = outer;
        bool isRead = Current.Kind is TokenKind.Close or TokenKind.End;
        if (!isRead)
        {
            Unexpected("'and', 'or' or ')'");
            PassGroup();
        }

        if (Current.Kind == TokenKind.Close)
            _at++;
        else
            FailUnclosed(open, "'(' is not closed, expected a ')'");
        return isRead ? inner : null;
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
            if (left is CallExpression || isArgument)
                return left;
            Unexpected("a comparison: < <= > >= == or !=");
            return new ComparisonExpression(start, left, default, Misread(Current.Start));
        }

        Comparison comparison = Current.Comparison;
        _at++;
        Expression right = Value("a number with its unit, such as 10%") ?? Misread(Current.Start);
        if (Current.Kind == TokenKind.Comparison)
        {
            Fail(Current.Start, "a comparison has two sides; join two comparisons with 'and'");
            PassOver();
        }

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
        bool outer = _commaEnds;
        _commaEnds = true;
        _callDepth++;
        _at += 2;
        Expression? call = Arguments(name);
        _callDepth--;
        _commaEnds = outer;
        _depth--;
        return call;
    }

    private CallExpression? Arguments(Token name)
    {
        var arguments = ImmutableArray.CreateBuilder<Expression>();
        while (Current.Kind != TokenKind.Close || arguments.Count > 0)
        {
            arguments.Add(Argument());
            if (Current.Kind == TokenKind.Close)
                break;
            if (Current.Kind == TokenKind.End)
            {
                FailUnclosed(
                    Current.Start, $"the arguments of '{name.Text}' are not closed, expected ',' or ')'");
                return null;
            }

            if (Current.Kind != TokenKind.Comma)
            {
                Unexpected("',' or ')'");
                PassGroup();
                _at += Current.Kind == TokenKind.Close ? 1 : 0;
                return null;
            }

            _at++;
        }

        _at++;
        return new CallExpression(name.Start, name.Text, arguments.ToImmutable());
    }

    private Expression Argument()
    {
        Token token = Current;
        if (token.Kind != TokenKind.Text)
            return Or();
        _at++;
        return new PatternExpression(token.Start, token.Text);
    }

    private bool Enter()
    {
        if (_depth < MaxDepth)
        {
            _depth++;
            return true;
        }

        _bracketsUnknown = true;
        Fail(Current.Start, $"nested more than {MaxDepth} deep, expected at most that: leave out what changes nothing");
        return false;
    }

    /// <summary>Says so once, of the innermost.</summary>
    private void FailUnclosed(int at, string message)
    {
        if (!_bracketsUnknown)
            Fail(at, message);
        _bracketsUnknown = true;
    }

    private Expression? Unexpected(string expected)
    {
        Token token = Current;
        if (token.Kind == TokenKind.Bad)
            return null;
        string read = token.Kind switch
        {
            TokenKind.End => "the condition ends here",
            TokenKind.Number => $"{Quoted.Of(token.Text + token.Unit)} cannot stand here",
            TokenKind.Text => $"{Quoted.Of(token.Text)} in quotes cannot stand here",
            _ => $"{Quoted.Of(token.Text)} cannot stand here",
        };
        return Fail(token.Start, $"{read}, expected {expected}");
    }

    private Expression? Fail(int at, string message)
    {
        Failed = true;
        _diagnostics.Error(_source.At(at), message);
        return null;
    }
}
