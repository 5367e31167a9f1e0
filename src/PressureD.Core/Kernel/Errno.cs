namespace PressureD.Core.Kernel;

/// <summary>
/// Linux error numbers, the generic set that every architecture .NET runs on shares. Ports return them negated.
/// </summary>
public static class Errno
{
    public const int EPERM = 1;
    public const int ENOENT = 2;
    public const int ESRCH = 3;
    public const int EINTR = 4;
    public const int EIO = 5;
    public const int EBADF = 9;
    public const int EAGAIN = 11;
    public const int ENOMEM = 12;
    public const int EACCES = 13;
    public const int EBUSY = 16;
    public const int EEXIST = 17;
    public const int ENODEV = 19;
    public const int ENOTDIR = 20;
    public const int EINVAL = 22;
    public const int ENFILE = 23;
    public const int EMFILE = 24;
    public const int ENOSPC = 28;
    public const int EROFS = 30;
    public const int ERANGE = 34;
    public const int ENAMETOOLONG = 36;
    public const int ENOSYS = 38;
    public const int ENODATA = 61;
    public const int EOPNOTSUPP = 95;
    public const int ETIMEDOUT = 110;

    /// <summary>
    /// Whether a result says that the thing asked about no longer exists, which is a normal outcome: ENOENT (never or
    /// no longer there), ENODEV (a held file of a removed cgroup), ESRCH (a reaped process).
    /// </summary>
    /// <param name="result">A port's result, negative when it is an errno.</param>
    public static bool IsGone(int result) => result is -ENOENT or -ENODEV or -ESRCH;

    /// <summary>
    /// Whether a result says nothing of the thing itself, so that the same may go well later: want of memory or of
    /// descriptors, an interruption, a device that failed.
    /// </summary>
    /// <param name="result">A port's result, negative when it is an errno.</param>
    public static bool IsPassing(int result) =>
        result is -EINTR or -EIO or -EAGAIN or -ENOMEM or -ENFILE or -EMFILE;

    /// <summary>The symbolic name of an error number, for logs.</summary>
    /// <param name="errno">Positive or negated.</param>
    public static string Name(int errno) => (errno < 0 ? -errno : errno) switch
    {
        0 => "OK",
        EPERM => "EPERM",
        ENOENT => "ENOENT",
        ESRCH => "ESRCH",
        EINTR => "EINTR",
        EIO => "EIO",
        EBADF => "EBADF",
        EAGAIN => "EAGAIN",
        ENOMEM => "ENOMEM",
        EACCES => "EACCES",
        EBUSY => "EBUSY",
        EEXIST => "EEXIST",
        ENODEV => "ENODEV",
        ENOTDIR => "ENOTDIR",
        EINVAL => "EINVAL",
        ENFILE => "ENFILE",
        EMFILE => "EMFILE",
        ENOSPC => "ENOSPC",
        EROFS => "EROFS",
        ERANGE => "ERANGE",
        ENAMETOOLONG => "ENAMETOOLONG",
        ENOSYS => "ENOSYS",
        ENODATA => "ENODATA",
        EOPNOTSUPP => "EOPNOTSUPP",
        ETIMEDOUT => "ETIMEDOUT",
        _ => "errno",
    };
}
