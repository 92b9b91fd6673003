// What the client suites share: where the venue is, and how a check is counted and printed.
import assert from 'node:assert/strict';

const withinMillis = 120_000; // longest a check may take: far above what one takes on a busy machine whose host stands still now and then

const needed = (name) => {
  const value = process.env[name];
  if (value) return value;
  console.error(`${name} is not set; a venue's address and keys are printed by ./run.sh venue`);
  process.exit(2);
};

// The venue under test. Two accounts, so that one can trade with the other.
export const venue = {
  rest: needed('VENUE_REST').replace(/\/$/, ''),
  public: needed('VENUE_PUBLIC'),
  private: needed('VENUE_PRIVATE'),
  trade: needed('VENUE_TRADE'),
  accounts: [
    { key: needed('VENUE_API_KEY'), secret: needed('VENUE_API_SECRET') },
    { key: needed('VENUE_SECOND_API_KEY'), secret: needed('VENUE_SECOND_API_SECRET') },
  ],
};

const limited = (promise, millis, what) => {
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing after ${millis} ms${what ? `: ${what}` : ''}`)), millis);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
};

export const sleep = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

// Asks again until the answer is something, within a bound.
export const until = async (what, probe, millis = 60_000) => {
  const deadline = Date.now() + millis;
  for (;;) {
    const found = await probe();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`waited ${millis} ms for ${what}`);
    await sleep(20);
  }
};

// Rounded to a step, as text that the venue takes.
export const toStep = (value, step, decimals) => (Math.round(value / step) * step).toFixed(decimals);

// Equal but for the last digits of binary arithmetic.
export const close = (actual, expected, tolerance, what) =>
  assert.ok(Math.abs(Number(actual) - Number(expected)) <= tolerance, `${what}: ${actual}, expected ${expected} within ${tolerance}`);

// The error that a call ends with.
export const refused = async (promise) => {
  let outcome;
  try {
    outcome = await promise;
  } catch (error) {
    return error;
  }
  return assert.fail(`was not refused: ${JSON.stringify(outcome)?.slice(0, 200)}`);
};

// Checks run one after another; each may build on what the ones before it have left behind.
export const suite = (client) => {
  let count = 0;
  let failed = 0;
  return {
    check: async (name, body) => {
      count += 1;
      try {
        await limited(body(), withinMillis);
        console.log(`ok ${count} - ${name}`);
      } catch (error) {
        failed += 1;
        const text = error instanceof Error ? error.message : JSON.stringify(error);
        console.log(`not ok ${count} - ${name}: ${text.replaceAll(/\s+/g, ' ').slice(0, 500)}`);
      }
    },
    end: () => {
      console.log(`${client}: ${count} checks, ${failed} failed`);
      process.exit(failed === 0 ? 0 : 1);
    },
  };
};
