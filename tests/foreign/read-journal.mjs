// Reads a journal with the MessagePack project's own decoder and prints it, a JSON line a record: whole numbers as texts, bytes in hex.
import { createReadStream } from "node:fs";
import { decodeMultiStream } from "@msgpack/msgpack";

// The value as it is and not as JSON.stringify has begun to turn it: a Buffer is an object of numbers by then.
function plain(key) {
  const value = this[key];
  if (typeof value === "bigint" || typeof value === "number") return value.toString();
  return value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value;
}

for await (const record of decodeMultiStream(createReadStream(process.argv[2]), { useBigInt64: true })) {
  process.stdout.write(JSON.stringify(record, plain) + "\n");
}
