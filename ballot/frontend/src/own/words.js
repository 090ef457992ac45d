// The sentences of the own-device page, in Vietnamese and English.
// Never here: a promise that this mode cannot keep.

const VI = {
  title: "Thẻ bỏ phiếu trên thiết bị riêng",
  rehearsal: "DIỄN TẬP – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ",
  loading: "Đang mở…",
  limitsTitle: "Xin quý vị đọc trước: cách này không bảo vệ được gì",
  limits: [
    "Máy mà quý vị chạm để chọn thì nhìn thấy lựa chọn. Một phần mềm xấu trong máy này có thể ghi lại.",
    "Hệ thống không ngăn được ai đứng bên cạnh, nhìn màn hình hay ép quý vị. Không có cách bỏ phiếu lại.",
    "Trang này do máy chủ gửi tới và được tin vào lúc gửi; chỉ biết nó đúng nếu có người so mã băm đã công bố.",
    "Khi bỏ phiếu, hòm phiếu thấy địa chỉ mạng của máy này, dù nó không ghi lại địa chỉ đó.",
    "Ai mở được máy này trước giờ bỏ phiếu thì dùng được thẻ của quý vị. Mất thẻ thì không được cấp lại.",
  ],
  limitsBooth:
    "An toàn nhất vẫn là phòng phiếu kín tại hội nghị. Nếu quý vị đổi ý lúc này, xin đừng bấm nút và báo ban tổ chức: hai người "
    + "hủy xác nhận có mặt, rồi quý vị nhận thẻ tại bàn tiếp đón.",
  begin: "Tôi đã đọc, tạo thẻ trên máy này",
  making: "Đang tạo thẻ",
  signing: "Đang xin chữ ký của các bên cấp thẻ",
  staging: "Đang gửi kín thẻ tới hòm phiếu",
  noPermission: "Chưa có thẻ nào trên máy này. Xin đăng nhập bằng mã đại biểu và mật khẩu dùng một lần.",
  readyTitle: "Thẻ đã có trên máy này",
  readyLead: "Thẻ được giữ trong trình duyệt này cho đến khi bỏ phiếu. Xin lưu thêm một bản ngoài trình duyệt.",
  code: "Mã thẻ",
  download: "Lưu thẻ thành tệp",
  goVote: "Đến trang bỏ phiếu",
  goVoteNote: "Trang bỏ phiếu chỉ mở sau khi hội nghị chốt danh sách thẻ và mở hòm phiếu.",
  erase: "Xóa thẻ khỏi máy này",
  eraseSure: "Xóa thẻ? Không còn cách lấy lại trừ khi quý vị đã lưu tệp hoặc chép mã.",
  eraseYes: "Xóa",
  eraseNo: "Giữ lại",
  erased: "Máy này không còn giữ thẻ.",
  another:
    "Máy này đang giữ thẻ của một người trong đợt này. Một trình duyệt chỉ giữ một thẻ: xin mở trang đăng nhập trên máy "
    + "hoặc trình duyệt khác, hoặc lưu thẻ thành tệp, xóa nó, rồi tiếp tục.",
  fileText: (title, code) => `${title}\nMã thẻ bỏ phiếu: ${code}\nGiữ kín. Ai có mã này thì bỏ được một phiếu.\n`,
  trouble: "Chưa làm xong thẻ",
  unsure: "Đường truyền bị gián đoạn. Yêu cầu vẫn ở trên máy này; gửi lại sẽ nhận cùng một trả lời.",
  refused: "Xin liên hệ ban tổ chức. Nếu chưa có thẻ nào được ký, ban tổ chức cấp được mật khẩu mới.",
  bad: (code) => `Trả lời của bên cấp thẻ không hợp lệ (${code}).`,
  noStore: "Trình duyệt này không cho trang lưu gì (có thể do chế độ ẩn danh), nên không giữ được thẻ. Xin dùng cửa sổ thường.",
  retry: "Gửi lại",
};

/** @type {typeof VI} */
const EN = {
  title: "A slip on a device of one's own",
  rehearsal: "REHEARSAL – NOT A REAL BALLOT",
  loading: "Opening…",
  limitsTitle: "Please read first: what this way cannot protect",
  limits: [
    "The machine on which you tap your choice sees your choice. Bad software on it may keep it.",
    "Nothing can stop a person beside you from looking or pressing you. There is no second vote.",
    "This page is trusted at the moment the server sends it; only somebody who compares the published hash knows it is right.",
    "When you cast, the box sees this device's network address, though it does not keep it.",
    "Whoever can open this device before then can use your slip. A lost slip is not replaced.",
  ],
  limitsBooth:
    "Safest is still the booth in the hall. If you change your mind now, do not press the button and tell the organisers: two "
    + "of them undo your check-in, and you get a slip at the desk.",
  begin: "I have read this; make a slip on this device",
  making: "Making the slip",
  signing: "Asking the issuers for their signatures",
  staging: "Sending the sealed copy to the box",
  noPermission: "There is no slip on this device yet. Please log in with your reference and one-time password.",
  readyTitle: "The slip is on this device",
  readyLead: "It is kept in this browser until you vote. Please save a copy outside the browser too.",
  code: "Slip code",
  download: "Save the slip as a file",
  goVote: "Go to the voting page",
  goVoteNote: "It opens only after the list of slips is fixed and the box is opened.",
  erase: "Erase the slip from this device",
  eraseSure: "Erase the slip? There is no way back unless you saved the file or copied the code.",
  eraseYes: "Erase",
  eraseNo: "Keep",
  erased: "This device holds no slip any more.",
  another:
    "This device holds somebody's slip of this round, and a browser keeps one only: please log in on another device or "
    + "browser, or save the slip as a file, erase it, and go on.",
  fileText: (title, code) => `${title}\nSlip code: ${code}\nKeep it secret. Whoever has it can cast one ballot.\n`,
  trouble: "The slip is not finished",
  unsure: "The connection broke. The request is still on this device; sending it again gets the same answer.",
  refused: "Please ask the organisers. If nobody has signed a slip for you, they can give you a new password.",
  bad: (code) => `The issuers' answer is not valid (${code}).`,
  noStore: "This browser lets the page keep nothing (a private window, perhaps), so it cannot hold a slip. Please use a normal window.",
  retry: "Send again",
};

/** @typedef {typeof VI} OwnWords */

/** @param {string} [lang] as in <html lang> @returns {OwnWords} */
export function ownWords(lang = document.documentElement.lang) {
  return lang.toLowerCase().startsWith("en") ? EN : VI;
}
