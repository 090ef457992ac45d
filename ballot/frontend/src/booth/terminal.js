// What the attendant set up for this machine: its name in the hall and how many pixels make a millimetre.
// Never here: a store; both stand in the address behind the #, which no request carries.
//
//     …/phong-phieu#may=B1&mm=3.78

const NAME = /^[A-Z]{1,2}[0-9]{1,3}$/;
const [LEAST_MM, MOST_MM] = [2, 20];
const BUTTON_MM = 20;
export const CARD_MM = 85.6; // ISO/IEC 7810 ID-1: every bank card

/** @typedef {{ name: string, mm: number }} Terminal name "" and mm 0 where nothing was set */

/** @param {string} fragment as in location.hash @returns {Terminal} */
export function readTerminal(fragment) {
  const asked = new URLSearchParams(fragment.replace(/^#/, ""));
  const [name, mm] = [nameOf(asked.get("may") ?? ""), Number(asked.get("mm"))];
  return { name, mm: mm >= LEAST_MM && mm <= MOST_MM ? mm : 0 };
}

/** @param {string} typed @returns {string} the name in capitals, or nothing if it is none */
export function nameOf(typed) {
  const name = typed.trim().toUpperCase();
  return NAME.test(name) ? name : "";
}

/** @param {Terminal} terminal @returns {string} */
export function fragmentOf({ name, mm }) {
  const parts = [name && `may=${name}`, mm && `mm=${mm.toFixed(2)}`].filter(Boolean);
  return `#${parts.join("&")}`;
}

/** Make the buttons 20 mm high where the size of a millimetre is known. @param {Terminal} terminal */
export function applyMillimetre({ mm }) {
  const style = document.documentElement.style;
  if (mm) style.setProperty("--press", `${Math.round(BUTTON_MM * mm)}px`);
  else style.removeProperty("--press");
}
