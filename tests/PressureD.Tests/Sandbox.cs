using System;
using System.IO;

namespace PressureD.Tests;

/// <summary>Directories of one test: policy, run store, kept state.</summary>
internal sealed class Sandbox : IDisposable
{
    /// <summary>A policy that asks a lot and can never act: nothing is above a whole.</summary>
    public const string QuietPolicy =
        """
        version: 1
        rules:
          - name: never
            when: mem.total < 1MiB
            then: [ { log: "cannot be" } ]
        """;

    private readonly string _top = Directory.CreateTempSubdirectory("pressured-test-").FullName;

    public Sandbox()
    {
        Directory.CreateDirectory(Config);
        Directory.CreateDirectory(Run);
        Directory.CreateDirectory(State);
    }

    public string Config => Path.Combine(_top, "config");

    public string Run => Path.Combine(_top, "run");

    public string State => Path.Combine(_top, "state");

    public string Policy => Path.Combine(Config, "pressured.yaml");

    public string PathOf(string name) => Path.Combine(_top, name);

    public Sandbox WithPolicy(string text)
    {
        File.WriteAllText(Policy, text);
        return this;
    }

    public void Dispose() => Directory.Delete(_top, recursive: true);
}
