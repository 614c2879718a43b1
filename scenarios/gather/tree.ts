// A folder that a tool has to render before anybody can say what runs, and the paths in it.

/** The files below a directory, whatever they are. */
export interface Listing {
  /** With `/` between names. */
  readonly files: readonly string[];
  /** null where it cannot be read. */
  textOf(file: string): string | null;
}

/** A folder, or a group of folders, that a tool has to render. */
export interface Tree {
  /** e.g. `a Helm chart` */
  readonly what: string;
  /** Where it is seen. */
  readonly file: string;
  /** What does not hold for its files as they stand, e.g. `its templates are no manifests`. */
  readonly why: string;
  /** Commands that print what runs. */
  readonly commands: readonly string[];
  /** What to do where no command prints it. */
  readonly advice?: string;
  /** All below them is left out; empty: the files are read as they are. */
  readonly folders: readonly string[];
}

/** Where what a tool prints is to go: into the command that was typed, or into a file where a command names several things. */
export interface Rendering {
  /** What follows the tool's command, e.g. `| seatrial lint -`. */
  readonly tail: string;
  /** What is left to do then; '' for nothing. */
  readonly after: string;
}

export const INTO_FILE: Rendering = { tail: '> rendered.yaml', after: '; then name that file instead' };

/** @param verb of a command that reads YAML from `-` */
export function into(verb: string): Rendering {
  return { tail: `| seatrial ${verb} -`, after: '' };
}

/** A path as a shell takes it; the current directory for ''. */
export function shown(path: string): string {
  const text = path === '' ? '.' : path;
  return /^[\w./:@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

export function nameOf(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}

/** '' for the current directory. */
export function directoryOf(file: string): string {
  const slash = file.lastIndexOf('/');
  return slash < 0 ? '' : file.slice(0, slash);
}

export function below(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`;
}

/** Whether a file lies in a folder or further down. */
export function isBelow(file: string, folder: string): boolean {
  return folder === '' || file.startsWith(`${folder}/`);
}
