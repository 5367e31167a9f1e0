using System;
using System.Text;
using PressureD.Core.Kernel;

namespace PressureD.Contract;

/// <summary>
/// Checks of the contract: each throws <see cref="ContractFailure"/> saying what was expected of what.
/// </summary>
public static class Check
{
    public static void True(bool condition, string what)
    {
        if (!condition) throw new ContractFailure($"{what}: expected to hold, does not");
    }

    public static void Equal(long expected, long actual, string what)
    {
        if (expected != actual) throw new ContractFailure($"{what}: expected {Show(expected)}, was {Show(actual)}");
    }

    public static void Equal(string expected, ReadOnlySpan<byte> actual, string what)
    {
        var text = Encoding.UTF8.GetString(actual);
        if (text != expected)
            throw new ContractFailure($"{what}: expected \"{Escape(expected)}\", was \"{Escape(text)}\"");
    }

    public static void StartsWith(string expected, ReadOnlySpan<byte> actual, string what)
    {
        var text = Encoding.UTF8.GetString(actual);
        if (!text.StartsWith(expected, StringComparison.Ordinal))
            throw new ContractFailure($"{what}: expected to start with \"{Escape(expected)}\", was \"{Escape(text)}\"");
    }

    public static void Contains(string expected, ReadOnlySpan<byte> actual, string what)
    {
        var text = Encoding.UTF8.GetString(actual);
        if (!text.Contains(expected, StringComparison.Ordinal))
            throw new ContractFailure($"{what}: expected to contain \"{Escape(expected)}\", was \"{Escape(text)}\"");
    }

    /// <summary>The call failed with exactly this error number.</summary>
    public static void Fails(int errno, int result, string what) => Equal(-errno, result, what);

    /// <summary>The call did not fail; its result is passed on.</summary>
    public static int Succeeds(int result, string what)
    {
        if (result < 0) throw new ContractFailure($"{what}: failed with {Show(result)}");
        return result;
    }

    /// <summary>The call said that the thing is gone (<see cref="Errno.IsGone"/>).</summary>
    public static void Gone(int result, string what)
    {
        if (!Errno.IsGone(result)) throw new ContractFailure($"{what}: expected gone, was {Show(result)}");
    }

    private static string Show(long result) =>
        result is < 0 and > -4096 ? $"{result} ({Errno.Name((int)result)})" : $"{result}";

    private static string Escape(string text) =>
        text.Replace("\n", "\\n", StringComparison.Ordinal).Replace("\0", "\\0", StringComparison.Ordinal);
}
