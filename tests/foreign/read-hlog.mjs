// Reads a histogram log with HdrHistogram's own JavaScript and prints, a JSON line a histogram, its tag, count, largest value and percentiles.
import { readFileSync } from "node:fs";
import * as hdr from "hdr-histogram-js";

const log = hdr.default ?? hdr;
const reader = new log.HistogramLogReader(readFileSync(process.argv[2], "utf8"));
const levels = process.argv[3].split(",").map(Number);
for (let histogram = reader.nextIntervalHistogram(); histogram; histogram = reader.nextIntervalHistogram()) {
  const percentiles = levels.map((level) => histogram.getValueAtPercentile(level));
  process.stdout.write(JSON.stringify({ tag: histogram.tag, count: histogram.totalCount, max: histogram.maxValue, start: histogram.startTimeStampMsec, end: histogram.endTimeStampMsec, percentiles }) + "\n");
}
