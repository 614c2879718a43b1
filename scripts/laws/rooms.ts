// Law: the rooms within a room have directions too, and files that import each other in a circle are taken apart.
import type { SourceFile, Violation } from './source.js';

/** The files that lie in a room and in none of its rooms, where the law says what they may import. */
const ROOM_ITSELF = '.';

/** From the bottom to the top; rooms of one line know nothing of each other. A room may import itself and what is below. */
const ROOMS_WITHIN: ReadonlyMap<string, readonly (readonly string[])[]> = new Map([
  ['models', [['config', 'kubernetes'], ['plan'], ['control-plane'], ['mesh', 'lint']]],
  [
    'models/plan',
    [
      ['contract'],
      ['terms'],
      ['settings'],
      ['registry', 'gateway-api'],
      ['tls'],
      ['patches'],
      ['routes'],
      ['filters'],
      ['linkerd', 'network-policy'],
      ['clusters'],
      ['proxies'],
      ['graph'],
      ['timeline'],
      ['explain'],
    ],
  ],
  [
    'models/kubernetes',
    [['terms'], ['autoscaling', 'workloads', 'kubelet', 'scheduling', 'nodes', 'endpoints'], [ROOM_ITSELF]],
  ],
  [
    'models/mesh',
    [
      ['policies', 'recording'],
      ['filters', 'network'],
      ['state'],
      ['balancing', 'linkerd', 'wire'],
      ['clusters'],
      ['connections'],
      ['server', 'traffic'],
      ['client', 'health'],
      ['life'],
      ['run'],
    ],
  ],
  [
    'scenarios',
    [
      ['document', 'gather'],
      ['result'],
      ['reading', 'recovery'],
      ['init', 'running', 'tally'],
      ['findings', 'loading', 'telemetry'],
      ['explain', 'summary'],
      ['compare'],
      ['storm'],
      [ROOM_ITSELF],
    ],
  ],
]);

/** These rooms see less than what is below them: themselves and these. */
const ROOMS_THAT_SEE: ReadonlyMap<string, readonly string[]> = new Map([
  ['models/control-plane', ['sim', 'models/plan/contract']],
]);

/** In these rooms no file imports itself through others, not even a type. */
const ROOMS_WITHOUT_CIRCLES: readonly string[] = [
  'sim',
  'models/plan',
  'models/kubernetes',
  'models/control-plane',
  'models/mesh',
  'models/lint',
  'scenarios',
  'reports',
  'cli',
];

export function checkRooms(files: readonly SourceFile[]): Violation[] {
  return [
    ...files.flatMap(upward),
    ...files.flatMap(aside),
    ...ROOMS_WITHOUT_CIRCLES.flatMap((room) => circles(files, room)),
  ];
}

function upward(file: SourceFile): Violation[] {
  return file.imports.flatMap(({ target, line }) => {
    if (target === null) return [];
    for (const [room, layers] of ROOMS_WITHIN) {
      const from = roomWithin(room, layers, file.path);
      const to = roomWithin(room, layers, target);
      if (from === null || to === null || from === to) continue;
      const rank = layers.findIndex((layer) => layer.includes(from));
      const targetRank = layers.findIndex((layer) => layer.includes(to));
      if (rank !== -1 && targetRank !== -1 && targetRank < rank) continue;
      const order = layers.map((layer) => layer.join(', ')).join(' < ');
      return [{ file: file.path, line, message: `${room}/${from} must not import ${room}/${to}: ${order}` }];
    }
    return [];
  });
}

function aside(file: SourceFile): Violation[] {
  for (const [room, seen] of ROOMS_THAT_SEE) {
    if (!isIn(room, file.path)) continue;
    const allowed = [room, ...seen];
    return file.imports
      .filter(({ target }) => target !== null && !allowed.some((other) => isIn(other, target)))
      .map(({ target, line }) => ({
        file: file.path,
        line,
        message: `${room} must not import ${target}: only ${allowed.join(', ')}`,
      }));
  }
  return [];
}

function isIn(room: string, path: string): boolean {
  return path.startsWith(`${room}/`);
}

/** The room within `room` that a path is in; null: it is elsewhere, or lies in `room` itself where `layers` say nothing of those. */
function roomWithin(room: string, layers: readonly (readonly string[])[], path: string): string | null {
  if (!path.startsWith(`${room}/`)) return null;
  const [name, ...rest] = path.slice(room.length + 1).split('/');
  if (rest.length > 0) return name;
  return layers.some((layer) => layer.includes(ROOM_ITSELF)) ? ROOM_ITSELF : null;
}

function circles(files: readonly SourceFile[], room: string): Violation[] {
  const inside = new Map(files.filter(({ path }) => path.startsWith(`${room}/`)).map((file) => [file.path, file]));
  const done = new Set<string>();
  const found: Violation[] = [];
  const visit = (path: string, way: readonly string[]): void => {
    const start = way.indexOf(path);
    if (start !== -1) {
      found.push({ file: path, line: 1, message: `imports itself: ${[...way.slice(start), path].join(' -> ')}` });
      return;
    }
    if (done.has(path)) return;
    for (const { target } of inside.get(path)?.imports ?? []) {
      if (target !== null && inside.has(target)) visit(target, [...way, path]);
    }
    done.add(path);
  };
  for (const path of inside.keys()) visit(path, []);
  return found;
}
