using System.Text;
using PressureD.Core.Incidents;

namespace PressureD.Systemd.Tests.Bus;

/// <summary>Answers to questions about incidents, as whoever reads the files gives them.</summary>
internal static class IncidentQueries
{
    /// <summary>Answers with an incident.</summary>
    internal static void AnswerWith(this IncidentQuery query, string incident)
    {
        query.Length = Encoding.UTF8.GetBytes(incident, query.Content);
        query.Content[query.Length] = 0;
    }
}
