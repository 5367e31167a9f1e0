using System.Text;

namespace PressureD.Core.Policy.Expressions;

/// <summary>
/// Writes a condition in its normal form: one line, single spaces, no parentheses that change nothing.
/// </summary>
internal static class ExpressionText
{
    public static string Of(Expression root)
    {
        var text = new StringBuilder();
        Append(text, root);
        return text.ToString();
    }

    public static string SignOf(Comparison comparison) => comparison switch
    {
        Comparison.Less => "<",
        Comparison.LessOrEqual => "<=",
        Comparison.Greater => ">",
        Comparison.GreaterOrEqual => ">=",
        Comparison.Equal => "==",
        _ => "!=",
    };

    private static void Append(StringBuilder text, Expression expression)
    {
        switch (expression)
        {
            case LogicalExpression logical:
                for (int i = 0; i < logical.Parts.Length; i++)
                {
                    if (i > 0)
                        text.Append(logical.IsAnd ? " and " : " or ");
                    AppendWithin(text, logical.Parts[i], Binds(logical, logical.Parts[i]));
                }

                break;
            case NotExpression not:
                text.Append("not ");
                AppendWithin(text, not.Operand, not.Operand is LogicalExpression);
                break;
            case HoldExpression hold:
                AppendWithin(text, hold.Operand, hold.Operand is not (ComparisonExpression or CallExpression));
                text.Append(" for ").Append(hold.Duration.Text);
                break;
            case ComparisonExpression flipped when IsTurned(flipped):
                Append(text, flipped.Right);
                text.Append(' ').Append(SignOf(Flip(flipped.Comparison))).Append(' ');
                Append(text, flipped.Left);
                break;
            case ComparisonExpression comparison:
                Append(text, comparison.Left);
                text.Append(' ').Append(SignOf(comparison.Comparison)).Append(' ');
                Append(text, comparison.Right);
                break;
            case ShareExpression share:
                text.Append(share.Share.Text).Append(" of ");
                Append(text, share.Whole);
                break;
            case CallExpression call:
                text.Append(call.Name).Append('(');
                for (int i = 0; i < call.Arguments.Length; i++)
                {
                    text.Append(i > 0 ? ", " : "");
                    Append(text, call.Arguments[i]);
                }

                text.Append(')');
                break;
            case PatternExpression pattern:
                char quote = pattern.Text.Contains('"') ? '\'' : '"';
                text.Append(quote).Append(pattern.Text).Append(quote);
                break;
            case NameExpression name:
                text.Append(name.Name);
                break;
            case NumberExpression number:
                text.Append(number.Text);
                break;
        }
    }

    /// <summary>Whether a part needs parentheses: an "or" within an "and".</summary>
    private static bool Binds(LogicalExpression whole, Expression part) =>
        whole.IsAnd && part is LogicalExpression { IsAnd: false };

    private static void AppendWithin(StringBuilder text, Expression expression, bool parenthesised)
    {
        if (parenthesised)
            text.Append('(');
        Append(text, expression);
        if (parenthesised)
            text.Append(')');
    }

    /// <summary>Whether the sides change places: a number is always on the right, a share where it can be.</summary>
    public static bool IsTurned(ComparisonExpression comparison) => comparison switch
    {
        { Left: NumberExpression, Right: not NumberExpression } => true,
        { Left: ShareExpression, Right: NameExpression or CallExpression } => true,
        _ => false,
    };

    /// <summary>What a comparison is called from the other side.</summary>
    public static Comparison Flip(Comparison comparison) => comparison switch
    {
        Comparison.Less => Comparison.Greater,
        Comparison.LessOrEqual => Comparison.GreaterOrEqual,
        Comparison.Greater => Comparison.Less,
        Comparison.GreaterOrEqual => Comparison.LessOrEqual,
        _ => comparison,
    };
}
