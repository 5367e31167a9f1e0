using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace PressureD.Architecture.Tests;

/// <summary>The source tree that these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Every project file, as paths from the root.</summary>
    public static IReadOnlyList<string> Projects { get; } = Find("*.csproj");

    /// <summary>Every C# file, as paths from the root.</summary>
    public static IReadOnlyList<string> Sources { get; } = Find("*.cs");

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static string[] Lines(string path) => File.ReadAllLines(Path.Combine(Root, path));

    public static bool Exists(string path) => File.Exists(Path.Combine(Root, path));

    /// <summary>The names of the projects that one refers to, sorted.</summary>
    public static string[] ProjectReferences(string project) =>
        Items(project, "ProjectReference", static include => Path.GetFileNameWithoutExtension(include));

    /// <summary>The packages that a project asks for itself, sorted.</summary>
    public static string[] PackageReferences(string project) => Items(project, "PackageReference", static name => name);

    /// <summary>The project file of a name.</summary>
    public static string ProjectOf(string name) =>
        Projects.Single(path => Path.GetFileNameWithoutExtension(path) == name);

    private static string[] Items(string project, string kind, Func<string, string> name) =>
        XDocument.Load(Path.Combine(Root, project)).Descendants(kind)
            .Select(item => name(((string)item.Attribute("Include")!).Replace('\\', '/')))
            .Order(StringComparer.Ordinal)
            .ToArray();

    private static string[] Find(string pattern) =>
        new[] { "src", "tests" }
            .SelectMany(top => Directory.EnumerateFiles(Path.Combine(Root, top), pattern, SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(static path => !path.Split('/').Any(static part => part is "bin" or "obj" or "artifacts"))
            .Order(StringComparer.Ordinal)
            .ToArray();

    private static string FindRoot([CallerFilePath] string here = "")
    {
        string? directory = Path.GetDirectoryName(here);
        while (directory is not null && !File.Exists(Path.Combine(directory, "PressureD.sln")))
            directory = Path.GetDirectoryName(directory);
        return directory ?? throw new InvalidOperationException($"there is no PressureD.sln above {here}");
    }
}
