using PressureD.Core.Readers;

namespace PressureD.Core.Victims;

/// <summary>A process for which a scan had no room, and that held this when it was asked.</summary>
internal readonly record struct LeftOut(int Pid, ProcessStatm Statm, long SizeBytes, long ReadUsec);
