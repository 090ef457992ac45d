// What the tests under Node start from: the built bundle as a module, the shared vectors, the named stream of chance.
// Never here: a test, or a source module that was not built.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const ROOT = new URL("../../", import.meta.url);

/** The bundle has no package.json beside it, so Node is told by the URL that it is a module. */
const bundle = readFileSync(new URL("ballot/static/dist/protocol.js", ROOT));
export const p = await import(`data:text/javascript;base64,${bundle.toString("base64")}`);

export function vectors(name) {
  return JSON.parse(readFileSync(new URL(`tests/vectors/${name}.json`, ROOT), "utf8"));
}

/** The twin of Stream in tests/js_vector_base.py. */
export function stream(seed) {
  let count = 0;
  return (below) => {
    const text = `phieu-tin-nhiem/test/stream|${seed}|${count++}`;
    return BigInt(`0x${createHash("sha512").update(text).digest("hex")}`) % below;
  };
}

/** Return what `act` returns, or the code with which it refuses. */
export function outcome(act) {
  try {
    return act();
  } catch (error) {
    if (error instanceof p.Refused) return error.code;
    throw error;
  }
}

export const hex = (raw) => Buffer.from(raw).toString("hex");
export const bytes = (text) => new Uint8Array(Buffer.from(text, "hex"));
export const utf8 = (text) => new TextEncoder().encode(text);
