// One worker of the booth: it is told the election once, makes its tables, and then does one row after another.
// Never here: chance, a network, or a memory of what it did; it ends with the voter for whom it worked.

import { perform } from "./booth/work.js";
import { parseElection } from "./protocol/election.js";
import { gPow } from "./protocol/group.js";

/** @type {import("./protocol/election.js").Election | null} */ let election = null;

self.onmessage = ({ data }) => {
  try {
    if (data.election) {
      election = parseElection(data.election);
      gPow(2n); // makes the table for g
    } else {
      self.postMessage({ id: data.id, result: perform(/** @type {any} */ (election), data.task) });
    }
  } catch {
    self.postMessage({ failed: true }); // what went wrong may hold a choice
  }
};
