// Names as Istio and Kubernetes check them (istio: pkg/config/labels/instance.go, pkg/config/validation/agent/validation.go,
// pkg/config/host/name.go).

const LABEL = /^[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?$/;
const WILDCARD_LABEL = /^(?:\*|(?:\*|\*-)?[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?)$/;
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/** A DNS-1123 label of at most 63 characters. */
export function isDnsLabel(name: string): boolean {
  return name.length <= 63 && LABEL.test(name);
}

/** An IPv4 or IPv6 address; IPv6 by its characters and groups. */
export function isIpAddress(text: string): boolean {
  return IPV4.test(text) || isIpv6(text);
}

function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2 || !text.includes(':')) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const valid = groups.every(
    (group, index) => /^[0-9a-fA-F]{1,4}$/.test(group) || (index === groups.length - 1 && IPV4.test(group)),
  );
  const width = groups.length + (IPV4.test(groups.at(-1) ?? '') ? 1 : 0);
  return valid && (halves.length === 2 ? width < 8 : width === 8);
}

/** What is wrong with a domain name, or null. A final dot is allowed, a last label of digits only is not. */
export function domainProblem(name: string): string | null {
  return lengthProblem(name) ?? labelsProblem(name, name);
}

/** As `domainProblem`, but the first label may be or begin with a wildcard. */
export function wildcardDomainProblem(name: string): string | null {
  const tooLong = lengthProblem(name);
  if (tooLong !== null || !name.includes('*')) return tooLong ?? labelsProblem(name, name);
  const dot = name.indexOf('.');
  const first = dot < 0 ? name : name.slice(0, dot);
  if (first.length > 63 || !WILDCARD_LABEL.test(first)) return `"${name}" may have a * only as its first label`;
  return dot < 0 ? null : labelsProblem(name.slice(dot + 1), name);
}

function lengthProblem(name: string): string | null {
  if (name === '') return 'an empty name is not a host';
  return name.length > 255 ? 'a host has at most 255 characters' : null;
}

function labelsProblem(domain: string, whole: string): string | null {
  const labels = domain.split('.');
  if (/^[+-]?\d+$/.test(labels.at(-1)!)) return `"${whole}" ends in a label of digits`;
  if (labels.at(-1) === '' && labels.length > 1) labels.pop();
  const bad = labels.find((label) => !isDnsLabel(label));
  return bad === undefined ? null : `"${whole}" is not a host name: "${bad}" is not a DNS label`;
}

/** Whether two host names, each possibly with a wildcard, have a host in common. */
export function hostsOverlap(a: string, b: string): boolean {
  const wildA = a.startsWith('*');
  const wildB = b.startsWith('*');
  if (!wildA && !wildB) return a === b;
  const suffixA = wildA ? a.slice(1) : a;
  const suffixB = wildB ? b.slice(1) : b;
  if (wildA && wildB) return suffixA.endsWith(suffixB) || suffixB.endsWith(suffixA);
  return wildA ? b.endsWith(suffixA) : a.endsWith(suffixB);
}

/** Whether every host that `part` stands for is one of those that `whole` stands for. */
export function hostWithin(part: string, whole: string): boolean {
  if (!whole.startsWith('*')) return part === whole;
  const suffix = whole.slice(1);
  return part.startsWith('*') ? part.slice(1).endsWith(suffix) : part.endsWith(suffix);
}
