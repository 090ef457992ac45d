// Cut into pieces and done in any order, the work gives the same bytes as in one run with the same chance.
// Never here: a browser.

import assert from "node:assert/strict";
import { test } from "node:test";
import { hex, p, stream, utf8, vectors } from "./load.mjs";

const [first] = vectors("js/ballots");
const election = p.parseElection(utf8(first.election));
const choices = election.questions.map(({ answers }, i) => answers.map((_, k) => Number(k === i % (answers.length + 1))));

/** Workers that answer in the wrong order, with what would survive a message to another thread. */
const scattered = async (tasks) => {
  const results = Array(tasks.length);
  for (const i of [...tasks.keys()].reverse()) results[i] = structuredClone(p.perform(election, structuredClone(tasks[i])));
  return results;
};

test("a draft made in pieces is the draft made at once", async () => {
  const whole = p.encrypt(election, choices, stream("pieces"));
  assert.deepEqual(await p.makeDraft(election, choices, scattered, stream("pieces")), whole);
});

test("a ballot proved in pieces is the ballot proved at once", async () => {
  const credential = p.deriveCredential(p.randomSlip(stream("slip")), election.uuid);
  const draft = p.encrypt(election, choices, stream("pieces"));
  const whole = p.cast(election, draft, credential, stream("proofs"));
  const pieces = await p.makeBallot(election, draft, credential, scattered, stream("proofs"));
  assert.equal(hex(pieces), hex(whole));
});

test("a voter who has gone leaves nothing half done", async () => {
  assert.equal(await p.makeDraft(election, choices, async () => undefined, stream("gone")), undefined);
});
