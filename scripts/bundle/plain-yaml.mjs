// The package `yaml` without what it does for texts that come in pieces. Its lexer and its parser hand each lexeme through five generators, and nodes
// define a property where an assignment does: a third of the time of reading a large mesh. Here the whole text is at hand, so that both push what they
// find to a list, which is emptied after each step; what they find is the same (test/models/config/plain-yaml.test.ts).

const LEXER = [
  ['constructor() {', 'constructor() { this.found = [];'],
  ['    lex(source, incomplete', '    *lex(source, incomplete'],
  ['next = this.parseNext(next);', '{ next = this.parseNext(next); yield* this.found; this.found.length = 0; }'],
];
const PARSER = [
  ['constructor(onNewLine) {', 'constructor(onNewLine) { this.found = [];'],
  ['    parse(source, incomplete', '    *parse(source, incomplete'],
  ['    this.next(lexeme);\n', '{ this.next(lexeme); if (this.found.length > 0) yield* this.found.splice(0); }\n'],
  ['    this.end();\n', '{ this.end(); yield* this.found.splice(0); }\n'],
];

/** By file: whether its generators are to be functions, and what else is written in another way. */
const FILES = {
  'parse/lexer.js': { pushes: true, others: LEXER },
  'parse/parser.js': { pushes: true, others: PARSER },
  'nodes/Node.js': {
    pushes: false,
    others: [['Object.defineProperty(this, NODE_TYPE, { value: type });', 'this[NODE_TYPE] = type;']],
  },
};

/** What a bundle holds in the place of `text`, the file at `path`. */
export function plainYaml(path, text) {
  const file = /[\\/]yaml[\\/]browser[\\/]dist[\\/](.*)$/.exec(path)?.[1].replaceAll('\\', '/');
  const change = file === undefined ? undefined : FILES[file];
  if (change === undefined) return text;
  return change.others.reduce(
    (code, [from, to]) => replacedOnce(path, code, from, to),
    change.pushes ? withoutGenerators(text) : text,
  );
}

function withoutGenerators(text) {
  return text
    .replaceAll(/^ {4}\*(\w+\()/gm, '    $1')
    .replaceAll('yield* ', '')
    .replaceAll(/\byield ([^;]+);/g, 'this.found.push($1);');
}

/** Another release of the package may be written in another way: somebody has to look. */
function replacedOnce(path, code, from, to) {
  const parts = code.split(from);
  if (parts.length !== 2) throw new Error(`${path} holds "${from}" ${parts.length - 1} times, where once is expected`);
  return parts.join(to);
}
