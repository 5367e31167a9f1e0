namespace PressureD.Core.Policy;

/// <summary>By what candidates are ordered, the greatest first.</summary>
public enum RankKey
{
    /// <summary>What its death frees: anonymous memory, swap and page tables. Bytes.</summary>
    Size,

    /// <summary>The kernel's formula: size plus oom_score_adj thousandths of RAM and swap. Bytes.</summary>
    Badness,

    /// <summary>How fast its size rises; counts only above 1 % of RAM a second. Bytes a second.</summary>
    Growth,
}
