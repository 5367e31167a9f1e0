using System;
using PressureD.Contract;
using PressureD.Contract.Linux;
using PressureD.Linux;

// Runs the contract against this machine's kernel: one line per case, then the sum. Arguments select cases by a part of
// their name. Exit code: 0 when no case failed, 1 when one did, 2 when nothing could be run.
int passed = 0, failed = 0, skipped = 0;
try
{
    using var kernel = LinuxKernel.Open();
    using var stage = new LinuxStage(kernel);
    Console.WriteLine(kernel.Features);
    foreach (var sentence in KernelFeaturesReport.Missing(kernel.Features)) Console.WriteLine("missing: " + sentence);
    foreach (var contractCase in KernelContract.All)
    {
        if (args.Length > 0 && !Array.Exists(args, part => contractCase.Name.Contains(part, StringComparison.Ordinal)))
            continue;
        if (contractCase.Lacks(kernel.Features, stage) is { } reason)
        {
            skipped++;
            Console.WriteLine($"skip  {contractCase.Name}: {reason}");
            continue;
        }

        try
        {
            contractCase.Run(kernel, stage);
            passed++;
            Console.WriteLine($"pass  {contractCase.Name}");
        }
        catch (Exception exception)
        {
            failed++;
            Console.WriteLine($"FAIL  {contractCase.Name}: {exception.Message}");
        }

        stage.Clear();
    }
}
catch (Exception exception)
{
    Console.Error.WriteLine($"pressured-contract: {exception.Message}");
    return 2;
}

Console.WriteLine($"contract: {passed} passed, {failed} failed, {skipped} skipped");
return failed > 0 ? 1 : passed > 0 ? 0 : 2;
