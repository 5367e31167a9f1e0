namespace PressureD.Core.Policy.Expressions;

internal enum TokenKind
{
    /// <summary>A metric's name, perhaps with <c>host.</c> before it.</summary>
    Name,

    /// <summary>Digits and, without or with a space, a unit.</summary>
    Number,
    Comparison,
    And,
    Or,
    Not,
    For,
    Of,

    /// <summary>A text in quotes, without them.</summary>
    Text,
    Open,
    Close,
    Comma,

    /// <summary>Something that was already complained about.</summary>
    Bad,
    End,
}
