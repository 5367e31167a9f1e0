using System.Threading;
using PressureD.Core.Publishing;

namespace PressureD.Core.Commands;

/// <summary>
/// A bounded queue of preallocated commands from one asking thread to the loop and back, answered in the order in
/// which they were asked. Nobody waits: a full queue says so, and answers lie until they are taken.
/// </summary>
public sealed class CommandQueue
{
    /// <summary>Commands under way at most; at about 20 KiB each.</summary>
    public const int Slots = 4;

    private readonly Command[] _slots = new Command[Slots];
    private readonly IWake? _loop;
    private readonly IWake? _asker;

    // All three only grow. The asker writes the first and the last, the loop the one in the middle.
    private long _submitted;
    private long _answered;
    private long _released;

    /// <param name="loop">Signalled after each submission; null when the loop looks by itself.</param>
    /// <param name="asker">Signalled after each answer; null when the asker looks by itself.</param>
    public CommandQueue(IWake? loop = null, IWake? asker = null)
    {
        _loop = loop;
        _asker = asker;
        for (int i = 0; i < Slots; i++)
            _slots[i] = new Command();
    }

    /// <summary>Asker: a blank command to fill and <see cref="Submit"/>; null when all are under way.</summary>
    public Command? Begin(CommandKind kind)
    {
        if (_submitted - _released >= Slots)
            return null;
        Command command = Slot(_submitted);
        command.Reset(kind);
        return command;
    }

    /// <summary>Asker: hands the command of the last <see cref="Begin"/> to the loop.</summary>
    public void Submit()
    {
        Volatile.Write(ref _submitted, _submitted + 1);
        _loop?.Signal();
    }

    /// <summary>Asker: the oldest answered command, without taking it; null when there is none.</summary>
    public Command? PeekAnswer() => Volatile.Read(ref _answered) == _released ? null : Slot(_released);

    /// <summary>Asker: gives the command of <see cref="PeekAnswer"/> back, which must not be used any more.</summary>
    public void Release()
    {
        Slot(_released).Rule = null;
        Slot(_released).Policy = null;
        _released++;
    }

    /// <summary>Loop: the oldest command that waits; null when there is none.</summary>
    public Command? Peek() => Volatile.Read(ref _submitted) == _answered ? null : Slot(_answered);

    /// <summary>Loop: the command of <see cref="Peek"/> is answered.</summary>
    public void Answer()
    {
        Volatile.Write(ref _answered, _answered + 1);
        _asker?.Signal();
    }

    private Command Slot(long position) => _slots[(int)(position % Slots)];
}
