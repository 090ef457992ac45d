// The sentences of the attendants' board, in Vietnamese and English.
// Never here: a word about a choice, a slip or a number of ballots.

const VI = {
  heading: "Các máy bỏ phiếu",
  rehearsal: "DIỄN TẬP – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ",
  states: { idle: "Rảnh", voting: "Đang dùng", stalled: "Cần giúp", offline: "Mất liên lạc" },
  calls: "Gọi cán bộ",
  called: (names) => `Máy ${names} gọi cán bộ phục vụ.`,
  lost: (names) => `Mất liên lạc với máy ${names}.`,
  stalled: (names) => `Máy ${names} cần giúp.`,
  none: "Chưa có máy nào báo về. Mở buồng phiếu trên từng máy; mỗi máy hiện ở đây sau vài giây.",
  noKey:
    "Thiếu khóa của bảng này. Xin mở lại bằng liên kết trên trang của người tổ chức. Khóa chỉ nằm trong bộ nhớ của trang, "
    + "nên tải lại trang cũng cần mở lại liên kết.",
  reload: "Nếu tải lại trang này, quý vị cần mở lại liên kết trên trang của người tổ chức.",
  unreachable: "Không liên lạc được với máy chủ; bảng dưới đây có thể đã cũ. Đang thử lại…",
  soundOn: "Bật chuông",
  soundOff: "Tắt chuông",
  count: (n) => `${n} máy`,
};

/** @type {typeof VI} */
const EN = {
  heading: "Voting terminals",
  rehearsal: "REHEARSAL – NOT A REAL BALLOT",
  states: { idle: "Idle", voting: "In use", stalled: "Needs help", offline: "Offline" },
  calls: "Calls for help",
  called: (names) => `Terminal ${names} calls an attendant.`,
  lost: (names) => `Lost contact with terminal ${names}.`,
  stalled: (names) => `Terminal ${names} needs help.`,
  none: "No terminal has reported yet. Open the booth on each machine; it appears here within seconds.",
  noKey:
    "The key to this board is missing. Please open it again by the link on the organiser's page. The key is kept in this "
    + "page's memory only, so a reload needs the link too.",
  reload: "If you reload this page, open it again by the link on the organiser's page.",
  unreachable: "The server cannot be reached; the board below may be out of date. Trying again…",
  soundOn: "Sound on",
  soundOff: "Sound off",
  count: (n) => (n === 1 ? "1 terminal" : `${n} terminals`),
};

/** @typedef {typeof VI} FleetWords */

/** @param {string} [lang] as in <html lang> @returns {FleetWords} */
export function fleetWords(lang = document.documentElement.lang) {
  return lang.toLowerCase().startsWith("en") ? EN : VI;
}
