using System;
using System.Diagnostics;
using System.IO;
using System.Runtime.CompilerServices;

namespace PressureD.Tests;

/// <summary>
/// What <c>packaging/publish</c> made: the directory in PRESSURED_PUBLISHED, or one published now for all tests.
/// </summary>
public sealed class PublishedProduct
{
    private static readonly Lazy<string> PublishedNow = new(PublishNow);

    public PublishedProduct()
    {
        string? given = Environment.GetEnvironmentVariable("PRESSURED_PUBLISHED");
        if (string.IsNullOrEmpty(given))
            given = PublishedNow.Value;
        Daemon = Path.Combine(given, "pressured");
        Tool = Path.Combine(given, "pressurectl");
        ShippedPolicy = Path.Combine(given, "config");
        Assert.True(File.Exists(Daemon), $"there is no {Daemon}");
    }

    /// <summary>The daemon's program.</summary>
    public string Daemon { get; }

    /// <summary>pressurectl.</summary>
    public string Tool { get; }

    /// <summary>The directory of the shipped policy.</summary>
    public string ShippedPolicy { get; }

    private static string PublishNow()
    {
        string directory = Directory.CreateTempSubdirectory("pressured-published-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(directory, recursive: true);
        Publish(directory);
        return directory;
    }

    private static void Publish(string directory, [CallerFilePath] string here = "")
    {
        string script = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../packaging/publish"));
        var start = new ProcessStartInfo(script, [directory])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process publish = Process.Start(start)!;
        publish.OutputDataReceived += static (_, _) => { };
        publish.BeginOutputReadLine();
        string errors = publish.StandardError.ReadToEnd();
        publish.WaitForExit();
        Assert.True(publish.ExitCode == 0, errors);
    }
}
