// Replaces the files of a directory, all at one moment: whenever the process is killed, whoever looks finds the whole old result or the whole
// new one, and the next run tidies up.
//
// Two renames of a directory leave a moment with neither, and renames file by file leave moments with a mixture; the exchange of two
// directories (renameat2) cannot be reached from Node. What is atomic is the replacement of one link, so for the time of the change all files go
// through one:
//
//   1. `.seatrial/new/` is written, `.seatrial/old/` gets hard links to the files that stand there, and `.seatrial/now` points to `old`;
//   2. each file of the directory, old or new, becomes a link `NAME -> .seatrial/now/NAME`: an old one still gives what it gave, a new one
//      nothing;
//   3. `now` is replaced by a link to `new`. This is the moment;
//   4. the plain files move from `new/` to their places (a name then gives the same content as before), links that lead nowhere go,
//      and so does `.seatrial`.
//
// A later run that finds a `.seatrial` whose process is gone does step 4 for the side that `now` points to. Where the file system has no links,
// `now` is a plain file that holds the word, step 2 is left out, and a kill in step 4 leaves a mixture until the next run.
//
// The directory itself stays what it was: its mode, a mount, the target of a link.
import { randomBytes } from 'node:crypto';
import {
  chmod,
  copyFile,
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rmdir,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { META_FILE } from '../scenarios/gather/output-mark.js';
import { isResultFile } from './result-files.js';
import { codeOf } from './system-error.js';
import { UserError } from './user-error.js';

const STAGE = '.seatrial';
/** A stage that is being prepared, by which process. */
const PREPARED = /^\.seatrial-(\d{1,10})-[0-9a-f]{8}$/;
const OWNER_FILE = 'owner.json';
const OWNER_SCHEMA = 'seatrial.write/1';
const NOW = 'now';
/** Links are made here and then moved to their place, which replaces what is there. */
const NEXT = 'next';

type Side = 'old' | 'new';

interface Owner {
  readonly pid: number;
  /** Names of the new files. */
  readonly files: readonly string[];
}

/** Another process may be writing: that takes milliseconds. */
const WAIT_STEP_MS = 50;
const WAIT_STEPS = 200;
const PERMISSIONS = 0o777;

/** The last change of each directory by this very process: one after the other. */
const turns = new Map<string, Promise<void>>();

/** Whether an entry of a directory of results is part of a change that is under way or was cut off: nobody else's file. */
export async function isPartOfExchange(directory: string, name: string): Promise<boolean> {
  const path = join(directory, name);
  if (name === STAGE || PREPARED.test(name)) return await isOurStage(path);
  if (!isResultFile(name)) return false;
  if ((await linkTarget(path)) === linkTo(name)) return true;
  // Moved to its place already, while the mark is still that of the result before.
  const owner = await readOwner(join(directory, STAGE));
  return (owner?.files.includes(name) ?? false) && (await isPlainFile(path));
}

/**
 * Puts `files` in place of those that `ownFiles` names, and finishes what killed processes began there. Each new file has the
 * permissions of the one that it replaces.
 * @param directory exists.
 * @param ownFiles names the files that may be replaced, when nobody else is writing there; throws where the directory holds others.
 */
export async function exchangeFiles(
  directory: string,
  files: Readonly<Record<string, string>>,
  ownFiles: () => Promise<readonly string[]>,
): Promise<void> {
  const before = turns.get(directory) ?? Promise.resolve();
  const own = before.catch(() => {}).then(() => exchange(directory, files, ownFiles));
  turns.set(directory, own);
  await own;
}

async function exchange(
  directory: string,
  files: Readonly<Record<string, string>>,
  ownFiles: () => Promise<readonly string[]>,
): Promise<void> {
  const names = Object.keys(files);
  const stranger = names.find((name) => !isResultFile(name));
  if (stranger !== undefined) throw new RangeError(`${stranger} is not a name of a result file`);
  await tidyPrepared(directory);
  const prepared = join(directory, `${STAGE}-${process.pid}-${randomBytes(4).toString('hex')}`);
  const stage = join(directory, STAGE);
  try {
    await prepare(prepared, files);
    await acquire(prepared, stage, directory);
  } catch (error) {
    await discard(prepared);
    throw error;
  }
  try {
    const replaced = (await ownFiles()).filter(isResultFile);
    await keepOld(directory, stage, replaced);
    if (await pointTo(stage, 'old')) await leadThroughLinks(directory, stage, new Set([...replaced, ...names]));
    await pointTo(stage, 'new');
  } finally {
    await settle(directory, stage);
  }
}

async function prepare(prepared: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(prepared);
  const owner = { schema: OWNER_SCHEMA, pid: process.pid, files: Object.keys(files) };
  await writeFile(join(prepared, OWNER_FILE), JSON.stringify(owner));
  await mkdir(join(prepared, 'new'));
  await mkdir(join(prepared, 'old'));
  for (const [name, content] of Object.entries(files)) await writeFile(join(prepared, 'new', name), content);
}

/** Makes the prepared stage the one stage of the directory: a rename onto a stage that is there fails. */
async function acquire(prepared: string, stage: string, directory: string): Promise<void> {
  for (let step = 0; step < WAIT_STEPS; step++) {
    try {
      await rename(prepared, stage);
      return;
    } catch (error) {
      const isTaken = ['ENOTEMPTY', 'EEXIST'].includes(codeOf(error)) || (await isDirectory(stage));
      if (!isTaken) throw error;
      const owner = await readOwner(stage);
      if (owner !== null && !isGone(owner.pid)) await setTimeout(WAIT_STEP_MS);
      else if (owner !== null || (await isOurStage(stage))) await settle(directory, stage);
      else if (await isDirectory(stage)) break;
    }
  }
  const pid = (await readOwner(stage))?.pid;
  if (pid === undefined) throw new UserError(`${stage} was not written by seatrial`, 'move it away');
  throw new UserError(
    `process ${pid} is writing into the same directory, for seconds now`,
    `wait for its end; if it is not a seatrial, remove ${stage}`,
  );
}

async function keepOld(directory: string, stage: string, replaced: readonly string[]): Promise<void> {
  for (const name of replaced) {
    const path = join(directory, name);
    const kept = join(stage, 'old', name);
    try {
      await link(path, kept);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') continue;
      await copyFile(path, kept);
    }
    const fresh = join(stage, 'new', name);
    if (await isPlainFile(fresh)) await chmod(fresh, (await lstat(path)).mode & PERMISSIONS);
  }
}

/** @returns false where the file system has no links. */
async function pointTo(stage: string, side: Side): Promise<boolean> {
  const next = join(stage, NEXT);
  let isLink = true;
  try {
    await symlink(side, next);
  } catch (error) {
    if (!['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EINVAL'].includes(codeOf(error))) throw error;
    await writeFile(next, side);
    isLink = false;
  }
  await rename(next, join(stage, NOW));
  return isLink;
}

function linkTo(name: string): string {
  return `${STAGE}/${NOW}/${name}`;
}

async function leadThroughLinks(directory: string, stage: string, names: ReadonlySet<string>): Promise<void> {
  for (const name of names) {
    const next = join(stage, NEXT);
    await symlink(linkTo(name), next);
    await rename(next, join(directory, name));
  }
}

/** Step 4 for the side that the stage points to, or nothing where it points nowhere yet; then the stage goes. Can be done again after a kill. */
async function settle(directory: string, stage: string): Promise<void> {
  const owner = await readOwner(stage);
  if (owner !== null) {
    const side = await sideOf(stage);
    if (side !== null) await moveIn(directory, stage, side);
    for (const name of await readdir(directory)) {
      const path = join(directory, name);
      const isLink = isResultFile(name) && (await linkTarget(path)) === linkTo(name);
      if (isLink) await unlink(path);
    }
    // Without links the names that the new result does not have are still there.
    if (side === 'new') {
      for (const name of await resultFilesIn(join(stage, 'old'))) {
        const path = join(directory, name);
        if (!owner.files.includes(name) && (await isPlainFile(path))) await unlink(path);
      }
    }
  }
  await discard(stage);
}

async function moveIn(directory: string, stage: string, side: Side): Promise<void> {
  const names = await resultFilesIn(join(stage, side));
  // The mark comes last: where there are no links, a mixture is then known by the mark of the result before.
  for (const name of [...names.filter((one) => one !== META_FILE), ...names.filter((one) => one === META_FILE)]) {
    await rename(join(stage, side, name), join(directory, name));
  }
}

async function sideOf(stage: string): Promise<Side | null> {
  const path = join(stage, NOW);
  const word = (await linkTarget(path)) ?? ((await isPlainFile(path)) ? await readFile(path, 'utf8') : '');
  return word === 'old' || word === 'new' ? word : null;
}

/** What processes that are gone have prepared and not used. */
async function tidyPrepared(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const pid = PREPARED.exec(name)?.[1];
    const path = join(directory, name);
    if (pid !== undefined && isGone(Number(pid))) await discard(path);
  }
}

/** Removes a stage, file by file, and only what a stage holds; with something else in it, it stays and the error says so. */
async function discard(stage: string): Promise<void> {
  if (!(await isOurStage(stage))) return;
  for (const side of ['new', 'old']) {
    const folder = join(stage, side);
    if (!(await isDirectory(folder))) continue;
    for (const name of await resultFilesIn(folder)) await unlink(join(folder, name));
    await rmdir(folder);
  }
  // The owner's file is the last to go: what is left of a stage can always be known.
  for (const name of [NEXT, NOW, OWNER_FILE]) await removeFile(join(stage, name));
  await rmdir(stage);
}

/** A folder with our mark, or one that was cut off before the mark was written or after it was removed, and so is empty. */
async function isOurStage(path: string): Promise<boolean> {
  if (!(await isDirectory(path))) return false;
  if ((await readOwner(path)) !== null) return true;
  const names = await readdir(path);
  return (
    names.length === 0 || (names.length === 1 && names[0] === OWNER_FILE && (await isEmptyFile(join(path, OWNER_FILE))))
  );
}

async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

async function readOwner(stage: string): Promise<Owner | null> {
  const path = join(stage, OWNER_FILE);
  if (!(await isDirectory(stage)) || !(await isPlainFile(path))) return null;
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof value !== 'object' || value === null) return null;
    const { schema, pid, files } = value as Partial<Record<string, unknown>>;
    const isOurs = schema === OWNER_SCHEMA && Number.isSafeInteger(pid) && Array.isArray(files);
    return isOurs ? { pid: Number(pid), files: files.map(String) } : null;
  } catch {
    return null;
  }
}

/** No process of this number runs, or it is this one, which has no business with a stage that it does not hold. */
function isGone(pid: number): boolean {
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return codeOf(error) === 'ESRCH';
  }
}

/** Plain files and links with the names of results; never anything that is a directory. */
async function resultFilesIn(folder: string): Promise<string[]> {
  if (!(await isDirectory(folder))) return [];
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isFile() && isResultFile(entry.name)).map(({ name }) => name);
}

async function isEmptyFile(path: string): Promise<boolean> {
  return await isKind(path, (stats) => stats.isFile() && Number(stats.size) === 0);
}

async function isDirectory(path: string): Promise<boolean> {
  return await isKind(path, (stats) => stats.isDirectory());
}

async function isPlainFile(path: string): Promise<boolean> {
  return await isKind(path, (stats) => stats.isFile());
}

/** Of the entry itself: a link is followed nowhere. */
async function isKind(path: string, test: (stats: Awaited<ReturnType<typeof lstat>>) => boolean): Promise<boolean> {
  try {
    return test(await lstat(path));
  } catch {
    return false;
  }
}

async function linkTarget(path: string): Promise<string | null> {
  try {
    return await readlink(path);
  } catch {
    return null;
  }
}
