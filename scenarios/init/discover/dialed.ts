// Calls by address: settings of a workload that name hosts of the mesh.
import type { FoundCall } from '../call.js';
import type { Confidence, LeftOut } from '../evidence.js';
import type { Survey } from '../survey.js';
import type { Service, Workload } from '../surveyed.js';
import { type Address, addressesIn, holdsHostName, isNotDialed, normalKey } from './addresses.js';
import { portOfScheme } from './connection-strings.js';
import { classifyService, isAside } from './service-kind.js';
import { type ContainerSettings, type Setting, settingsOf } from './settings.js';

export interface Dialed {
  readonly calls: readonly FoundCall[];
  readonly leftOut: readonly LeftOut[];
}

/** Everything that the workload is told to dial, in the order of its settings. */
export function dialedBy(workload: Workload, survey: Survey): Dialed {
  const calls: FoundCall[] = [];
  const leftOut: LeftOut[] = [];
  for (const container of settingsOf(workload, survey)) {
    for (const setting of container.all) {
      for (const address of addressesIn(setting.value)) {
        const read = readAddress(workload, container, setting, address, survey);
        if (read === null) continue;
        if ('evidence' in read) calls.push(read);
        else leftOut.push(read);
      }
    }
  }
  return { calls, leftOut };
}

function readAddress(
  workload: Workload,
  container: ContainerSettings,
  setting: Setting,
  address: Address,
  survey: Survey,
): FoundCall | LeftOut | null {
  if (address.form === 'word' && !holdsHostName(setting.key, address.host)) return null;
  const found = survey.resolve(address.host, workload.namespace);
  const shown = address.port === null ? address.host : `${address.host}:${address.port}`;
  const because = (reason: string): LeftOut => ({
    text: `${setting.sharedBy === undefined ? `${workload.name}: ` : ''}${setting.label} names ${shown}, ${reason}`,
    at: setting.at,
  });
  if (found === null)
    return looksDialed(setting, address) ? because('which no Service or ServiceEntry here has') : null;
  const { service } = found;
  // `travels.uk` is a title as well as a name and a namespace that is not here.
  if (found.lenient && address.form === 'name' && !/\.svc(\.|$)/.test(address.host)) return null;
  if (service.workloads.includes(workload)) return null;
  if (isNotDialed(setting.key)) return because('which it does not dial, by the name of the setting');
  const usual = portOfScheme(address.scheme);
  const { kind } = classifyService(service);
  if (isAside(kind)) return because(`which is off the way of requests (${kind})`);
  if (setting.sharedBy !== undefined) {
    const apps = setting.sharedBy.map((app) => app.split('.')[0]).join(', ');
    return { ...because(`for all who take in the ConfigMap (${apps}): that does not say who calls`), isShared: true };
  }
  const written = address.port ?? portBeside(setting, container) ?? (isHttpScheme(address.scheme) ? usual : null);
  // A store may stand at a port of its own where the scheme names none.
  const port = written ?? (usual !== null && portOf(service, usual) !== undefined ? usual : null);
  const chosen = port === null ? null : portOf(service, port);
  if (chosen === undefined) return because(`which has no port ${port}`);
  return {
    from: workload,
    to: service,
    port: chosen,
    host: service.source === 'entry' ? address.host : service.name,
    path: address.form === 'url' && isHttpScheme(address.scheme) && address.path !== '' ? address.path : null,
    method: null,
    evidence: {
      kind: setting.kind,
      confidence: confidenceOf(address, found.lenient),
      text: setting.label,
      at: setting.at,
    },
  };
}

function confidenceOf({ form }: Address, lenient: boolean): Confidence {
  if (lenient) return 'low';
  return form === 'word' ? 'medium' : 'high';
}

/** Whether an address that nobody answers is worth a word: a whole one, under a key for addresses, and no host of the Internet. */
function looksDialed({ key }: Setting, { form, host, port, scheme }: Address): boolean {
  if (form === 'word' || form === 'name' || isNotDialed(key)) return false;
  if (host.includes('.') && !/\.svc(\.|$)/.test(host)) return scheme !== null && isHttpScheme(scheme) && port !== null;
  if (form === 'field') return true;
  return form === 'url' ? isHttpScheme(scheme) : holdsHostName(key, host);
}

function isHttpScheme(scheme: string | null): boolean {
  return scheme === 'http' || scheme === 'https' || scheme === 'grpc' || scheme === 'grpcs';
}

/** `DB_PORT` beside `DB_HOST`. */
function portBeside(setting: Setting, { variables }: ContainerSettings): number | null {
  const stem = normalKey(setting.key).replace(/_(HOST|HOSTNAME|ADDR|ADDRESS|SERVER)$/, '');
  for (const [name, variable] of variables) {
    if (normalKey(name) === `${stem}_PORT` && /^\d{1,5}$/.test(variable.value)) return Number(variable.value);
  }
  return null;
}

/** The service's port of that number, or the one in front of such a container port; undefined where there is none. */
export function portOf(service: Service, port: number): number | undefined {
  return (service.ports.find(({ number }) => number === port) ?? service.ports.find(({ target }) => target === port))
    ?.number;
}
