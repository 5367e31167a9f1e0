using System;
using System.IO;

namespace PressureD.Cli.Tests;

/// <summary>Files of the source tree that the tests are about.</summary>
internal static class Repository
{
    internal static string PathOf(params string[] parts)
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "PressureD.sln")))
                return Path.Combine([at.FullName, .. parts]);
        }

        throw new DirectoryNotFoundException("no PressureD.sln above the tests");
    }
}
