// The browser's half of the tests over whole records: cases as JSON on standard input, one answer for each.
// Never here: a check of an answer; Python does those (test_closed_record.py).

import { readFileSync } from "node:fs";
import { p, stream } from "./load.mjs";

const decoded = ([name, raw]) => [name, new Uint8Array(Buffer.from(raw, "base64"))];
const unpacked = (files) => Object.fromEntries(Object.entries(files).map(decoded));

/** Chance that leaves ballots in order, except that number `first` is drawn before the others. */
const drawing = (first) => (below) => (below === BigInt(first) + 1n ? 0n : below - 1n);

async function answer({ files, manifest, budget, decrypt, first, stopAt, counted }) {
  const [steps, stop] = [[], new AbortController()];
  const progress = (check) => {
    if (steps.at(-1) !== check) steps.push(check);
    if (check === stopAt) stop.abort();
  };
  const random = first === undefined ? undefined : drawing(first);
  const options = { manifest, budget, progress, random, signal: stop.signal };
  try {
    const examined = await p.examineRecord(unpacked(files), options);
    if (counted) p.checkCounted(examined, unpacked(files)[`${examined.manifest.uuid}.bel`]);
    const { issued, returned, root, checked, of, tested, witnesses, tally, election, committee } = examined;
    const parts = (decrypt ?? []).map(({ owner, secret, seed }) =>
      JSON.stringify(p.decryptPartially(examined, { owner, secret: BigInt(secret), random: stream(seed) })),
    );
    const hashes = { tally: tally.hash, election: election.hash, committee: committee.hash };
    return { issued, returned, root, checked, of, tested, witnesses, ...hashes, steps, parts, left: p.leftToTool(examined).length };
  } catch (error) {
    if (error.name === "AbortError") return { stopped: steps.at(-1) };
    if (!(error instanceof p.Refused)) throw error;
    return { code: error.code, check: error.check, where: error.where };
  }
}

const answers = [];
for (const one of JSON.parse(readFileSync(0, "utf8"))) answers.push(await answer(one));
process.stdout.write(JSON.stringify(answers));
