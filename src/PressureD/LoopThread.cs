using System;
using System.Threading;
using PressureD.Core.Loop;
using PressureD.Core.Policy;
using PressureD.Linux;

namespace PressureD;

/// <summary>
/// The one thread that owns the loop and the kernel: rehearses, steps until told to stop, takes new policies between
/// steps.
/// </summary>
internal sealed class LoopThread
{
    /// <summary>
    /// Enough for the deepest path, measured by the rehearsal; locked memory, so not more than needed.
    /// </summary>
    private const int StackBytes = 512 * 1024;

    private readonly LinuxKernel _kernel;
    private readonly DaemonLoop _loop;
    private readonly Action _ready;
    private readonly Action<Exception> _failed;
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _inForce = new();
    private PolicySet? _newPolicy;
    private long _allocatedBefore;
    private volatile bool _rehearsing;
    private PolicyStanding _standing;
    private string[] _lateReasons = [];
    private volatile bool _stopping;

    /// <param name="kernel">Used by this thread alone, but for its wake-up.</param>
    /// <param name="loop">Used by this thread alone.</param>
    /// <param name="ready">Called on this thread after the rehearsal, and after each new policy is in force.</param>
    /// <param name="failed">Called on this thread when the loop ends by an error.</param>
    public LoopThread(LinuxKernel kernel, DaemonLoop loop, Action ready, Action<Exception> failed)
    {
        _kernel = kernel;
        _loop = loop;
        _ready = ready;
        _failed = failed;
        _standing = loop.PolicyStanding;
        _thread = new Thread(Run, StackBytes) { IsBackground = true, Name = "loop" };
    }

    /// <summary>
    /// Bytes that steps have allocated since the last rehearsal. Known when the loop has ended.
    /// </summary>
    public long AllocatedBytes { get; private set; }

    public void Start() => _thread.Start();

    /// <summary>
    /// Puts a policy into force before the next step. Any thread, one at a time, and not before
    /// <see cref="WaitInForce"/> has said so of the one before.
    /// </summary>
    public void Replace(PolicySet policy)
    {
        _inForce.Reset();
        Interlocked.Exchange(ref _newPolicy, policy);
        _kernel.Wake();
    }

    /// <summary>
    /// Waits until the newest policy, the first one too, is in force: until its first step has made what its rules
    /// remember.
    /// </summary>
    /// <returns>False when that was not in time; it will be.</returns>
    public bool WaitInForce(TimeSpan patience) => _inForce.Wait(patience);

    /// <summary>Has the emergency path rehearsed once more before the next step. Any thread, returns at once.</summary>
    public void Rehearse()
    {
        _rehearsing = true;
        _kernel.Wake();
    }

    /// <summary>Says before the next step how the policy in force stands to the one on disk. Any thread.</summary>
    public void NoteStanding(PolicyStanding standing)
    {
        Volatile.Write(ref _standing, standing);
        _kernel.Wake();
    }

    /// <summary>Says before the next step what was found wanting since the start. Any thread.</summary>
    public void NoteReasons(string[] reasons)
    {
        Volatile.Write(ref _lateReasons, reasons);
        _kernel.Wake();
    }

    /// <summary>Ends the loop.</summary>
    /// <returns>False when it did not end in time.</returns>
    public bool Stop(TimeSpan patience)
    {
        _stopping = true;
        _kernel.Wake();
        return !_thread.IsAlive || _thread.Join(patience);
    }

    private void Run()
    {
        try
        {
            RehearseNow();
            _ready();
            bool isNew = true;
            while (!_stopping)
            {
                _loop.PolicyStanding = Volatile.Read(ref _standing);
                _loop.LateReasons = Volatile.Read(ref _lateReasons);
                if (Interlocked.Exchange(ref _newPolicy, null) is { } policy)
                {
                    _loop.ReplacePolicy(policy);
                    _ready();
                    isNew = true;
                }

                if (_rehearsing)
                {
                    _rehearsing = false;
                    RehearseNow();
                }

                _loop.Step();
                if (!isNew)
                    continue;
                isNew = false;
                _inForce.Set();
            }

            AllocatedBytes = GC.GetAllocatedBytesForCurrentThread() - _allocatedBefore;
            _loop.Leave();
        }
        catch (Exception e)
        {
            // Nothing in the loop is meant to throw. Going on with an unknown state would be a killer that guesses: the
            // service manager starts us again within a second, and the run store carries over what must not be
            // forgotten.
            _failed(e);
        }
    }

    private void RehearseNow()
    {
        _loop.Rehearse();
        _allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
    }
}
