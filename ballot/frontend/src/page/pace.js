// Long work in small steps, so that the page stays alive and a bar moves.
// Never here: what the work is.

const SLICE_MS = 14;

/**
 * Run a generator that yields how many steps are done; return its value. `stopped` may end it between two steps.
 * @template T
 * @param {Generator<number, T>} steps
 * @param {(done: number) => void} advance
 * @param {() => boolean} stopped
 * @returns {Promise<T | undefined>} undefined if it was stopped
 */
export async function pace(steps, advance, stopped) {
  let [step, since] = [steps.next(), performance.now()];
  while (!step.done) {
    if (performance.now() - since > SLICE_MS) {
      advance(step.value);
      await breath();
      if (stopped()) return undefined;
      since = performance.now();
    }
    step = steps.next();
  }
  return step.value;
}

/** Let the browser paint and listen; a message is not throttled as timers are. @returns {Promise<void>} */
export function breath() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve(port1.close());
    port2.postMessage(null);
  });
}
