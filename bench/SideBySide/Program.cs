using LatencyEngine.SideBySide;

return Bench.Run(args, Catalogue.All, Console.Out, Console.Error);
