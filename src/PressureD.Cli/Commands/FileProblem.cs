using System;
using System.IO;

namespace PressureD.Cli.Commands;

/// <summary>
/// Why a file cannot be read or written, in words. The base library calls it a lack of rights when it is a directory,
/// and repeats its name.
/// </summary>
internal static class FileProblem
{
    /// <summary>To stand behind "cannot be read: " or "cannot be written: ".</summary>
    /// <param name="path">The file.</param>
    /// <param name="problem">What was thrown.</param>
    internal static string Of(string path, Exception problem) => problem switch
    {
        _ when Directory.Exists(path) => "it is a directory",
        FileNotFoundException => "it does not exist",
        DirectoryNotFoundException => "its directory does not exist",
        UnauthorizedAccessException { InnerException: { } inner } => inner.Message,
        _ => problem.Message,
    };
}
