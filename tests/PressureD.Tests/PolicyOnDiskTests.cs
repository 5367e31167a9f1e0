using System.IO;
using System.Linq;

namespace PressureD.Tests;

/// <summary>Files that change under a running daemon that does not reload them by itself.</summary>
public sealed class PolicyOnDiskTests(PublishedProduct product) : IClassFixture<PublishedProduct>
{
    private const string Other = """
        version: 1
        rules:
          - { name: other, when: mem.total < 2MiB, then: [ { log: "cannot be" } ] }
        """;

    /// <summary>Each is looked at every ten seconds: they wait side by side.</summary>
    [Fact]
    public void What_changes_is_told_once_and_so_is_its_return()
    {
        using var differing = new Sandbox();
        using var vanished = new Sandbox();
        using var extended = new Sandbox();
        using RunningDaemon differs = Start(differing);
        using RunningDaemon vanishes = Start(vanished);
        using RunningDaemon isExtended = Start(extended);
        string aside = vanished.PathOf("aside");
        string dropIn = Path.Combine(extended.Config, "policies.d", "mine.yaml");

        differing.WithPolicy(Other);
        Directory.Move(vanished.Config, aside);
        Directory.CreateDirectory(Path.GetDirectoryName(dropIn)!);
        File.WriteAllText(dropIn, "version: 1\n");
        File.SetUnixFileMode(dropIn, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherWrite);
        differs.Program.Says("the policy on disk differs from what runs");
        vanishes.Program.Says($"{vanished.Config}: does not exist");
        vanishes.Program.Says("the policy on disk cannot be read as a whole: what runs stays in force");
        isExtended.Program.Says($"{dropIn}: writable by more than its owner; remedy: chmod go-w {dropIn}");
        isExtended.Program.Says("cannot be read as a whole");
        vanishes.Reload();
        vanishes.Program.Says("reload refused");

        differing.WithPolicy(Sandbox.QuietPolicy);
        Directory.Move(aside, vanished.Config);
        File.Delete(dropIn);
        RunningDaemon[] all = [differs, vanishes, isExtended];
        foreach (RunningDaemon daemon in all)
        {
            daemon.Program.Says("the policy on disk is again the one that runs");
            daemon.Leave();
            Assert.Equal(0, daemon.Program.Count("reloaded: "));
        }

        Assert.Equal([1, 0, 0], all.Select(static daemon => daemon.Program.Count("differs from what runs")));
        Assert.Equal([0, 1, 1], all.Select(static daemon => daemon.Program.Count("cannot be read as a whole")));
    }

    private RunningDaemon Start(Sandbox sandbox) =>
        new(product, sandbox.WithPolicy(Sandbox.QuietPolicy), "--bus", "none");
}
