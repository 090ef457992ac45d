// The attendant's page of a site: the key goes from the address into the form, and the page comes up to date by itself.
// Never here: a key that stays in the address or in a store, or an act that nobody pressed.

const AGAIN_MS = 15_000;
const door = /** @type {HTMLFormElement | null} */ (document.getElementById("door"));
const refresh = /** @type {HTMLFormElement | null} */ (document.getElementById("refresh"));
const key = location.hash.slice(1);

if (location.hash) history.replaceState(null, "", location.pathname + location.search);
if (door && key) {
  /** @type {HTMLInputElement} */ (door.elements.namedItem("key")).value = key;
  door.requestSubmit();
}

/** Ask again, unless somebody is about to press something. */
function ask() {
  if (document.querySelector("details[open]")) setTimeout(ask, AGAIN_MS);
  else refresh?.requestSubmit();
}
if (refresh) setTimeout(ask, AGAIN_MS);
