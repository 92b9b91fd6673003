using LatencyEngine.SideBySide;

return args is [StartProcess.Verb, string journal, string how]
    ? StartProcess.Run(journal, how == StartProcess.Warm, Console.Out)
    : Bench.Run(args, Catalogue.All, Console.Out, Console.Error);
