using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;

namespace PressureD.Yaml;

/// <summary>
/// The users of /etc/passwd. Users of a directory service are not asked for: the answer can take as long as the network
/// likes, and a policy can name them by number.
/// </summary>
public sealed class PasswdUsers
{
    private const int MaxBytes = 4 * 1024 * 1024;

    private readonly string _path;
    private Dictionary<string, uint>? _users;

    public PasswdUsers(string path = "/etc/passwd") => _path = path;

    /// <summary>The user's number; null when there is none of that name.</summary>
    public uint? Find(string name) => (_users ??= Load()).TryGetValue(name, out uint uid) ? uid : null;

    private Dictionary<string, uint> Load()
    {
        var users = new Dictionary<string, uint>();
        try
        {
            if (new FileInfo(_path).Length > MaxBytes)
                return users;
            foreach (string line in File.ReadLines(_path))
            {
                string[] fields = line.Split(':', 4);
                if (fields.Length == 4
                    && uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out uint uid))
                {
                    users.TryAdd(fields[0], uid);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without the file no name is known, and each use of one is reported with its place.
        }

        return users;
    }
}
