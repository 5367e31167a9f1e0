using PressureD.Yaml;

namespace PressureD.Cli.Checking;

/// <summary>The policy that a command line names.</summary>
internal static class PolicyArgument
{
    /// <param name="files">
    /// Files in the order in which they apply, or one directory, or one file; none: the policy of this machine.
    /// </param>
    internal static PolicyResult Read(string[] files) => files.Length > 1
        ? PolicyFiles.ReadFiles(files)
        : PolicyFiles.Read(files.Length == 1 ? files[0] : null);
}
