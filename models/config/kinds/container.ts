// A container of a pod (kubernetes: staging/src/k8s.io/api/core/v1/types.go Container, ResourceRequirements).
import { isPlainMap } from '../document.js';
import { bytes, cpuMillis, portNumber, string, strings } from '../scalars.js';
import {
  approximated,
  defaulted,
  type FieldFidelity,
  inert,
  listOf,
  mapped,
  object,
  optional,
  required,
  type Schema,
} from '../schema.js';
import { type Lifecycle, lifecycle, NO_LIFECYCLE } from './lifecycle.js';
import { type Probe, probe } from './probe.js';
import { transportProtocol } from './service.js';

export interface ContainerPort {
  /** '' where it has no name. */
  readonly name: string;
  readonly containerPort: number;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
}

/** null = not given. CPU in thousandths of a core, memory in bytes; both rounded up as Kubernetes does. */
export interface ContainerResources {
  readonly cpuRequestMillis: number | null;
  readonly cpuLimitMillis: number | null;
  readonly memoryRequestBytes: number | null;
  readonly memoryLimitBytes: number | null;
}

export interface EnvironmentVariable {
  readonly name: string;
  /** null where the value comes from elsewhere (`valueFrom`). */
  readonly value: string | null;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: readonly EnvironmentVariable[];
  readonly ports: readonly ContainerPort[];
  readonly resources: ContainerResources;
  /** `restartPolicy: Always` of an init container: a native sidecar. */
  readonly restartPolicy: string | null;
  readonly startupProbe: Probe | null;
  readonly readinessProbe: Probe | null;
  readonly livenessProbe: Probe | null;
  readonly lifecycle: Lifecycle;
}

const MEMORY_REQUEST = approximated('a pod always gets the memory that it asks for: nodes are never short of it');
const MEMORY_LIMIT = approximated(
  'a limit is compared with the memory that the scenario says (that of sidecars is estimated): what exceeds it is a warning, no container is killed',
);
const CPU_REQUEST = approximated(
  'a pod always gets the CPU that it asks for, and up to its limit all that it wants: nodes are never short of CPU',
);

interface Amounts {
  readonly cpu: number | null;
  readonly memory: number | null;
}

/** Resources that a run does not need: of any domain, and pages (kubernetes: pkg/apis/core/validation ValidateContainerResourceName). */
const OTHER_RESOURCE = /\/|^hugepages-|^ephemeral-storage$/;

function amounts(what: string, memory?: FieldFidelity, cpu?: FieldFidelity): Schema<Amounts> {
  const known = object<Amounts>(what, {
    cpu: optional('cpu', cpuMillis, cpu),
    memory: optional('memory', bytes, memory),
  });
  return {
    expected: known.expected,
    read(value, place) {
      if (!isPlainMap(value)) return known.read(value, place);
      const own = Object.entries(value).filter(([name]) => !OTHER_RESOURCE.test(name));
      return known.read(Object.fromEntries(own), place);
    },
  };
}

const NO_AMOUNTS: Amounts = { cpu: null, memory: null };

const resourcesOf = (request?: FieldFidelity, limit?: FieldFidelity): Schema<ContainerResources> =>
  mapped(
    object<{ requests: Amounts; limits: Amounts }>(
      'container resources',
      {
        requests: defaulted('requests', amounts('resource requests', request, CPU_REQUEST), NO_AMOUNTS),
        limits: defaulted('limits', amounts('resource limits', limit), NO_AMOUNTS),
      },
      { others: inert('claims') },
    ),
    ({ requests, limits }, place) => {
      for (const name of ['cpu', 'memory'] as const) {
        const request = requests[name];
        const limit = limits[name];
        if (request === null || limit === null || request <= limit) continue;
        place
          .down('requests', name)
          .rejectedByKubernetes(`the request for ${name} is above its limit`, 'lower the request or raise the limit');
      }
      return {
        cpuRequestMillis: requests.cpu ?? limits.cpu,
        cpuLimitMillis: noneIfZero(limits.cpu),
        memoryRequestBytes: requests.memory ?? limits.memory,
        memoryLimitBytes: noneIfZero(limits.memory),
      };
    },
  );

/** A limit of 0 is none (see `limitMilli`). */
function noneIfZero(limit: number | null): number | null {
  return limit === 0 ? null : limit;
}

const NO_RESOURCES: ContainerResources = {
  cpuRequestMillis: null,
  cpuLimitMillis: null,
  memoryRequestBytes: null,
  memoryLimitBytes: null,
};

const containerPort: Schema<ContainerPort> = object<ContainerPort>(
  'a container port',
  {
    name: defaulted('name', string, ''),
    containerPort: required('containerPort', portNumber),
    protocol: defaulted('protocol', transportProtocol, 'TCP'),
  },
  { others: inert('hostIP', 'hostPort') },
);

const environmentVariable: Schema<EnvironmentVariable> = mapped(
  object<{ name: string; value: string | null; fromElsewhere: boolean }>('an environment variable', {
    name: required('name', string),
    value: optional('value', string),
    fromElsewhere: defaulted('valueFrom', { expected: 'a map', read: () => true }, false),
  }),
  ({ name, value, fromElsewhere }) => ({ name, value: fromElsewhere ? null : (value ?? '') }),
);

const PROBES = approximated(
  'in a run with a timeline, stages or autoscaling a probe is a small request to the application; else pods are ready from the start and never restarted',
);

function containerSchema(resources: Schema<ContainerResources>, probes?: FieldFidelity): Schema<Container> {
  return object<Container>(
    'a container',
    {
      name: required('name', string),
      image: defaulted('image', string, ''),
      command: defaulted('command', strings, []),
      args: defaulted('args', strings, []),
      env: defaulted('env', listOf('environment variables', environmentVariable), []),
      ports: defaulted('ports', listOf('container ports', containerPort), []),
      resources: defaulted('resources', resources, NO_RESOURCES),
      restartPolicy: optional('restartPolicy', string),
      startupProbe: optional('startupProbe', probe, probes),
      readinessProbe: optional('readinessProbe', probe, probes),
      livenessProbe: optional('livenessProbe', probe, probes),
      lifecycle: defaulted('lifecycle', lifecycle, NO_LIFECYCLE),
    },
    {
      others: {
        ...inert(
          'envFrom',
          'imagePullPolicy',
          'resizePolicy',
          'restartPolicyRules',
          'securityContext',
          'stdin',
          'stdinOnce',
          'terminationMessagePath',
          'terminationMessagePolicy',
          'tty',
          'volumeDevices',
          'volumeMounts',
          'workingDir',
        ),
      },
    },
  );
}

export const container: Schema<Container> = containerSchema(resourcesOf(MEMORY_REQUEST, MEMORY_LIMIT), PROBES);
/** Runs before the others and is gone during the run, unless it is a native sidecar. */
export const initContainer: Schema<Container> = containerSchema(resourcesOf());
