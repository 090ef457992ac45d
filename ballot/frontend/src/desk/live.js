// Asking the registry again every few seconds, while somebody can see the page.
// Never here: what is done with the answer, or a request to another host.

const EVERY_MS = 3_000;
const PATIENCE_MS = 10_000;

/**
 * Ask `url` now and every three seconds; a hidden page waits until it is seen again. The session is not renewed by it.
 * @param {string} url
 * @param {HTMLElement | null} trouble says when there is no answer, in the words of its data attributes
 * @param {(answer: any) => boolean | void} show returns false when there is nothing more to follow
 */
export function follow(url, trouble, show) {
  let timer = 0;
  const ask = async () => {
    clearTimeout(timer);
    if (document.hidden) return;
    const { answer, problem } = await request(url);
    say(trouble, problem);
    const goOn = answer === undefined || show(answer) !== false;
    if (goOn && problem !== "ended") timer = window.setTimeout(ask, EVERY_MS);
    if (!goOn) document.removeEventListener("visibilitychange", ask);
  };
  document.addEventListener("visibilitychange", ask);
  ask();
}

/** @param {string} url @returns {Promise<{ answer?: any, problem: "" | "offline" | "ended" }>} */
async function request(url) {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await fetch(url, { cache: "no-store", credentials: "same-origin", redirect: "manual", signal });
    if (response.type === "opaqueredirect" || response.status === 403) return { problem: "ended" }; // to the log-in
    return response.ok ? { answer: await response.json(), problem: "" } : { problem: "offline" };
  } catch {
    return { problem: "offline" };
  }
}

/** @param {HTMLElement | null} trouble @param {"" | "offline" | "ended"} problem */
function say(trouble, problem) {
  if (!trouble) return;
  trouble.hidden = !problem;
  trouble.textContent = problem ? (trouble.dataset[problem] ?? "") : "";
}

/** Change a text only if it differs, so that a screen reader is not told the same thing again. @param {Element | null} at @param {unknown} text */
export function set(at, text) {
  if (at && at.textContent !== String(text)) at.textContent = String(text);
}
