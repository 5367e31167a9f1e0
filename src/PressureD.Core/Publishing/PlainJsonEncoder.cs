using System;
using System.Text;
using System.Text.Encodings.Web;

namespace PressureD.Core.Publishing;

/// <summary>
/// JSON for terminals, files and programs: readable (no escapes for HTML's sake), and what could mislead whoever looks
/// at it (<see cref="PlainText.IsPlain"/>) as \uNNNN.
/// </summary>
public sealed unsafe class PlainJsonEncoder : JavaScriptEncoder
{
    public static readonly PlainJsonEncoder Instance = new();

    private PlainJsonEncoder()
    {
    }

    /// <inheritdoc/>
    public override int MaxOutputCharactersPerInputCharacter => 6;

    /// <inheritdoc/>
    public override bool WillEncode(int unicodeScalar) =>
        unicodeScalar is '"' or '\\' || !Rune.IsValid(unicodeScalar) || !PlainText.IsPlain(new Rune(unicodeScalar));

    /// <inheritdoc/>
    public override int FindFirstCharacterToEncode(char* text, int textLength)
    {
        var rest = new ReadOnlySpan<char>(text, textLength);
        while (!rest.IsEmpty)
        {
            Rune.DecodeFromUtf16(rest, out Rune rune, out int length);
            bool isWhole = rune.Utf16SequenceLength == length && (rune.Value != 0xFFFD || rest[0] == 0xFFFD);
            if (!isWhole || WillEncode(rune.Value))
                return textLength - rest.Length;
            rest = rest[length..];
        }

        return -1;
    }

    /// <inheritdoc/>
    public override bool TryEncodeUnicodeScalar(
        int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        var output = new Span<char>(buffer, bufferLength);
        numberOfCharactersWritten = 0;
        if (Short(unicodeScalar) is char letter and not '\0')
        {
            if (bufferLength < 2)
                return false;
            output[0] = '\\';
            output[1] = letter;
            numberOfCharactersWritten = 2;
            return true;
        }

        Span<char> units = stackalloc char[2];
        int count = new Rune(unicodeScalar).EncodeToUtf16(units);
        if (bufferLength < 6 * count)
            return false;
        foreach (char unit in units[..count])
        {
            Escape(unit, output[numberOfCharactersWritten..]);
            numberOfCharactersWritten += 6;
        }

        return true;
    }

    /// <summary>What stands behind the backslash for what JSON has a short form of; NUL for all else.</summary>
    private static char Short(int unicodeScalar) => unicodeScalar switch
    {
        '"' or '\\' => (char)unicodeScalar,
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        '\b' => 'b',
        '\f' => 'f',
        _ => '\0',
    };

    private static void Escape(char unit, Span<char> output)
    {
        output[0] = '\\';
        output[1] = 'u';
        for (int i = 0; i < 4; i++)
            output[2 + i] = "0123456789ABCDEF"[(unit >> (12 - (4 * i))) & 15];
    }
}
