using System;
using PressureD.Core.Kernel;

namespace PressureD.Core.Victims;

/// <summary>
/// What processes execute, with which arguments, in which environment: read by workers, for the few that matchers ask
/// about. Room is made only for what the policy asks.
/// </summary>
internal sealed class CostlyTexts
{
    private const int Executables = 128;
    private const int ExecutableCharacters = 512;

    /// <summary>As many as are looked at ahead of need, twice.</summary>
    private const int Others = 32;

    /// <summary>What the kernel gives of them at most.</summary>
    private const int OtherCharacters = 4096;

    private readonly IKernel _kernel;
    private CostlyText? _exe;
    private CostlyText? _arguments;
    private CostlyText? _environment;

    public CostlyTexts(IKernel kernel) => _kernel = kernel;

    /// <summary>Whether the verdict waits for something that a worker reads.</summary>
    public bool IsWaiting => _exe is { IsWaiting: true } || _arguments is { IsWaiting: true }
        || _environment is { IsWaiting: true };

    /// <summary>
    /// Whether nothing is asked for: every text is empty then. The first sight of all candidates is cheap.
    /// </summary>
    public bool IsSkipped { get; set; }

    /// <summary>A selection starts: nothing is being waited for.</summary>
    /// <param name="kill">Whose matchers will ask.</param>
    /// <param name="nowUsec">The step's time.</param>
    /// <param name="mayWait">False when this selection must end now: what has not come by now is unreadable.</param>
    public void BeginSelection(CompiledKill kill, long nowUsec, bool mayWait)
    {
        IsSkipped = false;
        if (kill.AsksFor(ProcessFile.Exe))
            _exe ??= new CostlyText(_kernel, ProcessFile.Exe, Executables, ExecutableCharacters);
        if (kill.AsksFor(ProcessFile.Cmdline))
            _arguments ??= new CostlyText(_kernel, ProcessFile.Cmdline, Others, OtherCharacters);
        if (kill.AsksFor(ProcessFile.Environ))
            _environment ??= new CostlyText(_kernel, ProcessFile.Environ, Others, OtherCharacters);
        _exe?.BeginSelection(nowUsec, mayWait);
        _arguments?.BeginSelection(nowUsec, mayWait);
        _environment?.BeginSelection(nowUsec, mayWait);
    }

    /// <summary>The executable's path; empty while unknown or unreadable.</summary>
    public ReadOnlySpan<char> Executable(Subject subject) => Of(_exe, subject);

    /// <summary>The arguments, each ended by NUL.</summary>
    public ReadOnlySpan<char> Arguments(Subject subject) => Of(_arguments, subject);

    /// <summary>NAME=value, each ended by NUL.</summary>
    public ReadOnlySpan<char> Environment(Subject subject) => Of(_environment, subject);

    /// <summary>Asks ahead of need for all that a kill's matchers ask of a process.</summary>
    public void Fetch(CompiledKill kill, Subject subject)
    {
        if (kill.AsksFor(ProcessFile.Exe))
            Executable(subject);
        if (kill.AsksFor(ProcessFile.Cmdline))
            Arguments(subject);
        if (kill.AsksFor(ProcessFile.Environ))
            Environment(subject);
    }

    private ReadOnlySpan<char> Of(CostlyText? texts, Subject subject) =>
        texts is null || IsSkipped ? default : texts.Of(subject.Pid, subject.Stat.StartTicks, subject.Comm);
}
