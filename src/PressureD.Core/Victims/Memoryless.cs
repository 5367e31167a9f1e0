namespace PressureD.Core.Victims;

/// <summary>A kernel thread, a zombie or another that had no memory when it was asked.</summary>
internal readonly record struct Memoryless(int Pid, long ReadUsec);
