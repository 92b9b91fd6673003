using System.Runtime.InteropServices;

namespace LatencyEngine.Model;

/// <summary>The exact quotes of one instrument are to be solved. Written to the outbound ring as its raw bytes, and again as the head of the answer in the inbound ring.</summary>
/// <param name="Instrument">The instrument.</param>
/// <param name="Number">Which of its questions this is, from 1: an answer to another one is refused.</param>
/// <param name="SigmaTicks">Volatility to solve for, ticks per square root of a second.</param>
/// <param name="FairTicks">Fair price to reckon the fee at, ticks.</param>
/// <param name="ArrivalRatePerSecond">A of the arrival intensity A exp(-k depth), 1/s.</param>
/// <param name="DecayPerTick">Its k, 1/tick.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct QuoteTableRequest(InstrumentId Instrument, int Number, double SigmaTicks, double FairTicks, double ArrivalRatePerSecond, double DecayPerTick);
