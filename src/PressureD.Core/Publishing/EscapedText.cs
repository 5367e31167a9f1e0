using System.Text;

namespace PressureD.Core.Publishing;

/// <summary>Text with names that others chose, for a terminal: what could forge lines or steer it is escaped.</summary>
public static class EscapedText
{
    public static string Of(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return new TextBuffer((4 * bytes.Length) + 4).AppendEscaped(bytes).ToString();
    }
}
