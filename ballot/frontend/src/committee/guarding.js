// What a step of the member's day could not do is said on the screen, whatever it was; nothing goes wrong in silence.
// Never here: a step, or an error's own text, which may hold a secret.

import { StoreFailed } from "../page/database.js";
import { Declined } from "../page/net.js";
import { Refused } from "../protocol/errors.js";
import { sleep } from "./line.js";
import { ask } from "./screen.js";

const EVERY_MS = 1_000;
const MOST_TIMES = 10; // that news are waited for before it is said

/** @typedef {import("./screen.js").Member} Member */

/** For which news, and how often. @type {{ state: unknown, times: number }} */ let awaited = { state: null, times: 0 };

/** Do `act`; what it cannot do is said. @param {Member} member @param {(member: Member) => Promise<unknown>} act */
export async function guarded(member, act) {
  const { words } = member;
  try {
    await act(member);
  } catch (error) {
    const early = error instanceof Declined && ["ATTEMPT_OVER", "CEREMONY_WAITS"].includes(error.code);
    awaited = { state: member.state, times: early && awaited.state === member.state ? awaited.times + 1 : 0 };
    if (early && awaited.times < MOST_TIMES) return sleep(EVERY_MS); // news are on their way
    awaited.times = 0;
    const lines = explained(words, error);
    await ask(member, words.troubleTitle, lines, [["again", words.tryAgain]]);
  }
}

/** @param {import("./words.js").Words} words @param {unknown} error @returns {string[]} */
export function explained(words, error) {
  if (error instanceof StoreFailed) return [words.brokenStore, words.brokenStoreNext];
  if (error instanceof Declined) return [error.sentence, words.troubleSafe, words.brokenNext];
  if (error instanceof Refused)
    return [
      words.findings[error.code] ?? words.findingOther(error.code),
      words.troubleSafe,
      words.findingCode(error.code, error.where),
    ];
  return [words.findingOther("ERROR"), words.troubleSafe, words.brokenNext];
}
