namespace PressureD.Core.Kernel;

/// <summary>One thing that <see cref="IKernel.Wait"/> reports.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Descriptor">To which watched descriptor or ticket.</param>
public readonly record struct WaitEvent(WaitKind Kind, int Descriptor);
