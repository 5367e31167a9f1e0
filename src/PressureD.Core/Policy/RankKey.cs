namespace PressureD.Core.Policy;

/// <summary>By what candidates are ordered, the greatest first.</summary>
public enum RankKey
{
    /// <summary>What its death frees: anonymous memory, swap and page tables. Bytes.</summary>
    Size,

    /// <summary>
    /// Size plus oom_score_adj thousandths of RAM and swap: the kernel's formula, without the file and shared memory
    /// that it counts and a death does not free. Bytes.
    /// </summary>
    Badness,

    /// <summary>How fast its size rises; counts only above 1 % of RAM a second. Bytes a second.</summary>
    Growth,
}
