// JSON.parse and Number(), as a program in node would do it. Frames come once, a line each, after a line with their number;
// then "answers" prints what is read in each, and "batch" decodes all of them once and prints the nanoseconds
// that it took: by the clock or on the cores, whichever is less, since the clock counts what other processes take and the
// cores count node's own helpers.
import { createInterface } from 'node:readline';

const prices = new Float64Array(4096);
const quantities = new Float64Array(4096);
const book = { topic: '', isSnapshot: false, pushMillis: 0, matchMillis: 0, updateId: 0, sequence: 0, bidCount: 0, askCount: 0 };

function readLevels(levels, at) {
  for (let i = 0; i < levels.length; i++) {
    prices[at + i] = Number(levels[i][0]);
    quantities[at + i] = Number(levels[i][1]);
  }
  return levels.length;
}

function decode(text) {
  const message = JSON.parse(text);
  const data = message.data;
  book.topic = message.topic;
  book.isSnapshot = message.type === 'snapshot';
  book.pushMillis = message.ts;
  book.matchMillis = message.cts;
  book.updateId = data.u;
  book.sequence = data.seq;
  book.bidCount = readLevels(data.b, 0);
  book.askCount = readLevels(data.a, book.bidCount);
  return book.bidCount + book.askCount;
}

const e8 = value => BigInt(Math.round(value * 1e8));

function answer(text) {
  const levels = decode(text);
  const values = [book.topic, book.isSnapshot ? 'snapshot' : 'delta', book.pushMillis, book.matchMillis, book.updateId, book.sequence, book.bidCount, book.askCount];
  for (let i = 0; i < levels; i++) values.push(e8(prices[i]), e8(quantities[i]));
  return values.join(' ');
}

let wanted = -1;
let sum = 0;
const frames = [];
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  if (wanted < 0) {
    wanted = Number(line);
  } else if (frames.length < wanted) {
    frames.push(line);
  } else if (line === 'answers') {
    for (const frame of frames) process.stdout.write(answer(frame) + '\n');
  } else {
    const started = process.hrtime.bigint();
    const before = process.cpuUsage();
    for (const frame of frames) sum += decode(frame);
    const cpu = process.cpuUsage(before);
    const clockNanos = Number(process.hrtime.bigint() - started);
    process.stdout.write(`${Math.min(clockNanos, 1000 * (cpu.user + cpu.system))} ${sum}\n`);
  }
}
