// How many are present, at each site and in all, and whether that is enough; as the registry says.
// Never here: arithmetic of the quorum.

import { follow, set } from "./live.js";

/** @typedef {{ present: number, summoned: number, needed: number, enough: boolean, sites: { present: number }[] }} Counts */

/** @param {HTMLElement} section */
export function followAttendance(section) {
  const cells = section.querySelectorAll("[data-site-present]");
  const quorum = /** @type {HTMLElement} */ (section.querySelector("[data-quorum]"));
  follow(section.dataset.attendance ?? "", section.querySelector("[data-trouble]"), (/** @type {Counts} */ counts) => {
    set(section.querySelector("[data-present]"), counts.present);
    set(section.querySelector("[data-summoned]"), counts.summoned);
    const words = (counts.enough ? quorum.dataset.enough : quorum.dataset.short) ?? "";
    set(quorum, words.replace("{needed}", String(counts.needed)));
    counts.sites.forEach((site, place) => set(cells[place] ?? null, site.present)); // in the order of the page
  });
}
