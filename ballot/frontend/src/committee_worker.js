// The worker of a member's page: it does one piece of work after another and answers each by its number.
// Never here: a network, a store, or a key that it keeps after its answer.

import { makeTasks } from "./committee/tasks.js";
import { Refused } from "./protocol/errors.js";

const tasks = makeTasks();

self.onmessage = async ({ data: { id, act, asked } }) => {
  const advance = (/** @type {number[]} */ ...progress) => self.postMessage({ id, progress });
  try {
    self.postMessage({ id, result: await tasks[act](asked, advance) });
  } catch (error) {
    const refused = error instanceof Refused && { code: error.code, where: error.where, check: /** @type {any} */ (error).check };
    self.postMessage(refused ? { id, refused } : { id, failed: true }); // what went wrong may hold a secret
  }
};
