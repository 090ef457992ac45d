"""Two hundred names that break what is careless, and fifty more: LEGAL ones come through every page and file unharmed,
the others are refused where they come in, by row and column.

Here live strings, written with escapes where an editor would hide them. Never here: a name of anybody.
"""

from __future__ import annotations

from contextlib import suppress

from tally.protocol.encoding import text
from tally.protocol.errors import TallyError

_LEGAL_MARKUP = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>",
    "\"><script>alert(1)</script>", "'><b>x", "</title><script>alert(1)</script>", "<!--", "-->", "<![CDATA[x]]>",
    "&lt;b&gt;", "&amp;amp;", "&#x41;", "&nbsp;", "<a href=javascript:alert(1)>x</a>", "javascript:alert(1)",
    "<iframe src=//x>", "<style>*{display:none}</style>", "<base href=//x>", "<meta http-equiv=refresh content=0>",
    "<form action=//x><input>", "<textarea>", "</textarea>", "</td></tr></table>", "<?xml version='1.0'?>",
    "<!DOCTYPE x>", "<!ENTITY x 'y'>", "]]>", "onmouseover=alert(1) x",
    "<details open ontoggle=alert(1)>", "<scr<script>ipt>", "\\u003cscript\\u003e", "+ADw-script+AD4-", "%3Cscript%3E",
    "data:text/html,x",
)  # fmt: skip
_LEGAL_TEMPLATES = (
    "{{7*7}}", "{{ config }}", "{% raw %}", "{%endblock%}", "{# x #}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "{0}",
    "{name}", "{0.__class__}", "%s", "%(x)s", "%n%n%n", "{", "}", "{{", "}}", "$HOME", "`id`", "$(id)", "{reason}",
    "{{''.__class__.__mro__}}", "[[${7*7}]]", "@{x}", "\\input{x}", "<font color=red>",
)  # fmt: skip
_LEGAL_SQL = (
    "'; DROP TABLE person; --", "' OR '1'='1", "\" OR \"\"=\"", "1; SELECT 1", "Robert'); DROP TABLE voter;--",
    "%", "_", "\\'", "''", "NULL", "null", "None", "undefined", "NaN", "true", "false", "0", "-1", "1e309", "0x10",
    "Infinity", "admin'--", "1' UNION SELECT 1", "%' LIKE '%",
)  # fmt: skip
_LEGAL_PATHS = (
    "../../etc/passwd", "..\\..\\windows\\win.ini", "/etc/passwd", "C:\\x", "file:///etc/passwd", ".", "..", "~",
    "CON", "nul", "a/b", "a\\b", "x.csv", "x.xlsx", "http://x/", "//x/y", "a:b", "a*b?", "%2e%2e%2f", "x;y",
    "....//....//x", "\\\\host\\share", "aux.txt",
)  # fmt: skip
_LEGAL_FORMULAS = (
    "=1+1", "=cmd|' /C calc'!A0", "=HYPERLINK(\"http://x\",\"y\")", "+1+1", "-1+1", "@SUM(A1)", "=", "+", "-", "@",
    "'=1+1", "''=1+1", "'", "''", "'x", "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20x", "=IMPORTXML(A1)", "a,b",
    "a;b", "a;=1+1", "a\"b", "\"", "\"\"", "\"=1+1\"", ",", ";", ",,,", "|", "=A1:A9", "-2+3+cmd|' /C calc'!A0",
    "#REF!", "#N/A", "001", "1/2", "1-2", "1E5", "TRUE", "05/01/2026", "_x0041_", "_x000A_", "_x005F_", "x005F_",
    "__x0041__", "_xD800_", "=WEBSERVICE(A1)", "=-+1+1",
)  # fmt: skip
_LEGAL_LETTERS = (
    "Nguyễn Thị Hoà", "Nguyễn Thị Hòa", "Nguye\u0302\u0303n Thi\u0323 Hoa\u0300", "Đặng Đình Đức", "Ðặng", "Dặng",
    "NGUYỄN VĂN Ẩ", "nguyễn văn ẩ", "Nguуễn", "Νguyễn", "Nguyễn-Văn A", "Nguyễn (Văn) A", "Nguyễn Văn A’", "Ô",
    "Y", "Nguyễn  Hai Dấu Cách", "Y Wăn Êban", "H’Hen Niê", "Lò Văn Ún", "王小明", "Иван Иванов", "مريم", "שלום",
    "한글이름", "ชื่อไทย", "ﬁnal", "Ⅷ", "①②", "🙂", "👩", "🇻🇳", "𝕹guyen", "Ｆｕｌｌ", "Ａ＝Ｂ", "ß", "ı", "İ",
    "ǅ", "Ω", "Å",
    "№ 5", "½", "A" * 200,
    "Nguyễn " * 28 + "Dài", "Ẩ" * 200, "“Nguyễn”", "Nguyễn…", "Nguyễn – Văn", "1234567890",
    "x" * 60,
)  # fmt: skip
_REFUSED = (
    "", " ", "\u00a0", "\u200b", "a\u200bb", "a\u200db", "a\u200cb", "a\u2060b", "\ufeffa\ufeffb", "a\u202eb",
    "a\u202ab\u202c", "a\u2066b\u2069", "a\u200eb", "a\u200fb", "a\u061cb", "a\u00adb", "a\u0000b", "a\u0001b",
    "a\u0008b", "a\tb", "a\nb", "a\r\nb", "a\u000bb", "a\u0085b", "a\u2028b", "a\u2029b", "a\u007fb",
    "a\u001b[31mb", "a\u00a0b", "a\u2003b", "a\u202fb", "a\u3000b", "a\u3164b", "a\u115fb", "a\u2800b", "a\ufe0fb",
    "❤\ufe0f", "👩\u200d👩\u200d👧", "a\ue000b", "a\uffffb", "a\U000e0041b", "a\u034fb", "a\u180eb",
    "Z\u0351\u0352\u0353\u0354a", "a\u0301\u0302\u0303\u0304", "A" * 201, "Nguyễn " * 60, "A" * 100_000,
)  # fmt: skip

_GIVEN = (*_LEGAL_MARKUP, *_LEGAL_TEMPLATES, *_LEGAL_SQL, *_LEGAL_PATHS, *_LEGAL_FORMULAS, *_LEGAL_LETTERS)
LEGAL = tuple(dict.fromkeys(_GIVEN))
REFUSED = _REFUSED


def _in_a_record(name: str) -> bool:
    """Say whether a record may hold this text as a name."""
    with suppress(TallyError):
        return bool(text(name, "name", limit=200))
    return False


NAMES = tuple(filter(_in_a_record, LEGAL))
"""Those of them that a record may hold: a list that is read in makes the others composed and single-blanked first."""
