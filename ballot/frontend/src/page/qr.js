// A QR code as an SVG element, for slips and trackers.
// Never here: a request to anybody's server for a picture.

import encodeQR from "qr";

const SVG = "http://www.w3.org/2000/svg";
const QUIET = 4;

/**
 * @param {string} text
 * @param {string} label for those who cannot see it
 * @param {{ dense?: boolean }} [options] dense: on a screen, where nothing is creased, with less to correct errors by
 * @returns {SVGElement}
 */
export function qrCode(text, label, { dense = false } = {}) {
  const data = encodeQR(text, "raw", { ecc: dense ? "low" : "medium", border: QUIET });
  const size = data.length;
  const path = document.createElementNS(SVG, "path");
  const squares = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])));
  path.setAttribute("d", squares.join(""));
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
  svg.setAttribute("class", "qr");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  svg.setAttribute("shape-rendering", "crispEdges");
  svg.append(path);
  return svg;
}
