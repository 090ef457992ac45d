// A QR code as an SVG element, for slips and trackers.
// Never here: a request to anybody's server for a picture.

import { encode } from "uqr";

const SVG = "http://www.w3.org/2000/svg";
const QUIET = 4;

/** @param {string} text @param {string} label for those who cannot see it @returns {SVGElement} */
export function qrCode(text, label) {
  const { data, size } = encode(text, { ecc: "M", border: QUIET });
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
