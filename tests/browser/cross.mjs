// The browser's half of the cross tests: one JSON request on standard input, one JSON answer on standard output.
// Never here: a check; Python does those.

import { readFileSync } from "node:fs";
import { bytes, hex, p, utf8 } from "./load.mjs";

const ACTS = {
  ballots({ election, choices, slips }) {
    const made = p.parseElection(utf8(election));
    return choices.map((rows, i) => {
      const draft = p.encrypt(made, rows);
      const raw = p.cast(made, draft, p.deriveCredential(p.readSlip(slips[i]), made.uuid));
      return { body: hex(p.padded(raw, made)), tracker: p.tracker(raw), commit: p.commitCode(made, draft) };
    });
  },
  hold({ manifestHash, uuid, slip, reasons }) {
    const credential = p.deriveCredential(p.readSlip(slip), uuid);
    const voids = reasons.map((reason) => p.proveVoid(manifestHash, credential, reason));
    return { voids, standing: p.proveStanding(manifestHash, credential) };
  },
  open({ election, choices, terminal }) {
    const made = p.parseElection(utf8(election));
    const draft = p.encrypt(made, choices);
    const [entry, file] = [p.openForTest(draft, terminal), p.openedFile(made, draft, terminal)].map(hex);
    return { commit: p.commitCode(made, draft), entry, file, frames: p.openedFrames(made, draft) };
  },
  seal: ({ plain, key }) => hex(p.seal(bytes(plain), bytes(key))),
  slips: ({ count }) => Array.from({ length: count }, () => p.shownSlip(p.randomSlip())),
  blind({ keys, message }) {
    const blindings = keys.map((key) => p.blind(p.parseIssuerKey(key, "key"), bytes(message)));
    return blindings.map(({ prefix, blindedMessage, inverse }) => ({
      prefix: hex(prefix),
      blinded: hex(blindedMessage),
      inverse: inverse.toString(),
    }));
  },
  finalize({ keys, message, blindings, answers }) {
    return keys.map((key, i) => {
      const blinding = { prefix: bytes(blindings[i].prefix), inverse: BigInt(blindings[i].inverse) };
      return p.finalize(p.parseIssuerKey(key, "key"), bytes(message), blinding, bytes(answers[i]));
    });
  },
};

const { act, ...request } = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(ACTS[act](request)));
