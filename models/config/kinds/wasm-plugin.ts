// Istio's WasmPlugin (istio api: extensions/v1alpha1/wasm.proto; istio: pkg/config/validation/validation.go ValidateWasmPlugin).
import type { Place } from '../place.js';
import { int32, string, word } from '../scalars.js';
import { checked, defaulted, inert, listOf, mapped, object, optional, required, type Schema } from '../schema.js';
import { PROTO, portSelector, protoWith } from './istio-fields.js';
import { selectionFields, selectionOf, type WorkloadSelection, type WrittenSelection } from './workload-selection.js';

export interface WasmPluginSpec extends WorkloadSelection, WasmModule {
  /** A script of Lua: of TrafficExtensions alone. */
  readonly runs: 'wasm' | 'lua';
  readonly phase: 'UNSPECIFIED_PHASE' | 'AUTHN' | 'AUTHZ' | 'STATS';
  /** null: the lowest of its phase. */
  readonly priority: number | null;
  /** Empty: all traffic. One of them must hold. */
  readonly match: readonly WasmTraffic[];
}

export interface WasmModule {
  readonly url: string;
  readonly failStrategy: 'FAIL_CLOSE' | 'FAIL_OPEN' | 'FAIL_RELOAD';
  readonly type: 'HTTP' | 'NETWORK';
}

/** `ports` are those of the listener; empty = all. */
export interface WasmTraffic {
  readonly mode: 'CLIENT' | 'SERVER' | 'CLIENT_AND_SERVER';
  readonly ports: readonly number[];
}

export const pluginTraffic: Schema<WasmTraffic> = mapped(
  object<{ mode: WasmTraffic['mode'] | 'UNDEFINED'; ports: readonly number[] }>(
    'a traffic selector',
    {
      mode: defaulted('mode', word(['UNDEFINED', 'CLIENT', 'SERVER', 'CLIENT_AND_SERVER']), 'CLIENT_AND_SERVER'),
      ports: defaulted('ports', listOf('port selectors', portSelector), []),
    },
    PROTO,
  ),
  ({ mode, ports }) => ({ mode: mode === 'UNDEFINED' ? 'CLIENT_AND_SERVER' : mode, ports }),
);

const url = checked(string, (text, place) => {
  const scheme = /^([a-z]+):\/\//.exec(text)?.[1] ?? (text.includes('://') ? '?' : '');
  if (text === '') place.rejectedByIstio('url is empty', 'name the module, e.g. oci://registry/plugin:1.0');
  else if (!['', 'oci', 'file', 'http', 'https'].includes(scheme))
    place.rejectedByIstio(`"${text}" has an unknown scheme`, 'use oci, file, http or https');
});

interface WrittenModule extends Omit<WasmModule, 'type'> {
  readonly type: WasmModule['type'] | 'UNSPECIFIED_PLUGIN_TYPE';
}

const MODULE_FIELDS = {
  url: required('url', url),
  failStrategy: defaulted('failStrategy', word(['FAIL_CLOSE', 'FAIL_OPEN', 'FAIL_RELOAD']), 'FAIL_CLOSE'),
  type: defaulted('type', word(['UNSPECIFIED_PLUGIN_TYPE', 'HTTP', 'NETWORK']), 'HTTP'),
} as const;

const MODULE_OTHERS = protoWith(
  inert('imagePullPolicy', 'imagePullSecret', 'pluginConfig', 'pluginName', 'sha256', 'verificationKey', 'vmConfig'),
);

function moduleOf({ url: found, failStrategy, type: written }: WrittenModule, place: Place): WasmModule {
  const type = written === 'NETWORK' ? 'NETWORK' : 'HTTP';
  if (type === 'NETWORK') place.child('type').notModelled('network filters are not simulated: it costs nothing');
  return { url: found, failStrategy, type };
}

/** The module of a TrafficExtension. */
export const wasmModule: Schema<WasmModule> = mapped(
  object<WrittenModule>('a Wasm filter', MODULE_FIELDS, MODULE_OTHERS),
  moduleOf,
);

interface Written extends WrittenSelection, WrittenModule, Pick<WasmPluginSpec, 'phase' | 'priority' | 'match'> {}

export const wasmPlugin: Schema<WasmPluginSpec> = mapped(
  object<Written>(
    'a WasmPlugin',
    {
      ...selectionFields,
      ...MODULE_FIELDS,
      phase: defaulted('phase', word(['UNSPECIFIED_PHASE', 'AUTHN', 'AUTHZ', 'STATS']), 'UNSPECIFIED_PHASE'),
      priority: optional('priority', int32),
      match: defaulted('match', listOf('traffic selectors', pluginTraffic), []),
    },
    MODULE_OTHERS,
  ),
  (written, place) => {
    place.approximated(
      'the module is not run: it costs the time that the scenario gives to Wasm filters (filters.wasm), fails only where the scenario names it as broken, and lets every request pass',
    );
    const { phase, priority, match } = written;
    return { ...selectionOf(written), ...moduleOf(written, place), runs: 'wasm', phase, priority, match };
  },
);
