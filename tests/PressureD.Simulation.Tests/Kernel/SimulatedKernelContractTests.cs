using System.Linq;
using PressureD.Contract;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Tests.Kernel;

/// <summary>The simulated kernel does what the contract says, with and without privilege.</summary>
public class SimulatedKernelContractTests
{
    public static TheoryData<string, bool> Cases()
    {
        var data = new TheoryData<string, bool>();
        foreach (var contractCase in KernelContract.All)
        {
            var needs = contractCase.Needs;
            if (!needs.HasFlag(CaseNeeds.LongTriggerWindowsOnly)) data.Add(contractCase.Name, true);
            if (!needs.HasFlag(CaseNeeds.ShortTriggerWindows)) data.Add(contractCase.Name, false);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Keeps_the_contract(string name, bool privileged)
    {
        var contractCase = KernelContract.All.Single(candidate => candidate.Name == name);
        var kernel = new SimulatedKernel(
            new SimulatedMachine(new MachineOptions()),
            new SimulatedKernelOptions { ResourceCapability = privileged, KillCapability = privileged });
        var stage = new SimulatedKernelStage(kernel);
        Assert.Null(contractCase.Lacks(kernel.Features, stage));
        contractCase.Run(kernel, stage);
        stage.Clear();
    }

    [Fact]
    public void Runs_the_suite_twice_on_one_kernel_without_leaking()
    {
        var kernel = new SimulatedKernel(new SimulatedMachine(new MachineOptions()));
        var stage = new SimulatedKernelStage(kernel);
        for (var round = 0; round < 2; round++)
        {
            foreach (var contractCase in KernelContract.All)
            {
                if (contractCase.Lacks(kernel.Features, stage) is not null) continue;
                contractCase.Run(kernel, stage);
                stage.Clear();
            }
        }

        Assert.Equal(0, kernel.OpenDescriptors);
    }
}
