// Addresses against blocks of addresses (CIDR), and what is assumed where an address is not known: a pod is in every block of private
// addresses, a client outside in none but those that hold every address. RFC 1918, RFC 4193, RFC 4291, RFC 6598.

/** `pod`: some private address; `outside`: some public one. */
export type Address =
  | { readonly kind: 'known'; readonly text: string }
  | { readonly kind: 'pod' }
  | { readonly kind: 'outside' };

const PRIVATE: readonly string[] = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'];

/** Whether an address is in `block`, an address or a CIDR block. */
export function isInside(address: Address, block: string): boolean {
  if (bitsOf(block).length === 0) return true;
  switch (address.kind) {
    case 'known':
      return covers(block, address.text);
    case 'pod':
      return PRIVATE.some((range) => covers(range, block));
    case 'outside':
      return false;
  }
}

/** Whether a block holds all of another. */
function covers(outer: string, inner: string): boolean {
  const isSix = outer.includes(':');
  return isSix === inner.includes(':') && bitsOf(inner).startsWith(bitsOf(outer));
}

/** The bits of the network of an address or block; '' where it holds everything, or is no address. */
function bitsOf(block: string): string {
  const [address = '', length] = block.trim().split('/');
  const bits = address.includes(':') ? bitsOfSix(address) : bitsOfFour(address);
  return length === undefined ? bits : bits.slice(0, Number(length));
}

function bitsOfFour(address: string): string {
  return address
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('');
}

function bitsOfSix(address: string): string {
  const [head = '', tail] = address.split('::');
  const front = groupsOf(head);
  const back = tail === undefined ? [] : groupsOf(tail);
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length);
  const groups = [...front, ...Array.from({ length: zeros }, () => 0), ...back];
  return groups.map((group) => group.toString(2).padStart(16, '0')).join('');
}

/** The last two groups may be written as an address of version 4. */
function groupsOf(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const bits = bitsOfFour(group);
    return [Number.parseInt(bits.slice(0, 16), 2), Number.parseInt(bits.slice(16), 2)];
  });
}
