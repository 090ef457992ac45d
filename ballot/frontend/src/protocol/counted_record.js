// That the sums of an examined record were opened: enough members' published parts, each factor with its strong proof.
// Never here: a result, or a key. Twin: checks 24 and 25 of tally/checks/sums.py, save Belenios' own weaker proofs.
//
// A member's page asks this before a share is destroyed: a server may say at any time that there is a result.

import { ofType, parseArchive } from "./archive.js";
import { array, fields, fromHex, integer, sha256Hex, toBytes } from "./encoding.js";
import { checkStrong, STRONG_LABEL } from "./equality.js";
import { demand, Refused } from "./errors.js";
import { decodePoint } from "./group.js";
import { readJson } from "./reading.js";
import { parseProof } from "./schnorr.js";

/** @typedef {import("./closed_record.js").Examined} Examined */

const SMALL = 4096;
const LIMIT = 8 * 1024 ** 2;

/**
 * Check that at least t parts over the examined sums are there and proved, and a result after them.
 * Throws INCOMPLETE, BAD_DECRYPTION, NO_STRONG_PROOF naming the trustee, and reading errors. SPEC 5.6, step 3.
 * @param {Examined} examined
 * @param {Uint8Array} raw the archive that was examined
 */
export function checkCounted(examined, raw) {
  const archive = parseArchive(raw);
  const parts = ofType(archive, "PartialDecryption");
  const enough = parts.length >= examined.committee.threshold && ofType(archive, "Result").length === 1;
  demand(enough, "INCOMPLETE", "archive", "Result");
  let last = 0;
  for (const { data } of parts) {
    const m = fields(readJson(data[1], "owned", SMALL), "owned", ["owner", "payload"]);
    const owner = integer(m.owner, "owned.owner", 1);
    const known = owner > last && owner <= examined.committee.trustees.owners.length;
    demand(known && m.payload === sha256Hex(data[0]), "BAD_DECRYPTION", `trustee ${owner}`);
    checkPart(examined, owner, data[0], `trustee ${owner}`);
    last = owner;
  }
}

/** @param {Examined} examined @param {number} owner @param {Uint8Array} raw @param {string} where */
function checkPart({ manifest, committee, election, tally }, owner, raw, where) {
  const m = fields(readJson(raw, where, LIMIT), where, ["decryption_factors", "decryption_proofs"], ["strong_proofs"]);
  demand(m.strong_proofs !== undefined, "NO_STRONG_PROOF", where);
  const hashes = [manifest.hash, election.hash, tally.hash].map((hash) => fromHex(hash, "hash", 32));
  const publicKey = committee.trustees.owners[owner - 1];
  const [factors, proofs] = [m.decryption_factors, m.strong_proofs].map((rows) => array(rows, where, tally.rows.length));
  tally.rows.forEach((row, i) => {
    const [mine, proved] = [factors[i], proofs[i]].map((values) => array(values, `${where}[${i}]`, row.length));
    row.forEach(({ alpha }, k) => {
      const place = `${where}.strong_proofs[${i}][${k}]`;
      const factor = decodePoint(mine[k], place, { identity: true });
      const context = [...hashes, ...[owner, i, k].map((n) => toBytes(BigInt(n), 8))];
      proven({ label: STRONG_LABEL, context, publicKey, alpha, factor }, parseProof(proved[k], place), place);
    });
  });
}

/** @param {import("./equality.js").Equality} claim @param {import("./proofs.js").Proof} proof @param {string} where */
function proven(claim, proof, where) {
  try {
    checkStrong(claim, proof, where);
  } catch (error) {
    demand(!(error instanceof Refused && error.code === "BAD_PROOF"), "BAD_DECRYPTION", where);
    throw error;
  }
}
