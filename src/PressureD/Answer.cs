using System;
using System.IO;

namespace PressureD;

/// <summary>What is asked for on standard output, by whoever does not run the daemon.</summary>
internal static class Answer
{
    /// <summary>Writes it, or says why it cannot be written.</summary>
    /// <param name="text">Lines.</param>
    /// <param name="exitCode">What the process shall end with; a success is none when nobody was told.</param>
    public static int Write(string text, int exitCode = ExitCode.Success)
    {
        try
        {
            Console.Out.Write(text);
            return exitCode;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"pressured: cannot write: {e.InnerException?.Message ?? e.Message}");
            return exitCode == ExitCode.Success ? ExitCode.Failure : exitCode;
        }
    }
}
