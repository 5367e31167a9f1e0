using System.Collections.Generic;
using PressureD.Systemd.Interop;

namespace PressureD.Systemd.Bus;

public sealed unsafe partial class BusClient
{
    /// <summary>Incidents that the daemon keeps, newest first; for more, ask on below the last of them.</summary>
    /// <param name="below">None of this number or a greater one; 0: the newest.</param>
    /// <param name="sinceUsec">None that is older: CLOCK_REALTIME, microseconds.</param>
    /// <param name="limit">How many at most; 0: as many as fit an answer.</param>
    /// <exception cref="BusException">The daemon is not there, refuses, or does not answer.</exception>
    public IncidentPage ListIncidents(ulong below, ulong sinceUsec, uint limit) => Ask(
        "ListIncidents",
        (ref BusMessage call) =>
        {
            call.Add(below);
            call.Add(sinceUsec);
            call.Add(limit);
        },
        static reply =>
        {
            List<IncidentLine> lines = [];
            Check(Libsystemd.MessageEnterContainer(reply, (byte)'a', "(ttsss)"));
            while (Check(Libsystemd.MessageEnterContainer(reply, (byte)'r', "ttsss")) > 0)
            {
                lines.Add(new IncidentLine(ReadTime(reply), ReadTime(reply), Text(reply), Text(reply), Text(reply)));
                Check(Libsystemd.MessageExitContainer(reply));
            }

            Check(Libsystemd.MessageExitContainer(reply));
            return new IncidentPage(lines, ReadBoolean(reply));
        });

    /// <summary>
    /// One incident as it is kept, JSON on one line, without what this user may not see; null when there is none of
    /// that number.
    /// </summary>
    /// <param name="id">Its number.</param>
    /// <param name="asksPassword">Whether a password may be asked for to see the rest.</param>
    /// <exception cref="BusException">The daemon is not there, refuses, or does not answer.</exception>
    public string? GetIncident(ulong id, bool asksPassword = false)
    {
        try
        {
            return Ask(
                "GetIncident",
                (ref BusMessage call) =>
                {
                    Libsystemd.MessageSetAllowInteractiveAuthorization(call.Handle, asksPassword ? 1 : 0);
                    call.Add(id);
                },
                static reply => Text(reply),
                asksPassword ? PersonUsec : PolkitUsec);
        }
        catch (BusException problem) when (ManagerError.Is(problem.ErrorName, ManagerError.NoSuchIncident))
        {
            return null;
        }
    }
}
