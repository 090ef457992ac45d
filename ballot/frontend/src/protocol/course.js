// The course of a long computation: it tells how far it is, lets others run, and stops when it is told to.
// Never here: what is computed, or a page.

const SLICE = 40; // ms of work between two breaths

/** @typedef {(step: number, done: number, total: number) => void} Progress `step` is a check's number of SPEC 6 */
/** @typedef {(step: number, done: number, total: number) => Promise<void>} Course */

/**
 * Make the function that a long computation awaits after each piece. It throws the signal's reason once it is aborted.
 * @param {Progress} [progress]
 * @param {AbortSignal} [signal]
 * @returns {Course}
 */
export function makeCourse(progress = () => {}, signal) {
  let breath = performance.now();
  return async (step, done, total) => {
    const due = performance.now() - breath >= SLICE;
    if (due || done === 0 || done === total) progress(step, done, total);
    if (due) {
      await new Promise((resume) => setTimeout(resume));
      breath = performance.now();
    }
    signal?.throwIfAborted();
  };
}
