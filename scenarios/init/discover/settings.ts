// What a workload is told when it starts: environment variables, arguments, and the ConfigMaps that it reads.
// kubernetes: third_party/forked/golang/expansion/expand.go ($(VAR) in env, command and args), pkg/kubelet/envvars (service variables).

import type { SourcePosition } from '../../../models/config/diagnostic.js';
import type { Container } from '../../../models/config/kinds/container.js';
import type { FieldPath } from '../../../models/config/resource.js';
import { lookup } from '../../../sim/lookup.js';
import type { EvidenceKind } from '../evidence.js';
import { dig, type LooseObject, listIn, textIn } from '../loose.js';
import type { Survey } from '../survey.js';
import type { Workload } from '../surveyed.js';
import { appsTakingIn, isNamedAfter } from './shared-maps.js';

export interface Setting {
  readonly kind: Extract<EvidenceKind, 'env' | 'argument' | 'config-map'>;
  /** Name of the variable, flag or key; '' for an argument without a flag. */
  readonly key: string;
  /** With variables expanded. */
  readonly value: string;
  /** e.g. `env CATALOG_ADDR` */
  readonly label: string;
  readonly at: SourcePosition;
  /** Several applications take in the ConfigMap that it stands in, and this one is not seen to use it: their names. Absent: it is its own. */
  readonly sharedBy?: readonly string[];
}

/** Settings of one container. */
export interface ContainerSettings {
  readonly container: Container;
  /** Variables by name, expanded. */
  readonly variables: ReadonlyMap<string, Setting>;
  /** Command and arguments with the variables expanded, each with its place. */
  readonly words: readonly { readonly text: string; readonly at: SourcePosition }[];
  /** All of it: variables, arguments, and keys of the ConfigMaps. */
  readonly all: readonly Setting[];
}

/** Containers that a mesh or an agent adds say nothing about the application. */
const AGENTS = /(^|\/)(proxyv2|istio-proxy|linkerd-proxy|proxy-init|envoy|.*-exporter)(:|@|$)/;

/** Settings of the containers that serve; init containers only wait for others and are left out. */
export function settingsOf(workload: Workload, survey: Survey): ContainerSettings[] {
  return workload.containers.flatMap((container, index) =>
    AGENTS.test(container.image) || container.name === 'istio-proxy'
      ? []
      : [new Reader(workload, survey, container, index).read()],
  );
}

class Reader {
  private readonly variables = new Map<string, Setting>();
  private readonly path: FieldPath;

  constructor(
    private readonly workload: Workload,
    private readonly survey: Survey,
    private readonly container: Container,
    private readonly index: number,
  ) {
    this.path = [...workload.podPath, 'containers', index];
  }

  read(): ContainerSettings {
    this.readEnvFrom();
    this.readEnv();
    const words = (['command', 'args'] as const).flatMap((field) =>
      this.container[field].map((text, i) => ({
        text: this.expand(text),
        at: this.workload.at([...this.path, field, i]),
      })),
    );
    const args = words.flatMap(({ text, at }, i) => argumentSettings(text, words[i - 1]?.text ?? '', at));
    return {
      container: this.container,
      variables: this.variables,
      words,
      all: [...this.variables.values(), ...args, ...this.volumeSettings()],
    };
  }

  private readEnvFrom(): void {
    for (const source of listIn(this.workload.podSpec ?? undefined, 'containers', this.index, 'envFrom')) {
      const map = this.configMap(textIn(source, 'configMapRef', 'name'));
      if (map === null) continue;
      const prefix = textIn(source, 'prefix') ?? '';
      const apps = appsTakingIn(map.name, this.workload.namespace, this.survey);
      for (const [key, value] of Object.entries(dataOf(map))) {
        const setting = { ...configSetting(map, key, key, value), key: prefix + key };
        const isOwn = apps.size <= 1 || isNamedAfter(prefix + key, this.workload, this.survey);
        this.variables.set(prefix + key, isOwn ? setting : { ...setting, sharedBy: [...apps] });
      }
    }
  }

  private readEnv(): void {
    this.container.env.forEach(({ name, value }, i) => {
      const at = this.workload.at([...this.path, 'env', i]);
      if (value !== null) {
        this.variables.set(name, { kind: 'env', key: name, value: this.expand(value), label: `env ${name}`, at });
        return;
      }
      const path = ['containers', this.index, 'env', i, 'valueFrom', 'configMapKeyRef'] as const;
      const reference = dig(this.workload.podSpec ?? undefined, ...path);
      const map = this.configMap(textIn(reference, 'name'));
      const key = textIn(reference, 'key');
      const held = map === null || key === null ? undefined : lookup(dataOf(map), key);
      if (map !== null && key !== null && held !== undefined)
        this.variables.set(name, { ...configSetting(map, key, key, held), key: name });
    });
  }

  private volumeSettings(): Setting[] {
    const volumes = listIn(this.workload.podSpec ?? undefined, 'volumes');
    const references = volumes.flatMap((volume) => [
      { map: textIn(volume, 'configMap', 'name'), items: listIn(volume, 'configMap', 'items') },
      ...listIn(volume, 'projected', 'sources').map((source) => ({
        map: textIn(source, 'configMap', 'name'),
        items: listIn(source, 'configMap', 'items'),
      })),
    ]);
    return references.flatMap(({ map: name, items }) => {
      const map = this.configMap(name);
      if (map === null) return [];
      const wanted = items.map((item) => textIn(item, 'key'));
      return Object.entries(dataOf(map))
        .filter(([key]) => wanted.length === 0 || wanted.includes(key))
        .flatMap(([key, value]) => fileSettings(map, key, value));
    });
  }

  private configMap(name: string | null): LooseObject | null {
    if (name === null) return null;
    const maps = this.survey.kind('', 'ConfigMap').filter((map) => map.name === name);
    return maps.find((map) => map.namespace === this.workload.namespace) ?? null;
  }

  /** `$(VAR)` as Kubernetes expands it, `${VAR}` and `$VAR` as a shell would; what is unknown stays. */
  private expand(text: string): string {
    return text.replace(/\$\((\w+)\)|\$\{(\w+)\}|\$(\w+)/g, (whole, ...names: (string | undefined)[]) => {
      const name = names.slice(0, 3).find((candidate) => candidate !== undefined)!;
      return this.variables.get(name)?.value ?? this.serviceVariable(name) ?? whole;
    });
  }

  /** `CART_SERVICE_HOST` and `CART_SERVICE_PORT`, which Kubernetes gives to every pod of the namespace. */
  private serviceVariable(name: string): string | null {
    const parts = /^(.+)_SERVICE_(HOST|PORT)$/.exec(name);
    if (parts === null) return null;
    const service = this.survey.services.find(
      (candidate) =>
        candidate.namespace === this.workload.namespace &&
        candidate.name.toUpperCase().replaceAll('-', '_') === parts[1],
    );
    if (service === undefined) return null;
    return parts[2] === 'HOST' ? service.name : String(service.ports[0]?.number ?? '');
  }
}

/** `--backend-url=http://backend` has a key, and so has `-backend http://backend`; a script has neither. */
function argumentSettings(text: string, before: string, at: SourcePosition): Setting[] {
  const flag = /^(--?[\w.-]+)=(.*)$/s.exec(text);
  if (flag !== null) return [{ kind: 'argument', key: flag[1]!, value: flag[2]!, label: `argument ${flag[1]}`, at }];
  const key = /^--?[\w.-]+$/.test(before) ? before : '';
  return [{ kind: 'argument', key, value: text, label: key === '' ? 'an argument' : `argument ${key}`, at }];
}

function dataOf(map: LooseObject): Readonly<Record<string, string>> {
  const data = dig(map.value, 'data');
  if (typeof data !== 'object' || data === null) return {};
  return Object.fromEntries(
    Object.entries(data).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function configSetting(map: LooseObject, dataKey: string, key: string, value: string): Setting {
  return {
    kind: 'config-map',
    key,
    value,
    label: `ConfigMap ${map.name}, ${key}`,
    at: map.at(['data', dataKey]),
  };
}

/** A file of a ConfigMap line by line, comments left out: `key: value`, `key = value`, or a directive and its words. */
function fileSettings(map: LooseObject, dataKey: string, text: string): Setting[] {
  const lines = text.split('\n').filter((line) => !/^\s*(#|\/\/|;|--)/.test(line) && line.trim() !== '');
  if (lines.length === 1 && !/[:=\s]/.test(lines[0]!.trim()))
    return [configSetting(map, dataKey, dataKey, text.trim())];
  return lines.map((line) => {
    const pair = /^\s*(?:-\s+)?["']?([\w.-]+)["']?\s*[:=]\s*(.+)$/.exec(line);
    if (pair === null) return { ...configSetting(map, dataKey, '', line), label: `ConfigMap ${map.name}, ${dataKey}` };
    return { ...configSetting(map, dataKey, pair[1]!, pair[2]!), label: `ConfigMap ${map.name}, ${pair[1]}` };
  });
}
