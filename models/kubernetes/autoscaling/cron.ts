// Cron expressions of five fields, as KEDA's cron trigger reads them (robfig/cron: parser.go, spec.go). Time is in
// whole seconds since 1970, of one time zone: the driver adds the offset of the zone.

/** A parsed expression: what each field allows. */
export interface CronSchedule {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly daysOfMonth: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly daysOfWeek: ReadonlySet<number>;
  /** One of the two fields of days is a star: both have to hold; else one of them has to. */
  readonly bothDays: boolean;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3600;
const DAY_SECONDS = 86_400;
/** An expression that holds on no day within five years holds never (30 February). */
const YEARS_DAYS = 5 * 366;

/** Reads `minute hour day-of-month month day-of-week`; null: the text is no such expression. */
export function parseCron(text: string): CronSchedule | null {
  const [minute, hour, dayOfMonth, month, dayOfWeek, ...rest] = text.trim().split(/\s+/);
  if (dayOfWeek === undefined || rest.length > 0) return null;
  const minutes = parseField(minute!, 0, 59, []);
  const hours = parseField(hour!, 0, 23, []);
  const daysOfMonth = parseField(dayOfMonth!, 1, 31, []);
  const months = parseField(month!, 1, 12, MONTHS);
  const daysOfWeek = parseField(dayOfWeek, 0, 6, DAYS);
  if (minutes === null || hours === null || daysOfMonth === null || months === null || daysOfWeek === null) return null;
  return {
    minutes: minutes.values,
    hours: hours.values,
    daysOfMonth: daysOfMonth.values,
    months: months.values,
    daysOfWeek: daysOfWeek.values,
    bothDays: daysOfMonth.isStar || daysOfWeek.isStar,
  };
}

interface Field {
  readonly values: ReadonlySet<number>;
  readonly isStar: boolean;
}

/** A list of values, ranges and steps: `5`, `1-5`, `*`, `10-40/15`, `mon,wed`. */
function parseField(text: string, min: number, max: number, names: readonly string[]): Field | null {
  const values = new Set<number>();
  let isStar = false;
  for (const part of text.split(',')) {
    const [, low = '', high, step] =
      /^([a-z]{3}|\d{1,2}|[*?])(?:-([a-z]{3}|\d{1,2}))?(?:\/(\d{1,2}))?$/i.exec(part) ?? [];
    if (low === '') return null;
    const star = low === '*' || low === '?';
    if (star && high !== undefined) return null;
    const start = star ? min : valueOfWord(low, min, names);
    const lone = step === undefined ? start : max;
    const end = star ? max : high === undefined ? lone : valueOfWord(high, min, names);
    const stride = step === undefined ? 1 : Number(step);
    if (!(start >= min && end <= max && start <= end && stride >= 1)) return null;
    for (let value = start; value <= end; value += stride) values.add(value);
    if (star && stride === 1) isStar = true;
  }
  return { values, isStar };
}

/** A number, or a name of a month or a day; NaN: neither. */
function valueOfWord(word: string, min: number, names: readonly string[]): number {
  if (/^\d+$/.test(word)) return Number(word);
  const index = names.indexOf(word.toLowerCase());
  return index === -1 ? NaN : index + min;
}

/** The first second strictly after `afterSecond` at which an expression holds; null: never. */
export function nextCronSecond(schedule: CronSchedule, afterSecond: number): number | null {
  const from = (Math.floor(afterSecond / MINUTE_SECONDS) + 1) * MINUTE_SECONDS;
  const firstDay = Math.floor(from / DAY_SECONDS);
  for (let day = firstDay; day < firstDay + YEARS_DAYS; day++) {
    if (!holdsOn(schedule, day)) continue;
    const second = firstWithin(schedule, day === firstDay ? from - day * DAY_SECONDS : 0);
    if (second !== null) return day * DAY_SECONDS + second;
  }
  return null;
}

function firstWithin({ hours, minutes }: CronSchedule, fromSecond: number): number | null {
  for (let hour = Math.floor(fromSecond / HOUR_SECONDS); hour < 24; hour++) {
    if (!hours.has(hour)) continue;
    for (let minute = 0; minute < 60; minute++) {
      const second = hour * HOUR_SECONDS + minute * MINUTE_SECONDS;
      if (second >= fromSecond && minutes.has(minute)) return second;
    }
  }
  return null;
}

function holdsOn(schedule: CronSchedule, day: number): boolean {
  const { month, dayOfMonth } = civil(day);
  if (!schedule.months.has(month)) return false;
  // The first of January 1970 was a Thursday.
  const weekday = (((day + 4) % 7) + 7) % 7;
  const inMonth = schedule.daysOfMonth.has(dayOfMonth);
  const inWeek = schedule.daysOfWeek.has(weekday);
  return schedule.bothDays ? inMonth && inWeek : inMonth || inWeek;
}

/**
 * Month (1 to 12) and day of a day since 1970, in the Gregorian calendar (Hinnant, chrono-compatible low-level date
 * algorithms).
 */
function civil(day: number): { readonly month: number; readonly dayOfMonth: number } {
  const shifted = day + 719_468;
  const ofEra = shifted - Math.floor(shifted / 146_097) * 146_097;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * ofYear + 2) / 153);
  const dayOfMonth = ofYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  return { month: marchMonth < 10 ? marchMonth + 3 : marchMonth - 9, dayOfMonth };
}
