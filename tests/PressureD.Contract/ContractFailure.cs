using System;

namespace PressureD.Contract;

/// <summary>A kernel did not do what the contract says.</summary>
public sealed class ContractFailure(string message) : Exception(message);
