import { describe, expect, it } from 'vitest';
import { errors, load, shown } from './helpers.js';

const POD = `
      serviceAccountName: sa
      nodeSelector: {zone: a}
      containers:
        - name: app
          image: shop/app:1
          args: [--port, "8080"]
          env:
            - {name: A, value: "1"}
            - {name: B, valueFrom: {fieldRef: {fieldPath: x}}}
            - {name: C}
          ports: [{containerPort: 8080, name: http}]
          resources:
            requests: {cpu: 0.1, memory: 64Mi}
            limits: {cpu: 500m, memory: 1e9}
          readinessProbe: {httpGet: {port: 8080}}
`;

function deployment(pod: string, more = ''): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: d}
spec:
  replicas: 3
  selector: {matchLabels: {app: d}}
  template:
    metadata: {labels: {app: d, version: v1}, annotations: {a: b}}
    spec:${pod}${more}`;
}

describe('a Deployment', () => {
  it('is read with its pods', () => {
    const set = load(deployment(POD));
    expect(shown(set.diagnostics)).toEqual([]);
    const { spec, namespace } = set.deployments[0]!;
    expect(namespace).toBe('default');
    expect(spec.replicas).toBe(3);
    expect(spec.selector).toEqual({ matchLabels: { app: 'd' }, matchExpressions: [] });
    expect(spec.template).toEqual({
      labels: { app: 'd', version: 'v1' },
      annotations: { a: 'b' },
      serviceAccountName: 'sa',
      nodeSelector: { zone: 'a' },
      initContainers: [],
      hostNetwork: false,
      affinity: null,
      terminationGracePeriodSeconds: null,
      tolerations: [],
      topologySpreadConstraints: [],
      containers: [
        {
          name: 'app',
          image: 'shop/app:1',
          command: [],
          args: ['--port', '8080'],
          env: [
            { name: 'A', value: '1' },
            { name: 'B', value: null },
            { name: 'C', value: '' },
          ],
          ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
          startupProbe: null,
          livenessProbe: null,
          readinessProbe: {
            connectsOnly: false,
            initialDelaySeconds: 0,
            periodSeconds: 10,
            timeoutSeconds: 1,
            successThreshold: 1,
            failureThreshold: 3,
            terminationGracePeriodSeconds: null,
          },
          resources: {
            cpuRequestMillis: 100,
            cpuLimitMillis: 500,
            memoryRequestBytes: 67108864,
            memoryLimitBytes: 1e9,
          },
          restartPolicy: null,
          lifecycle: { preStopSeconds: 0 },
        },
      ],
    });
  });

  it('lists what is not modelled of its pods', () => {
    const set = load(deployment(POD));
    expect(set.fidelity.map(({ path }) => path)).toEqual([
      'spec.template.spec.containers[0].resources.requests.cpu',
      'spec.template.spec.containers[0].resources.requests.memory',
      'spec.template.spec.containers[0].resources.limits.memory',
      'spec.template.spec.containers[0].readinessProbe',
    ]);
  });

  it('takes requests from limits', () => {
    const pod = '\n      containers: [{name: a, resources: {limits: {cpu: 2, memory: 1Gi}}}]\n';
    expect(load(deployment(pod)).deployments[0]!.spec.template.containers[0]!.resources).toEqual({
      cpuRequestMillis: 2000,
      cpuLimitMillis: 2000,
      memoryRequestBytes: 1073741824,
      memoryLimitBytes: 1073741824,
    });
  });

  it.each([
    ['memory in thousandths of a byte', '{memory: 512m}', 'warning odd-quantity 10:51', 'Mi'],
    ['CPU in mebi', '{cpu: 1Mi}', 'warning odd-quantity 10:51', '500m'],
    ['a quantity that is none', '{cpu: 1 core}', 'error wrong-type 10:56', 'suffixes'],
    ['a unit in lower case', '{memory: 512mb}', 'error wrong-type 10:59', '512M'],
    ['a negative amount', '{cpu: -1}', 'error wrong-type 10:56', 'sign'],
  ])('%s', (_, limits, expected, hint) => {
    const set = load(deployment(`\n      containers: [{name: a, resources: {limits: ${limits}}}]\n`));
    expect(shown(set.diagnostics)).toEqual([expected]);
    expect(set.diagnostics[0]!.hint).toContain(hint);
  });

  it('whose selector its pods do not meet is refused', () => {
    const text = deployment(POD).replace('matchLabels: {app: d}', 'matchLabels: {app: other}');
    expect(errors(load(text))).toEqual(['error rejected-by-kubernetes 6:28']);
  });

  it('may be a patch without selector and pods', () => {
    const set = load('apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {replicas: 2}');
    expect(shown(set.diagnostics)).toEqual([]);
    expect(set.deployments[0]!.spec).toMatchObject({ replicas: 2, selector: { matchLabels: {} } });
  });

  it('may be of an old version', () => {
    for (const version of ['apps/v1beta1', 'apps/v1beta2', 'extensions/v1beta1']) {
      expect(load(deployment(POD).replace('apps/v1', version)).deployments).toHaveLength(1);
    }
  });
});

describe('other workloads', () => {
  it('are read like Deployments', () => {
    const text = [
      deployment(POD).replace('Deployment', 'StatefulSet').replace('replicas: 3', 'serviceName: s'),
      deployment(POD).replace('Deployment', 'DaemonSet').replace('  replicas: 3\n', ''),
      'apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {a: b}}\nspec: {containers: [{name: c}]}',
    ].join('\n---\n');
    const set = load(text);
    expect(shown(set.diagnostics)).toEqual([]);
    expect(set.statefulSets[0]!.spec).toMatchObject({ serviceName: 's', replicas: null });
    expect(set.daemonSets[0]!.spec.template.labels).toEqual({ app: 'd', version: 'v1' });
    expect(set.pods[0]!.spec.template).toMatchObject({ labels: { a: 'b' }, serviceAccountName: 'default' });
  });
});

describe('a Service', () => {
  const service = (spec: string) => `apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: ${spec}\n`;

  it('is read with its defaults', () => {
    const set = load(
      service('{selector: {app: a}, ports: [{port: 80}, {port: 81, name: b, targetPort: web}]}').replace(
        '{port: 80}',
        '{port: 80, name: a}',
      ),
    );
    expect(set.services[0]!.spec).toEqual({
      trafficDistribution: null,
      sessionAffinity: 'None',
      type: 'ClusterIP',
      headless: false,
      clusterIP: null,
      externalName: '',
      selector: { app: 'a' },
      ports: [
        { name: 'a', port: 80, targetPort: 80, protocol: 'TCP', appProtocol: null },
        { name: 'b', port: 81, targetPort: 'web', protocol: 'TCP', appProtocol: null },
      ],
    });
  });

  it('may be headless, or a name for another host', () => {
    expect(load(service('{clusterIP: None}')).services[0]!.spec).toMatchObject({ headless: true, clusterIP: null });
    expect(load(service('{clusterIP: 10.0.0.1}')).services[0]!.spec.clusterIP).toBe('10.0.0.1');
    const external = load(service('{type: ExternalName, externalName: a.com}')).services[0]!.spec;
    expect(external).toMatchObject({ type: 'ExternalName', externalName: 'a.com' });
  });

  it.each([
    ['ports without names', '{ports: [{port: 80}, {port: 81, name: b}]}', 'error rejected-by-kubernetes 4:16'],
    [
      'two ports of one name',
      '{ports: [{port: 80, name: b}, {port: 81, name: b}]}',
      'error rejected-by-kubernetes 4:48',
    ],
    ['a port out of range', '{ports: [{port: 65536}]}', 'error wrong-type 4:23'],
    ['a port without number', '{ports: [{name: a}]}', 'error missing-field 4:16'],
    ['an application protocol as protocol', '{ports: [{port: 80, protocol: HTTP}]}', 'error wrong-type 4:37'],
    ['ExternalName without a name', '{type: ExternalName}', 'error rejected-by-kubernetes 4:1'],
    ['labels that are numbers', '{selector: {app: 1}}', 'error wrong-type 4:24'],
  ])('is refused with %s', (_, spec, expected) => {
    expect(errors(load(service(spec)))).toEqual([expected]);
  });
});

describe('a HorizontalPodAutoscaler', () => {
  const hpa = (version: string, fields: string) =>
    `apiVersion: autoscaling/${version}\nkind: HorizontalPodAutoscaler\nmetadata: {name: h}\nspec: {scaleTargetRef: {kind: Deployment, name: d}, maxReplicas: 5, ${fields}}`;

  it('is read into one shape, whatever its version', () => {
    const cpu = {
      type: 'Resource',
      name: 'cpu',
      container: '',
      averageUtilizationPercent: 70,
      averageValueMilli: null,
      valueMilli: null,
    };
    const texts = [
      hpa('v1', 'targetCPUUtilizationPercentage: 70'),
      hpa('v2beta1', 'metrics: [{type: Resource, resource: {name: cpu, targetAverageUtilization: 70}}]'),
      hpa(
        'v2beta2',
        'metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}]',
      ),
      hpa(
        'v2',
        'metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}]',
      ),
    ];
    for (const text of texts) {
      const set = load(text);
      expect(shown(set.diagnostics)).toEqual([]);
      expect(set.horizontalPodAutoscalers[0]!.spec.metrics).toEqual([cpu]);
      // Whether the fields act is for the plan to say.
      expect(set.fidelity).toEqual([]);
    }
  });

  it('keeps targets and behaviour', () => {
    const text = hpa(
      'v2',
      'minReplicas: 2, metrics: [{type: Pods, pods: {metric: {name: rps}, target: {type: AverageValue, averageValue: 1k}}}], ' +
        'behavior: {scaleUp: {stabilizationWindowSeconds: 0, policies: [{type: Percent, value: 100, periodSeconds: 15}]}}',
    );
    const { spec } = load(text).horizontalPodAutoscalers[0]!;
    expect(spec).toMatchObject({ minReplicas: 2, maxReplicas: 5, hasBehavior: true, scaleDown: null });
    expect(spec.metrics[0]).toMatchObject({ type: 'Pods', name: 'rps', averageValueMilli: 1e6 });
    expect(spec.scaleUp!.policies).toEqual([{ type: 'Percent', value: 100, periodSeconds: 15 }]);
  });

  it('is refused where its bounds cross', () => {
    expect(errors(load(hpa('v2', 'minReplicas: 6')))).toEqual(['error rejected-by-kubernetes 4:53']);
  });
});

describe('Namespaces and ServiceAccounts', () => {
  it('are known by their metadata', () => {
    const set = load(
      'apiVersion: v1\nkind: Namespace\nmetadata: {name: ns, labels: {istio-injection: enabled}}\n---\n' +
        'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a, namespace: ns}\nimagePullSecrets: []',
    );
    expect(shown(set.diagnostics)).toEqual([]);
    expect(set.namespaces[0]).toMatchObject({ name: 'ns', namespace: '', labels: { 'istio-injection': 'enabled' } });
    expect(set.serviceAccounts[0]).toMatchObject({ name: 'a', namespace: 'ns' });
  });
});

describe('a Gateway of the Gateway API', () => {
  const gateway = (spec: string) =>
    load(
      `apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: { name: g, namespace: shop }\nspec: ${spec}\n`,
    );

  it('is read where it is a waypoint', () => {
    const set = gateway(
      '{ gatewayClassName: istio-waypoint, listeners: [{ name: mesh, port: 15008, protocol: HBONE, allowedRoutes: { namespaces: { from: All } } }] }',
    );
    expect(shown(set.diagnostics)).toEqual([]);
    expect(set.fidelity).toEqual([]);
    expect(set.kubernetesGateways.map(({ spec }) => spec)).toEqual([
      {
        gatewayClassName: 'istio-waypoint',
        listeners: [
          {
            name: 'mesh',
            hostname: '',
            port: 15008,
            protocol: 'HBONE',
            tls: null,
            allowedRoutes: { from: 'All', selector: { matchLabels: {}, matchExpressions: [] }, kinds: [] },
          },
        ],
        allowedListeners: { from: 'None', selector: { matchLabels: {}, matchExpressions: [] } },
        infrastructure: null,
        addresses: [],
        clientCertificates: null,
      },
    ]);
  });

  it('is refused with a listener that is no map', () => {
    const set = gateway('{ gatewayClassName: istio-waypoint, listeners: [15008] }');
    expect(shown(set.diagnostics)).toEqual(['error wrong-type 4:55']);
    expect(set.kubernetesGateways).toEqual([]);
  });
});

describe('an affinity', () => {
  const pod = (affinity: string): string =>
    `apiVersion: v1\nkind: Pod\nmetadata: { name: p, namespace: shop }\nspec: { containers: [], affinity: ${affinity} }\n`;
  const node = (requirement: string): string =>
    pod(
      `{ nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [${requirement === '' ? '' : `{ matchExpressions: [${requirement}] }`}] } } }`,
    );

  it('is read: what is required; of preferences that pods keep apart', () => {
    const preferred = (kind: string): string =>
      load(pod(`{ ${kind}: { preferredDuringSchedulingIgnoredDuringExecution: [] } }`)).fidelity[0]!.status;
    expect(['nodeAffinity', 'podAffinity', 'podAntiAffinity'].map(preferred)).toEqual([
      'not-modelled',
      'not-modelled',
      'approximated',
    ]);
    const set = load(node('{ key: disk, operator: Exists }'));
    expect(set.pods[0]!.spec.template.affinity).toEqual({
      nodes: [[{ key: 'disk', operator: 'Exists', values: [] }]],
      near: [],
      apart: [],
    });
    expect(set.fidelity.map(({ status }) => status)).toEqual(['approximated']);
  });

  it.each([
    ['no term', '', 'rejected-by-kubernetes'],
    ['In without values', '{ key: a, operator: In }', 'rejected-by-kubernetes'],
    ['Exists with values', '{ key: a, operator: Exists, values: [b] }', 'rejected-by-kubernetes'],
    ['Gt with two values', '{ key: a, operator: Gt, values: ["1", "2"] }', 'rejected-by-kubernetes'],
    ['an operator that is none', '{ key: a, operator: Like, values: [b] }', 'wrong-type'],
  ])('is refused with %s', (_, requirement, code) => {
    expect(load(node(requirement)).diagnostics.map((found) => found.code)).toEqual([code]);
  });
});
