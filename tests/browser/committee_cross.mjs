// The browser's members of a mixed committee: one JSON request on standard input, one JSON answer on standard output.
// Never here: a check of the outcome; Python does that. A member's key file travels with every request, in hex.

import { readFileSync } from "node:fs";
import { bytes, hex, p, utf8 } from "./load.mjs";

const KDF = { ops: 1, mem: 8192 };

/** Open the file, act, and return the message with the file as it must be kept. */
function withFile({ file, passphrase, manifest }, act) {
  const opened = p.openKeyFile(bytes(file), "trustee", passphrase);
  const { memory, ...answer } = act(p.parseMemory(opened.secret), p.parseManifest(utf8(manifest)));
  return { file: hex(p.resealKeyFile(opened, p.encodeMemory(memory))), ...answer };
}

function table(manifest, { certificate, commitment }) {
  return [p.checkAllCertificates(manifest, certificate), p.checkAllCommitments(manifest, commitment)];
}

const ACTS = {
  join({ manifest, index, passphrase }) {
    const round = p.parseManifest(utf8(manifest));
    const memory = p.newMemory(round, index);
    const stored = { kind: "trustee", name: `member ${index}`, round: round.hash, secret: p.encodeMemory(memory) };
    return { file: hex(p.sealKeyFile(stored, passphrase, { kdf: KDF })), message: p.certificate(memory, round) };
  },
  commit: (asked) => withFile(asked, (memory) => ({ memory, message: p.commitmentOf(memory) })),
  reveal: (asked) => withFile(asked, (memory, manifest) => p.reveal(memory, manifest, ...table(manifest, asked.messages))),
  key: (asked) =>
    withFile(asked, (before, manifest) => {
      const [certificates, commitments] = table(manifest, asked.messages);
      const reveals = p.checkAllReveals(manifest, certificates, commitments, asked.messages.reveal);
      const memory = p.withShare(before, p.receiveShares(before, manifest, certificates, commitments, reveals));
      const transcript = p.transcript(manifest, certificates, commitments);
      const words = p.fingerprint(transcript, reveals.map(({ coefexps }) => coefexps)); // prettier-ignore
      return { memory, message: p.publishKey(memory, manifest), words };
    }),
  nonce: (asked) => withFile(asked, (memory) => ({ memory, message: memory.nonce })),
  opening: (asked) =>
    withFile(asked, (memory, manifest) => {
      const committee = p.parseCommittee(utf8(asked.committee));
      p.checkCommittee(committee, manifest);
      const message = p.takeOpeningTest(memory, committee, p.readCall(asked.call));
      return { memory, message, words: p.wordsOf(committee) };
    }),
  tests({ committee, call, opening }) {
    const [made, nonces] = [p.parseCommittee(utf8(committee)), p.readCall(call)];
    for (const passed of opening) p.checkPassed(made, nonces, p.parsePassed(passed, "passed"), "passed");
    return opening.length;
  },
};

const { act, ...asked } = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(ACTS[act](asked)));
