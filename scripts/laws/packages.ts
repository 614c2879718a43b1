// Laws about what we depend on: nothing runs at install time, and the lock file names no registry.
import type { Violation } from './source.js';

interface LockEntry {
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly hasInstallScript?: boolean;
}

/** `text` of package-lock.json (version 3). */
export function checkLock(text: string): Violation[] {
  const lines = text.split('\n');
  const resolved = lines.flatMap((line, index) =>
    /^\s*"resolved":/.test(line)
      ? [
          violation(
            index + 1,
            'records a download address: set omit-lockfile-registry-resolved=true in .npmrc and write the lock anew',
          ),
        ]
      : [],
  );
  const { packages } = JSON.parse(text) as { readonly packages: Readonly<Record<string, LockEntry>> };
  const scripted = Object.entries(packages).flatMap(([name, entry]) => {
    const isRuntime = name !== '' && entry.dev !== true && entry.devOptional !== true;
    if (!isRuntime || entry.hasInstallScript !== true) return [];
    return [
      violation(
        lines.findIndex((line) => line.includes(`"${name}"`)) + 1,
        `runtime dependency ${name} has an install script`,
      ),
    ];
  });
  return [...resolved, ...scripted];
}

/** Source files behind `bin`, `main` and `exports` of package.json: `./dist/cli/main.js` is `cli/main.ts`. */
export function entryPoints(packageJson: string): string[] {
  const { bin, main, exports } = JSON.parse(packageJson) as Record<string, unknown>;
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value === 'string') {
      const source = /^(?:\.\/)?dist\/(.+?)(?:\.d\.ts|\.js)$/.exec(value);
      if (source !== null) found.add(`${source[1]}.ts`);
    } else if (typeof value === 'object' && value !== null) {
      for (const inner of Object.values(value)) visit(inner);
    }
  };
  visit([bin, main, exports]);
  return [...found];
}

function violation(line: number, message: string): Violation {
  return { file: 'package-lock.json', line, message };
}
