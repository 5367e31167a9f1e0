using System.Collections.Generic;
using PressureD.Contract.Cases;

namespace PressureD.Contract;

/// <summary>The whole suite, in the order in which it is run.</summary>
public static class KernelContract
{
    /// <summary>Every case.</summary>
    public static IReadOnlyList<ContractCase> All { get; } =
    [
        .. FileCases.All, .. CgroupCases.All, .. ProcessCases.All, .. TriggerCases.All, .. OperationCases.All,
        .. WriteCases.All, .. WaitCases.All,
    ];
}
