using System;
using System.Collections.Generic;
using System.Linq;
using PressureD.Contract;
using PressureD.Contract.Linux;

namespace PressureD.Linux.Tests;

/// <summary>This machine's kernel and stage, and which cases of the contract can be shown with them.</summary>
public sealed class ContractFixture : IDisposable
{
    private static readonly Lazy<IReadOnlyDictionary<string, string?>> Reasons = new(FindReasons);

    public LinuxKernel Kernel { get; } = LinuxKernel.Open();

    public LinuxStage Stage { get; }

    public ContractFixture() => Stage = new LinuxStage(Kernel);

    /// <summary>The cases that this machine can show, by name.</summary>
    public static TheoryData<string> Possible() =>
        [.. Reasons.Value.Where(pair => pair.Value is null).Select(pair => pair.Key)];

    /// <summary>The others, with the reason.</summary>
    public static IEnumerable<(string Name, string Reason)> Skipped() =>
        Reasons.Value.Where(pair => pair.Value is not null).Select(pair => (pair.Key, pair.Value!));

    public void Dispose()
    {
        Stage.Dispose();
        Kernel.Dispose();
    }

    private static Dictionary<string, string?> FindReasons()
    {
        using var fixture = new ContractFixture();
        return KernelContract.All.ToDictionary(
            each => each.Name, each => each.Lacks(fixture.Kernel.Features, fixture.Stage));
    }
}
