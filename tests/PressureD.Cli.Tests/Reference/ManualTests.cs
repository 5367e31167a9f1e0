using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using PressureD.Cli.Completion;
using PressureD.Cli.Reference;
using PressureD.Core.Policy;
using PressureD.Systemd.Tests;
using PressureD.Yaml.Schema;

namespace PressureD.Cli.Tests.Reference;

/// <summary>The manual pages: formed well, complete, and up to date with the tables.</summary>
public sealed class ManualTests
{
    public static TheoryData<string> Pages() => new(
        Directory.GetFiles(Repository.PathOf("packaging"))
            .Select(static path => Path.GetFileName(path))
            .Where(static name => name[^2] == '.' && char.IsAsciiDigit(name[^1])));

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_page_has_no_warnings(string page)
    {
        (int code, string output) = ChildProcess.Run(
            "mandoc", "-T", "lint", "-W", "warning", Repository.PathOf("packaging", page));
        Assert.Equal(("", 0), (output, code));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void What_is_generated_is_up_to_date(string page)
    {
        string path = Repository.PathOf("packaging", page);
        string text = File.ReadAllText(path);
        Assert.True(text == PolicyReference.Update(text), $"make it anew: pressurectl docs {path}");
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_page_is_published_and_installed(string page)
    {
        Assert.Contains($"packaging/{page}\"", File.ReadAllText(Repository.PathOf("packaging", "publish")));
        Assert.Contains(
            $"\"$from/{page}\" \"$to/usr/share/man/man{page[^1]}/{page}\"",
            File.ReadAllText(Repository.PathOf("packaging", "install")));
    }

    [Fact]
    public void Every_command_of_the_tool_is_on_its_page()
    {
        string page = Rendered("pressurectl.1");
        CompletedCommand[] commands =
        [
            .. CompletedCommand.Of(PressurectlCommand.Create()).All().Where(static one => one.Commands.Count == 0),
        ];
        Assert.True(commands.Length > 20);
        Assert.All(commands, command => Assert.Matches($@"\n     {command.Path.Trim()}(?![\w-])", page));
    }

    [Fact]
    public void Every_option_of_the_tool_is_on_its_page()
    {
        string page = Rendered("pressurectl.1");
        string[] missing =
        [
            .. CompletedCommand.Of(PressurectlCommand.Create()).All()
                .SelectMany(static command => command.Options, static (command, option) => (command.Path, option))
                .Where(named => !named.option.Names.Any(name => Regex.IsMatch(page, $@"{name}(?![\w-])")))
                .Select(static named => $"{named.Path} {named.option.Names[^1]}"),
        ];
        Assert.Empty(missing);
    }

    [Fact]
    public void Every_key_metric_and_function_is_on_a_page()
    {
        string keys = Rendered("pressured.yaml.5");
        foreach (KeyTable table in Tables.Below(PolicySchema.Top).Prepend(PolicySchema.Top))
            Assert.All(table.Keys, key => Assert.Contains($"\n     {key.Name}", keys));
        string language = Rendered("pressured-policies.7");
        Assert.All(MetricCatalog.All.ToArray(), metric => Assert.Contains($"\n     {metric.Name}", language));
        Assert.All(
            FunctionCatalog.All.ToArray(), function => Assert.Contains(function.Signature.Split('(')[0], language));
    }

    private static string Rendered(string page) => ChildProcess.Run(
        "sh", "-c", "mandoc -T ascii -O indent=5,width=200 \"$1\" | sed 's/.\\x08//g'", "sh",
        Repository.PathOf("packaging", page)).Output;
}
