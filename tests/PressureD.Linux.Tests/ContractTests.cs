using System.Linq;
using PressureD.Contract;
using Xunit.Abstractions;

namespace PressureD.Linux.Tests;

/// <summary>The kernel contract against the kernel that runs these tests.</summary>
public sealed class ContractTests(ContractFixture fixture, ITestOutputHelper output) : IClassFixture<ContractFixture>
{
    [Theory]
    [MemberData(nameof(ContractFixture.Possible), MemberType = typeof(ContractFixture))]
    public void This_kernel_keeps_the_contract(string name)
    {
        var openBefore = fixture.Kernel.OpenDescriptors;
        try
        {
            KernelContract.All.Single(each => each.Name == name).Run(fixture.Kernel, fixture.Stage);
            Assert.Equal(openBefore, fixture.Kernel.OpenDescriptors);
        }
        finally
        {
            fixture.Stage.Clear();
        }
    }

    [Fact]
    public void Cases_that_this_machine_cannot_show_have_a_reason()
    {
        foreach (var (name, reason) in ContractFixture.Skipped())
        {
            output.WriteLine($"SKIPPED {name}: {reason}");
            Assert.NotEmpty(reason);
        }

        Assert.Equal(KernelContract.All.Count, ContractFixture.Possible().Count + ContractFixture.Skipped().Count());
    }
}
