using BenchmarkDotNet.Running;
using LatencyEngine.Micro;

BenchmarkSwitcher.FromAssembly(typeof(MicroConfig).Assembly).Run(args, new MicroConfig());
