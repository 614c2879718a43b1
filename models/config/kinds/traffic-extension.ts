// Istio's TrafficExtension (istio api: extensions/v1alpha1/traffic_extension.proto; istio: pkg/config/validation/validation.go
// ValidateTrafficExtension): a Wasm module, as a WasmPlugin brings it, or a Lua script.
import { int32, string, word } from '../scalars.js';
import { checked, defaulted, listOf, mapped, object, optional, required, type Schema } from '../schema.js';
import { PROTO } from './istio-fields.js';
import { pluginTraffic, type WasmModule, type WasmPluginSpec, wasmModule } from './wasm-plugin.js';
import { selectionFields, selectionOf, type WrittenSelection } from './workload-selection.js';

const MAX_SCRIPT = 65_536;

interface LuaScript {
  readonly inlineCode: string;
}

const lua: Schema<LuaScript> = object<LuaScript>(
  'a Lua filter',
  {
    inlineCode: required(
      'inlineCode',
      checked(string, (code, place) => {
        if (code === '' || code.length > MAX_SCRIPT)
          place.rejectedByIstio(`the script has ${code.length} characters`, `write 1 to ${MAX_SCRIPT}`);
      }),
    ),
  },
  PROTO,
);

interface Written extends WrittenSelection, Pick<WasmPluginSpec, 'priority' | 'match'> {
  readonly phase: 'UNSPECIFIED' | 'AUTHN' | 'AUTHZ' | 'STATS';
  readonly wasm: WasmModule | null;
  readonly lua: LuaScript | null;
}

export const trafficExtension: Schema<WasmPluginSpec> = mapped(
  object<Written>(
    'a TrafficExtension',
    {
      ...selectionFields,
      phase: defaulted('phase', word(['UNSPECIFIED', 'AUTHN', 'AUTHZ', 'STATS']), 'UNSPECIFIED'),
      priority: optional('priority', int32),
      match: defaulted('match', listOf('traffic selectors', pluginTraffic), []),
      wasm: optional('wasm', wasmModule),
      lua: optional('lua', lua),
    },
    PROTO,
  ),
  (written, place) => {
    const { wasm, lua: script, priority, match } = written;
    if ((wasm === null) === (script === null))
      place.rejectedByIstio('a TrafficExtension has one of wasm and lua', 'keep one of the two');
    const runs = wasm === null ? 'lua' : 'wasm';
    place.approximated(
      `the ${wasm === null ? 'script' : 'module'} is not run: it costs the time that the scenario gives to such filters (filters.${runs}), and lets every request pass`,
    );
    const phase = written.phase === 'UNSPECIFIED' ? 'UNSPECIFIED_PHASE' : written.phase;
    const module = wasm ?? { url: '', failStrategy: 'FAIL_CLOSE', type: 'HTTP' };
    return { ...selectionOf(written), ...module, runs, phase, priority, match };
  },
);
