// The worker that stretches passphrases, checks records and decrypts, so that the page stays alive; else the page itself.
// Never here: what that work is (tasks.js), or a worker's script that was not checked.

import { breath } from "../page/pace.js";
import { Refused } from "../protocol/errors.js";
import { makeTasks } from "./tasks.js";

/** @typedef {import("./tasks.js").Advance} Advance */
/** @typedef {{ run: (act: string, asked: any, advance?: Advance) => Promise<any> }} Tools throws Refused */

/**
 * @param {Uint8Array | null} script the built committee_worker.js, checked; null to work on the page
 * @returns {Tools}
 */
export function makeTools(script) {
  let worker = script && enlist(script);
  const here = alone();
  const run = async (/** @type {string} */ act, /** @type {any} */ asked, /** @type {Advance | undefined} */ advance) => {
    if (!worker) return here(act, asked, advance);
    try {
      return await ask(worker, act, asked, advance);
    } catch (error) {
      if (!(error instanceof WorkerLost)) throw error;
      worker = null; // it would answer nothing any more
      return here(act, asked, advance);
    }
  };
  return { run };
}

/** The worker did not start, or ended. */
class WorkerLost extends Error {}

/** @param {Uint8Array} script @returns {Worker | null} */
function enlist(script) {
  try {
    const url = URL.createObjectURL(new Blob([/** @type {BlobPart} */ (script)], { type: "text/javascript" }));
    return new Worker(url, { type: "module" });
  } catch {
    return null; // this browser has no such workers
  }
}

let questions = 0;

/** @param {Worker} worker @param {string} act @param {any} asked @param {Advance} [advance] @returns {Promise<any>} */
function ask(worker, act, asked, advance = () => {}) {
  return new Promise((resolve, reject) => {
    const id = ++questions;
    const end = () => {
      worker.removeEventListener("message", hear);
      worker.removeEventListener("error", fail);
    };
    const fail = (/** @type {Event} */ event) => {
      event.preventDefault(); // its message may hold what it worked on
      end();
      reject(new WorkerLost());
    };
    const hear = (/** @type {MessageEvent} */ { data }) => {
      if (data.id !== id) return undefined;
      if (data.progress) return advance(.../** @type {[number, number, number]} */ (data.progress));
      end();
      if (data.refused)
        return reject(Object.assign(new Refused(data.refused.code, data.refused.where), { check: data.refused.check }));
      return data.failed ? reject(new Error("worker")) : resolve(data.result);
    };
    worker.addEventListener("message", hear);
    worker.addEventListener("error", fail);
    worker.postMessage({ id, act, asked });
  });
}

/** @returns {Tools["run"]} */
function alone() {
  const tasks = makeTasks();
  return async (act, asked, advance = () => {}) => {
    await breath(); // what is on the screen is painted first
    return tasks[act](asked, advance);
  };
}
