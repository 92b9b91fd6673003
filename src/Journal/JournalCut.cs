namespace LatencyEngine.Journal;

/// <summary>Where a journal without an end record stops: the program ended before it could write one, and at most the record under way is lost with what had not reached the file.</summary>
/// <param name="RecordNumber">Number of the record that is not there or not whole; the header is 0.</param>
/// <param name="OffsetBytes">Where it begins or would begin in the file.</param>
public readonly record struct JournalCut(long RecordNumber, long OffsetBytes);
