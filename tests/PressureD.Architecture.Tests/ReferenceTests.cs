using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace PressureD.Architecture.Tests;

/// <summary>Who may refer to whom, and which packages they may use. Any other arrow is a mistake.</summary>
public sealed class ReferenceTests
{
    /// <summary>Source projects by name; allowed projects; allowed packages.</summary>
    public static TheoryData<string, string, string> Allowed { get; } = new()
    {
        { "PressureD.Core", "", "" },
        { "PressureD.Yaml", "PressureD.Core", "YamlDotNet" },
        { "PressureD.Linux", "PressureD.Core", "" },
        { "PressureD.Systemd", "PressureD.Core", "" },
        { "PressureD.Simulation", "PressureD.Core PressureD.Yaml", "" },
        {
            "PressureD",
            "PressureD.Core PressureD.Linux PressureD.Systemd PressureD.Yaml",
            "Microsoft.Extensions.Hosting"
        },
        {
            "PressureD.Cli",
            "PressureD.Core PressureD.Linux PressureD.Simulation PressureD.Systemd PressureD.Yaml",
            "Spectre.Console System.CommandLine"
        },
    };

    [Theory]
    [MemberData(nameof(Allowed))]
    public void A_project_refers_to_nothing_else(string project, string projects, string packages)
    {
        string file = Repository.ProjectOf(project);
        Assert.Equal($"src/{project}/{project}.csproj", file);
        Assert.Empty(Repository.ProjectReferences(file).Except(Words(projects)));
        Assert.Empty(Repository.PackageReferences(file).Except(Words(packages)));
    }

    [Fact]
    public void Every_source_project_has_its_rule_and_its_tests()
    {
        string[] projects = Repository.Projects
            .Where(static path => path.StartsWith("src/", StringComparison.Ordinal))
            .Select(static path => Path.GetFileNameWithoutExtension(path))
            .ToArray();
        Assert.Equal(
            Allowed.Select(static row => (string)row[0]).Order(StringComparer.Ordinal),
            projects.Order(StringComparer.Ordinal));
        foreach (string project in projects)
            Assert.Contains($"tests/{project}.Tests/{project}.Tests.csproj", Repository.Projects);
    }

    [Fact]
    public void Indirect_references_are_no_way_around()
    {
        Assert.Contains(
            "<DisableTransitiveProjectReferences>true</DisableTransitiveProjectReferences>",
            Repository.Read("Directory.Build.props"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_but_the_command_line_tool_refers_to_the_simulation()
    {
        string[] users = Repository.Projects
            .Where(static path => path.StartsWith("src/", StringComparison.Ordinal))
            .Where(static path => Repository.ProjectReferences(path).Contains("PressureD.Simulation"))
            .ToArray();
        Assert.Equal(["src/PressureD.Cli/PressureD.Cli.csproj"], users);
    }

    [Fact]
    public void The_solution_lists_every_project_and_no_other()
    {
        string[] listed = Regex.Matches(Repository.Read("PressureD.sln"), "\"([^\"]+\\.csproj)\"")
            .Select(static match => match.Groups[1].Value.Replace('\\', '/'))
            .Order(StringComparer.Ordinal)
            .ToArray();
        Assert.Equal(Repository.Projects.Order(StringComparer.Ordinal), listed);
    }

    [Fact]
    public void Package_versions_are_central()
    {
        foreach (string project in Repository.Projects)
            Assert.DoesNotMatch("<PackageReference[^>]*\\bVersion(Override)?=", Repository.Read(project));
        Assert.Contains(
            "<ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally>",
            Repository.Read("Directory.Packages.props"),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PressureD.Core")]
    [InlineData("PressureD.Simulation")]
    public void What_must_be_deterministic_has_banned_symbols(string project)
    {
        string[] banned = Repository.Lines($"eng/BannedSymbols.{project}.txt");
        string[] symbols =
        [
            "T:System.DateTime", "T:System.TimeProvider", "T:System.Diagnostics.Stopwatch", "T:System.Random",
            "N:System.IO",
            "T:System.Console", "T:System.Threading.Tasks.Task", "T:System.Threading.Thread",
            "T:System.Runtime.InteropServices.DllImportAttribute",
            "T:System.Runtime.InteropServices.LibraryImportAttribute",
        ];
        foreach (string symbol in symbols)
            Assert.Contains(banned, line => line.StartsWith(symbol + ";", StringComparison.Ordinal));
    }

    [Fact]
    public void Banned_symbols_are_wired_in_and_break_the_build()
    {
        string props = Repository.Read("Directory.Build.props");
        Assert.Contains("eng/BannedSymbols.$(MSBuildProjectName).txt", props, StringComparison.Ordinal);
        Assert.Contains("Microsoft.CodeAnalysis.BannedApiAnalyzers", props, StringComparison.Ordinal);
        Assert.Contains("<AdditionalFiles Include=\"$(BannedSymbolsFile)\"", props, StringComparison.Ordinal);
        Assert.Contains("<TreatWarningsAsErrors>true</TreatWarningsAsErrors>", props, StringComparison.Ordinal);
        Assert.Contains(
            "dotnet_diagnostic.RS0030.severity = error", Repository.Read(".editorconfig"), StringComparison.Ordinal);
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
