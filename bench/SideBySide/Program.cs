using LatencyEngine.SideBySide;

if (args is [KillRun.Option, .. string[] of]) return KillRun.Run(of, Console.Out, Console.Error);

return args is [StartProcess.Verb, string journal, string how]
    ? StartProcess.Run(journal, how == StartProcess.Warm, Console.Out)
    : Bench.Run(args, Catalogue.All, Console.Out, Console.Error);
