namespace PressureD.Core.Policy;

/// <summary>The slots of <see cref="PolicySet.BaseHostMetrics"/>, in its order.</summary>
public static class BaseHostSlot
{
    public const int MemTotal = 0;
    public const int MemAvailable = 1;
    public const int MemAnon = 2;
    public const int MemAvailableUser = 3;
    public const int SwapTotal = 4;
    public const int SwapFree = 5;
    public const int SwapEffective = 6;
    public const int TimeToExhaustion = 7;
    public const int MemorySomeAvg10 = 8;
    public const int MemoryFullAvg10 = 9;
    public const int MemoryFullTotal = 10;
    public const int IoFullAvg10 = 11;
}
