// What is to be said of the clusters that a client asks for: those that do not exist, and policies that mean less than they seem to.
import type { PortPolicy } from '../../config/kinds/destination-rule.js';
import type { Service } from '../registry/service.js';
import type { Workload } from '../registry/workload.js';
import type { Target } from '../routes/route-decision.js';
import type { MergedRule } from '../settings/destination-rule.js';
import type { ReleaseDefaults } from '../settings/versions.js';
import type { Findings } from '../terms/findings.js';

/** Labels that proxies have from their node or cluster. */
const UNKNOWN_LABELS: readonly string[] = ['kubernetes.io/hostname', 'topology.istio.io/cluster'];

export class ClusterFindings {
  constructor(
    private readonly findings: Findings,
    private readonly release: ReleaseDefaults,
  ) {}

  laterRetryBudget(rule: MergedRule): void {
    const { resource } = rule.policy ?? rule;
    this.findings.warning(
      'field-of-a-later-release',
      resource.source.at(['spec', 'trafficPolicy', 'retryBudget']),
      `Istio ${this.release.version} does not read retryBudget: only maxRetries bounds the retries`,
      'it is read since Istio 1.27',
    );
  }

  /** What of a locality setting has no counterpart here, or no effect in the mesh either. */
  localities(rule: MergedRule, policy: PortPolicy): void {
    const setting = policy.loadBalancer?.localityLbSetting ?? null;
    if (setting === null || setting.enabled === false) return;
    const { name, namespace, source } = rule.policy?.resource ?? rule.resource;
    const path = ['spec', 'trafficPolicy', 'loadBalancer', 'localityLbSetting'];
    const label = `DestinationRule ${namespace}/${name}`;
    const patterns = setting.distribute.flatMap(({ from, to }) => [from, ...Object.keys(to)]);
    if (patterns.some((pattern) => (pattern.split('/')[2] ?? '*') !== '*')) {
      this.findings.approximated(
        label,
        `${path.join('.')}.distribute`,
        source.at(path),
        'sub-zones are not told apart: a locality stands for its whole zone',
      );
    }
    this.noteLabels(rule, path, setting.failoverPriority);
    const fails = setting.failover.length > 0 || setting.failoverPriority.length > 0;
    if (!fails || policy.outlierDetection !== null) return;
    this.findings.warning(
      'failover-without-outlier-detection',
      source.at(path),
      `${label}: without outlierDetection failover does nothing: endpoints of all localities are used alike`,
      'add outlierDetection to the same traffic policy',
    );
  }

  private noteLabels(rule: MergedRule, path: readonly string[], failoverPriority: readonly string[]): void {
    const unknown = failoverPriority.filter((text) => UNKNOWN_LABELS.includes(text.split('=')[0]!));
    if (unknown.length === 0) return;
    const { name, namespace, source } = rule.policy?.resource ?? rule.resource;
    this.findings.approximated(
      `DestinationRule ${namespace}/${name}`,
      `${path.join('.')}.failoverPriority`,
      source.at([...path]),
      `nodes and clusters are not known: all endpoints have the same ${unknown.join(', ')} here`,
    );
  }

  zones(rule: MergedRule, policy: PortPolicy): void {
    const setting = policy.loadBalancer?.zoneAwareLbSetting ?? null;
    if (setting === null) return;
    const { name, namespace, source } = rule.policy?.resource ?? rule.resource;
    const path = ['spec', 'trafficPolicy', 'loadBalancer', 'zoneAwareLbSetting'];
    const at = source.at(path);
    if (!this.release.zoneAwareSetting) {
      this.findings.warning(
        'field-of-a-later-release',
        at,
        `Istio ${this.release.version} does not read zoneAwareLbSetting: zones are not told apart`,
        'it is read since Istio 1.31',
      );
      return;
    }
    if (setting.enabled === false) return;
    this.noteLabels(rule, path, setting.failoverPriority);
    const fails = setting.failover.length > 0 || setting.failoverPriority.length > 0;
    if (!fails || policy.outlierDetection !== null) return;
    this.findings.warning(
      'failover-without-outlier-detection',
      at,
      `DestinationRule ${namespace}/${name}: without outlierDetection nobody learns that a region fails: its requests stay there`,
      'add outlierDetection to the same traffic policy',
    );
  }

  refusedTable(rule: MergedRule, problem: string): void {
    const { name, namespace, source } = rule.policy?.resource ?? rule.resource;
    this.findings.warning(
      'cluster-refused-by-envoy',
      source.at(['spec', 'trafficPolicy', 'loadBalancer', 'consistentHash']),
      `DestinationRule ${namespace}/${name}: ${problem}: the proxies refuse the cluster, requests to it get 503 NC`,
      'a Maglev table needs a prime size of at most 5000011, a ring at most 8388608 entries',
    );
  }

  unwelcome({ host, port, position }: Target, gateway: Workload, why: string): void {
    this.findings.warning(
      'gateway-refuses-client',
      position ?? gateway.position,
      `connections to ${host}:${port} fail at ${gateway.name}.${gateway.namespace}: ${why}`,
      'give the clients a DestinationRule for the host whose tls has the mode of the server, and an sni that the server has among its hosts',
    );
  }

  missingHost(target: Target): void {
    this.findings.warning(
      'destination-host-not-found',
      target.position,
      `the destination host ${target.host} is not in the registry: requests to it get ${target.missingStatus} NC`,
      target.host.includes('.') && !target.host.endsWith('.local')
        ? 'a host with a dot is taken as the whole name; write the FQDN or the short name alone'
        : 'a Service or ServiceEntry of this name must exist and be visible here',
    );
  }

  missingPort(target: Target, service: Service): void {
    this.findings.warning(
      'destination-port-not-found',
      target.position,
      `${service.resource} has no port ${target.port}: requests to it get ${target.missingStatus} NC`,
      `its ports are ${service.ports.map((port) => port.number).join(', ')}`,
    );
  }

  missingSubset(target: Target, rule: MergedRule | null): void {
    const names = rule?.subsets.map(({ value }) => value.name) ?? [];
    this.findings.warning(
      'subset-not-found',
      target.position,
      `${target.host} has no subset ${target.subset} for this client: requests to it get 503 NC`,
      rule === null
        ? 'no DestinationRule for the host is visible here'
        : `${rule.resource.kind} ${rule.namespace}/${rule.resource.name} has ${names.length === 0 ? 'no subsets' : `the subsets ${names.join(', ')}`}`,
    );
  }

  withoutEndpoints(service: Service, status: 503 | 504 = 503): void {
    this.findings.warning(
      'service-without-endpoints',
      service.position,
      `${service.resource} selects no pods: requests to it get ${status} UH`,
      'its selector must match the labels of the pods of a workload in its namespace',
    );
  }
}
