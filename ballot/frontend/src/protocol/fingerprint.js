// Six words that a committee reads aloud: all screens show the same ones, or somebody stands between the members.
// Never here: a message, or a secret. Twin: tally/protocol/fingerprint.py, the same words in the same order; SPEC 4.4.

import { sha256 } from "@noble/hashes/sha2.js";
import { transcriptOf } from "./committee.js";
import { canonicalText, utf8 } from "./encoding.js";
import { signedJson } from "./messages.js";

const COUNT = 6;
const LABEL = "phieu-tin-nhiem/v1/ceremony-words|";
const LIST = `
bàn tay|bàn ghế|bàn chân|bánh mì|bánh chưng|bánh xe|bao gạo|bầu trời|bến cảng|bến đò|bệnh viện|biển xanh|bình minh
bó đũa|bó lúa|bông hoa|bông lúa|bờ ao|bờ đê|bức tranh|bức tường|bướm vàng|ca nô|cà chua|cà phê|cá chép|cá heo|cá vàng
cái cân|cái kéo|cái loa|cái trống|cánh buồm|cánh cửa|cánh đồng|cánh rừng|cam sành|cành đào|cành mai|cát trắng|cầu tre
cầu vồng|cây bàng|cây bút|cây cau|cây dừa|cây đa|cây lúa|cây mía|cây nến|cây phượng|cây thông|cây tre|chai nước
chén trà|chiếc nón|chiếc thuyền|chiếc võng|chim én|chim sâu|chó con|chùm nho|chuối tiêu|chuồn chuồn|chuông đồng|con bò
con cò|con cua|con dê|con đò|con gà|con hạc|con hổ|con kiến|con lợn|con mèo|con ngựa|con nhím|con ong|con rùa|con sóc
con tằm|con thỏ|con tôm|con trâu|con vịt|con voi|cột cờ|cột đèn|cơm nắm|củ gừng|củ hành|củ khoai|củ nghệ|cửa sổ
cửa biển|dây thừng|dây chuyền|dòng sông|dưa hấu|dưa chuột|đá cuội|đàn bầu|đàn tranh|đào tiên|đảo xa|đèn lồng|đèn pin
đĩa sứ|đình làng|đoàn tàu|đôi dép|đôi giày|đôi đũa|đỉnh núi|đồi chè|đồng hồ|đồng xu|đồng ruộng|đống rơm|đường ray
ếch xanh|ga tàu|gác chuông|gạo nếp|gậy tre|ghế đá|gió mùa|giếng nước|giọt sương|giỏ cam|gốc đa|gối bông|gương soi
hạt cải|hạt dẻ|hạt gạo|hạt tiêu|hàng rào|hải âu|hang động|hòn đảo|hòn sỏi|hoa cúc|hoa đào|hoa hồng|hoa lan|hoa mai
hoa nhài|hoa sen|hoa súng|hồ nước|hộp bút|hộp trà|hương trầm|hươu sao|kênh đào|khăn tay|khăn quàng|khung cửi|kim chỉ
kính lúp|lá cờ|lá chuối|lá sen|lá trầu|lá thư|lạc rang|làng chài|lâu đài|lọ hoa|lọ mực|lò rèn|lồng chim|lúa chín
lưới cá|lược ngà|mái chèo|mái đình|mái ngói|mái trường|măng non|mâm cỗ|mận chín|mật ong|mặt trăng|mặt trời|mây trắng
mèo mun|me chua|mít non|mỏ neo|món quà|mùa thu|mùa xuân|muối biển|mướp hương|na dai|nải chuối|nắng mai|ngã tư|ngọn đèn
ngọn đuốc|ngọn núi|ngôi nhà|ngôi sao|ngói đỏ|ngõ nhỏ|nhà sàn|nhà máy|nhãn lồng|nón lá|nồi đất|nước mắm|nước chè|núi lửa
nụ cười|ổ khóa|ốc sên|ổi chín|ong thợ|ô tô|phấn trắng|phố cổ|phiến đá|phao bơi|quả bóng|quả cam|quả chuông|quả mơ
quả trám|quạt giấy|quạt nan|quê hương|quyển sách|rau cải|rau muống|rặng dừa|rổ trứng|rừng thông|ruộng muối
sân đình|sân trường|sao mai|sóng biển|suối trong|sư tử|tàu hỏa|tháp chuông|thuyền buồm|trái tim|trăng rằm|tre xanh
trống đồng|vầng trăng|vườn nhãn
`;

/** 256 words of two syllables, in NFC. @type {readonly string[]} */
export const WORDS = /* @__PURE__ */ splitList();

function splitList() {
  return Object.freeze(LIST.trim().split(/[|\n]/));
}

/**
 * Return the six words of a ceremony: its transcript (hex) and what all members revealed, in their order.
 * One byte of SHA-256 chooses each word. SPEC 4.4.
 * @param {string} transcript
 * @param {import("./messages.js").Coefexps[]} coefexps
 * @returns {string[]}
 */
export function fingerprint(transcript, coefexps) {
  const revealed = coefexps.map(({ signed }) => canonicalText(signedJson(signed))).join("|");
  const digest = sha256(utf8(`${LABEL}${transcript}|${revealed}`));
  return Array.from(digest.slice(0, COUNT), (byte) => WORDS[byte]);
}

/**
 * Return the same words, once the committee is put together; none for a committee of one.
 * @param {import("./committee.js").Committee} committee
 * @returns {string[]}
 */
export function wordsOf(committee) {
  const [item] = committee.trustees.items;
  return item.kind === "Single" ? [] : fingerprint(transcriptOf(committee), item.coefexps);
}
