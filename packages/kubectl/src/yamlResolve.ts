/** What YAML would read a bare word as: text that looks like a number, a bool, nothing or a time is quoted. Twin: goyaml.v2 resolve.go. */

export function looksLikeOtherThanText(text: string): boolean {
  return WORDS.has(text) || isNumber(text) || isSexagesimal(text) || isTime(text);
}

const WORDS: ReadonlySet<string> = new Set(
  [
    ' ~ null Null NULL y Y yes Yes YES true True TRUE on On ON n N no No NO false False FALSE off Off OFF',
    '.nan .NaN .NAN .inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF',
  ].flatMap((words) => words.split(' ')),
);

const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const INTEGER = /^[-+]?(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|[0-9]+)$/;

/** Underscores may stand between the digits, but not in what begins with a point. A float beyond all floats is none. */
export function isNumber(text: string): boolean {
  if (!/^[-+.0-9]/.test(text)) return false;
  const plain = text.startsWith('.') ? text : text.replaceAll('_', '');
  return INTEGER.test(plain) || (FLOAT.test(plain) && Number.isFinite(Number(plain)));
}

/** `190:20:30`, a number of YAML 1.1: nobody reads it any more, but it is quoted still. */
function isSexagesimal(text: string): boolean {
  return /^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$/.test(text);
}

const TIME =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?(?:Z|[-+](\d{2}):(\d{2})))|(?: +(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?))?$/;
const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isTime(text: string): boolean {
  const match = TIME.exec(text);
  if (match === null) return false;
  const [year = 0, month = 0, day = 0, ...rest] = match.slice(1).map((digits) => Number(digits ?? 0));
  const [hour = 0, minute = 0, second = 0, , , otherHour = 0, otherMinute = 0, otherSecond = 0] = rest;
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const daysMax = month === 2 && !isLeap ? 28 : (MONTH_DAYS[month - 1] ?? 0);
  const isClock = hour + otherHour < 24 && minute + otherMinute < 60 && second + otherSecond < 60;
  return day >= 1 && day <= daysMax && isClock;
}
