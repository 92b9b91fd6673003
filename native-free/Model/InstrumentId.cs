namespace LatencyEngine.Model;

/// <summary>The index of an instrument in this engine, from 0. Every table of the engine is indexed by it.</summary>
public readonly record struct InstrumentId(int Index);
