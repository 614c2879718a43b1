// RFC 3339 timestamps, as Kubernetes writes them (kubernetes: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/time.go), without
// a clock or a calendar of the platform: days since the epoch after Hinnant, "chrono-compatible low-level date algorithms".

const FORM = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;
const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Milliseconds since 1970, or null where the text is not a timestamp. */
export function parseTimestampMs(text: string): number | null {
  const parts = FORM.exec(text);
  if (parts === null) return null;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const valid =
    month >= 1 && month <= 12 && day >= 1 && day <= MONTH_DAYS[month - 1]! && hour < 24 && minute < 60 && second <= 60;
  if (!valid) return null;
  const offsetMinutes =
    parts[8] === undefined ? 0 : Number(`${parts[8]}1`) * (Number(parts[9]) * 60 + Number(parts[10]));
  const seconds = daysSinceEpoch(year, month, day) * 86400 + hour * 3600 + (minute - offsetMinutes) * 60 + second;
  return seconds * 1000 + Math.floor(Number(`0.${parts[7] ?? '0'}`) * 1000);
}

/** Proleptic Gregorian calendar; March is the first month of the computation's year. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146097 + dayOfEra - 719468;
}
