// The checks that a member's page makes before decryption, by their numbers of SPEC 6, and what it leaves undone.
// Never here: a check. Twin of numbers and titles: tally/checks, tally/locale/en.po.

/** @typedef {{ check: number, vi: string, en: string }} Titled `check` is a number of SPEC 6 */

/** In the order in which they run; `progress` names them by number. @type {Titled[]} */
export const CHECKS = [
  [1, "Hồ sơ đủ tệp, không có tệp lạ", "The record has all its files and no others"],
  [2, "Bản niêm phong đúng dạng, khóa hợp lệ và mỗi khóa một mục đích", "The sealed manifest is well formed, its keys are valid and each has one purpose"],
  [3, "Bản niêm phong đúng với mã trên giấy", "The sealed manifest agrees with the hash on paper"],
  [4, "Ban kiểm phiếu đúng với bản niêm phong", "The counting committee agrees with the sealed manifest"],
  [5, "Buổi tạo khóa: mọi thành viên cam kết trước khi công bố", "Key ceremony: every member committed before revealing"],
  [6, "Danh sách thẻ: đúng đợt, có thứ tự, không trùng, mỗi thẻ hủy có người giữ thẻ chứng minh", "List of slips: this round, in order, none twice, each void one proved by its holder"],
  [7, "Mỗi thẻ có chữ ký hợp lệ của mọi bên cấp", "Every slip has a valid signature of each issuer"],
  [8, "Bản kê của các bên cấp khớp nhau và khớp danh sách", "The issuers' statements agree with each other and with the list"],
  [9, "Kho lưu trữ: từng byte, mã băm và chuỗi sự kiện", "Archive: every byte, the hashes and the chain of events"],
  [10, "Kho lưu trữ: trình tự sự kiện", "Archive: order of events"],
  [11, "Thông điệp và khóa của ban kiểm phiếu", "Messages and keys of the counting committee"],
  [12, "Tệp bầu cử đúng khóa và đúng bản niêm phong", "The election file has the right key and agrees with the sealed manifest"],
  [13, "Danh sách thẻ trong kho lưu trữ", "List of credentials in the archive"],
  [14, "Thử khóa trước khi mở và báo cáo hòm phiếu trống", "Opening test before voting and report of the empty ballot box"],
  [15, "Phiếu: đúng dạng, đúng đợt, không lặp", "Ballots: right shape, right round, no repetition"],
  [16, "Phiếu: thẻ có trong danh sách, chưa hủy, dùng một lần", "Ballots: the slip is listed, not voided, used once"],
  [17, "Phiếu: chữ ký của thẻ", "Ballots: signature of the slip"],
  [18, "Phiếu: không có bản mã nào bị sao chép", "Ballots: no ciphertext was copied"],
  [19, "Phiếu: mọi chứng minh không tiết lộ", "Ballots: every zero-knowledge proof"],
  [20, "Phiếu mở ra để kiểm tra máy", "Ballots opened to test the machine"],
  [21, "Các mốc niêm phong và tờ chốt của hòm phiếu", "Checkpoints and closing note of the ballot box"],
  [22, "Số phiếu thu về không vượt số phát ra, không dưới mức tối thiểu", "Ballots returned do not exceed those issued and reach the minimum"],
  [23, "Tổng mã hóa đúng là tích của các phiếu được tính", "The encrypted sums are the product of the counted ballots"],
  [28, "Người chứng kiến và biên nhận: không có gì trái với hồ sơ", "Witnesses and receipts: nothing contradicts the record"],
].map(([check, vi, en]) => /** @type {Titled} */ ({ check, vi, en })); // prettier-ignore

/** What the page leaves to `keys trustee` and to everybody's verifier, where its budget of time ends. @type {Titled[]} */
const LEFT_TO_TOOL = [
  {
    check: 19,
    vi: "Chứng minh không tiết lộ của các phiếu không nằm trong mẫu đã kiểm: lệnh `keys trustee` kiểm tất cả.",
    en: "Zero-knowledge proofs of ballots outside the sample: the command `keys trustee` checks all of them.",
  },
];

/** @param {{ checked: number, of: number }} examined @returns {Titled[]} what was left in fact: nothing when all was checked */
export function leftToTool({ checked, of }) {
  return checked < of ? LEFT_TO_TOOL : [];
}
