using LatencyEngine.SideBySide;

if (args is [KillRun.Option, .. string[] of]) return KillRun.Run(of, Console.Out, Console.Error);

switch (args)
{
    case [WholeWayProcess.VenueVerb]: return WholeWayProcess.RunVenue(Console.In, Console.Out);
    case [WholeWayProcess.EngineVerb, string rest, string key, string secret, string wait]: return WholeWayProcess.RunEngine(rest, key, secret, wait, Console.In, Console.Out);
}

return args is [StartProcess.Verb, string journal, string how]
    ? StartProcess.Run(journal, how == StartProcess.Warm, Console.Out)
    : Bench.Run(args, Catalogue.All, Console.Out, Console.Error);
