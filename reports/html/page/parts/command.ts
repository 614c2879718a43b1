// The command that repeats it, with a button that copies it.
import { copyButton } from '../save.js';

export function drawCommand(mount: HTMLElement): void {
  const command = mount.querySelector('code')?.textContent ?? '';
  mount.append(copyButton('Copy', () => command));
}
