namespace LatencyEngine.SideBySide;

/// <summary>Two contestants gave different answers: a time for another answer would mean nothing. The message names the frame and holds both answers.</summary>
internal sealed class AnswersDifferException(string message) : Exception(message);
