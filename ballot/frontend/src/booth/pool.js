// A few Web Workers that share the work on one ballot, and the page itself where there are none.
// Never here: a worker that lives on after its voter, or a request; the script is in memory before the first voter comes.

import { pace } from "../page/pace.js";
import { perform } from "./work.js";

/** @typedef {import("../protocol/election.js").Election} Election */
/** @typedef {import("./work.js").Task} Task */
/**
 * @typedef {object} Pool
 * @property {(tasks: Task[], advance: (done: number) => void, stopped: () => boolean) => Promise<any[] | undefined>} run
 * @property {() => void} renew ends the workers and makes new ones, which know the election and no voter
 * @property {() => void} close
 * @property {() => number} size how many workers there are
 */

const MOST = 4;

/**
 * @param {Election} election
 * @param {Uint8Array | null} script the built worker.js, checked; null to work on the page
 * @param {number} [wanted]
 * @returns {Pool}
 */
export function makePool(election, script, wanted = Math.min(MOST, navigator.hardwareConcurrency || 1)) {
  const url = script && URL.createObjectURL(new Blob([/** @type {BlobPart} */ (script)], { type: "text/javascript" }));
  /** @type {Worker[]} */ let workers = [];
  const close = () => {
    workers.forEach((worker) => worker.terminate());
    workers = [];
  };
  const renew = () => {
    close();
    if (!url) return;
    try {
      workers = Array.from({ length: wanted }, () => enlist(url, election.raw, close));
    } catch {
      close(); // this browser has no such workers
    }
  };
  renew();
  const run = async (/** @type {Task[]} */ tasks, /** @type {(done: number) => void} */ advance, /** @type {() => boolean} */ stopped) => {
    try {
      if (workers.length > 0) return await share(workers, tasks, advance);
    } catch {
      close();
    }
    return stopped() ? undefined : pace(alone(election, tasks), advance, stopped);
  };
  return { run, renew, close, size: () => workers.length };
}

/** @param {string} url @param {Uint8Array} raw @param {() => void} broken @returns {Worker} */
function enlist(url, raw, broken) {
  const worker = new Worker(url, { type: "module" });
  worker.addEventListener("error", (event) => {
    event.preventDefault(); // its message may hold what it worked on
    broken();
  });
  worker.postMessage({ election: raw });
  return worker;
}

/**
 * Give every worker one task, and the next one as soon as it is done.
 * @param {Worker[]} workers
 * @param {Task[]} tasks
 * @param {(done: number) => void} advance
 * @returns {Promise<any[]>}
 */
function share(workers, tasks, advance) {
  const { promise, resolve, reject } = deferred();
  const results = Array(tasks.length);
  let [given, done] = [0, 0];
  const give = (/** @type {Worker} */ worker) => given < tasks.length && worker.postMessage({ id: given, task: tasks[given++] });
  for (const worker of workers) {
    worker.onmessage = ({ data }) => {
      if (data.failed) return reject(new Error("worker"));
      results[data.id] = data.result;
      advance(++done);
      if (done === tasks.length) return resolve(results);
      return give(worker);
    };
    worker.addEventListener("error", () => reject(new Error("worker")), { once: true });
    give(worker);
  }
  return promise;
}

/** @returns {{ promise: Promise<any>, resolve: (value: any) => void, reject: (reason: Error) => void }} */
function deferred() {
  let [resolve, reject] = [(/** @type {any} */ _) => {}, (/** @type {Error} */ _) => {}];
  const promise = new Promise((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
}

/** @param {Election} election @param {Task[]} tasks @returns {Generator<number, any[]>} */
function* alone(election, tasks) {
  const results = [];
  for (const task of tasks) {
    results.push(perform(election, task));
    yield results.length;
  }
  return results;
}
