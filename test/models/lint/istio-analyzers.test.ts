// Agreement with `istioctl analyze`: the cases of Istio's own test (istio: pkg/config/analysis/analyzers/analyzers_test.go), each with the
// analyzer that it runs, its files and the messages that it expects. The cases stand beside the repository; without them the test skips.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseDocuments } from '../../../models/config/parse.js';
import { lint } from '../../../models/lint/lint.js';
import { RULES } from '../../../models/lint/rules.js';

const CORPUS = fileURLToPath(new URL('../../../../shared/corpus', import.meta.url));
const EXPECTATIONS = join(CORPUS, 'istio-analyzer-expectations.json');
const hasCorpus = existsSync(EXPECTATIONS);

interface Case {
  readonly name: string;
  readonly analyzer: string;
  readonly inputFiles: readonly string[];
  readonly meshConfigFile?: string;
  readonly expected: readonly { readonly code: string; readonly resource: string }[];
}

/** What each of Istio's analyzers may say, by our codes. */
const ANALYZERS: Readonly<Record<string, readonly string[]>> = {
  'annotations.K8sAnalyzer': ['ST1107', 'ST1108', 'ST1125', 'ST1135'],
  'maturity.AlphaAnalyzer': ['ST1136'],
  'deprecation.FieldAnalyzer': ['ST1002'],
  'gateway.IngressGatewayPortAnalyzer': ['ST1901', 'ST1162'],
  'gateway.ConflictingGatewayAnalyzer': ['ST1145'],
  'injection.Analyzer': ['ST1102', 'ST1103', 'ST1123', 'ST1148'],
  'injection.ImageAnalyzer': ['ST1158'],
  'service.PortNameAnalyzer': ['ST1118', 'ST1150'],
  'sidecar.SelectorAnalyzer': ['ST1904', 'ST1110', 'ST1111', 'ST1167'],
  'virtualservice.ConflictingMeshGatewayHostsAnalyzer': ['ST1109'],
  'virtualservice.DestinationHostAnalyzer': ['ST1101', 'ST1112', 'ST1140'],
  'virtualservice.DestinationRuleAnalyzer': ['ST1903'],
  'virtualservice.GatewayAnalyzer': ['ST1902', 'ST1132', 'ST1165'],
  'virtualservice.JWTClaimRouteAnalyzer': ['ST1149'],
  'deployment.ServiceAssociationAnalyzer': ['ST1116', 'ST1137'],
  'authn.BlockedCIDRsAnalyzer': ['ST1175'],
  'authz.AuthorizationPoliciesAnalyzer': ['ST1127', 'ST1905'],
  'destinationrule.CaCertificateAnalyzer': ['ST1128', 'ST1129'],
  'schemaValidation.CollectionValidationAnalyzer(collections.VirtualService)': ['ST1130', 'ST1131'],
  'serviceentry.ProtocolAddressesAnalyzer': ['ST1134'],
  'serviceentry.ConflictingServiceEntryProtocolAnalyzer': ['ST1177'],
  'deployment.ApplicationUIDAnalyzer': ['ST1144'],
  'envoyfilter.EnvoyPatchAnalyzer': ['ST1151', 'ST1152', 'ST1153', 'ST1154', 'ST1155'],
  'telemetry.ProviderAnalyzer': ['ST1157'],
  'telemetry.DefaultSelectorAnalyzer': ['ST1160'],
  'k8sgateway.SelectorAnalyzer': ['ST1166'],
  'conditions.ConditionAnalyzer': ['ST1171'],
  'destinationrule.PodNotSelectedAnalyzer': ['ST1173', 'ST1174'],
};

/** Istio's test puts the default ingress gateway beside every case. */
const DEFAULT_GATEWAY = `
apiVersion: v1
kind: Pod
metadata: { name: istio-ingressgateway, namespace: istio-system, labels: { istio: ingressgateway } }
spec: { containers: [{ name: istio-proxy, image: proxyv2 }] }
---
apiVersion: v1
kind: Service
metadata: { name: istio-ingressgateway, namespace: istio-system, labels: { istio: ingressgateway } }
spec:
  selector: { istio: ingressgateway }
  ports:
    - { name: http2, port: 80, protocol: TCP }
    - { name: https, port: 443, protocol: TCP }
    - { name: tcp, port: 31400, protocol: TCP }
    - { name: tls, port: 15443, protocol: TCP }
`;

/** What Istio's analyzers say and we do not, by case. Of what was not given nothing can be said to be missing. */
const UNSAID: Readonly<Record<string, { readonly lines: readonly string[]; readonly why: string }>> = {
  authorizationpolicies: {
    lines: [
      'IST0127 AuthorizationPolicy httpbin-empty/httpbin-empty-namespace-wide',
      ...Array<string>(2).fill('IST0101 AuthorizationPolicy httpbin/httpbin-bogus-ns'),
      ...Array<string>(2).fill('IST0101 AuthorizationPolicy httpbin/httpbin-bogus-not-ns'),
    ],
    why: 'the input has no pod of the namespace; other namespaces may be there, and these are near none',
  },
  virtualServiceGateways: {
    lines: ['IST0132 VirtualService httpbin-bogus'],
    why: 'hosts of a Gateway that is not there: IST0101 has said so',
  },
  DestinationRuleWithFakeHost: {
    lines: ['IST0174 DestinationRule fake-host'],
    why: 'the input has no Service of the namespace',
  },
  DestinationRuleSubsetsNotSelectPods: {
    lines: ['IST0173 DestinationRule subsets-not-select-pods'],
    why: 'the input has no pod of the Service',
  },
};

const cases: readonly Case[] = hasCorpus ? JSON.parse(readFileSync(EXPECTATIONS, 'utf8')) : [];

/** Istio drops messages with equal words; those about patches do not name the patch. */
function found({ name, analyzer, inputFiles, meshConfigFile }: Case): string[] {
  const texts = [
    ...inputFiles.map((name) => ({ name, text: running(readFileSync(join(CORPUS, name), 'utf8')) })),
    { name: 'default-gateway.yaml', text: DEFAULT_GATEWAY },
  ];
  if (meshConfigFile !== undefined) {
    const mesh = readFileSync(join(CORPUS, meshConfigFile), 'utf8');
    const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: istio-system}\ndata: {mesh: ${JSON.stringify(mesh)}}\n`;
    texts.push({ name: 'mesh.yaml', text });
  }
  const documents = texts.flatMap((text) => [...parseDocuments(text)]);
  const only = ANALYZERS[analyzer]!;
  // Istio 1.21 checks certificates without being told to, and its analyzer does not know.
  const istioVersion = analyzer === 'destinationrule.CaCertificateAnalyzer' ? '1.20' : undefined;
  const lines = lint({ texts, documents, diagnostics: [], plan: null, istioVersion }, { only }).findings.map(
    ({ alias, resource }) => withoutDefault(`${alias} ${resource}`),
  );
  lines.push(...(UNSAID[name]?.lines ?? []));
  return (analyzer === 'envoyfilter.EnvoyPatchAnalyzer' ? [...new Set(lines)] : lines).sort();
}

/** The Pods of the cases stand for those of a cluster. */
function running(text: string): string {
  return text.replace(/^kind: Pod$/gm, 'kind: Pod\nstatus: {phase: Running}');
}

/** Istio's test leaves the namespace out where the YAML does. */
function withoutDefault(line: string): string {
  return line.replace(' default/', ' ');
}

describe.skipIf(!hasCorpus)(`istioctl analyze${hasCorpus ? '' : ` (${EXPECTATIONS} is not there)`}`, () => {
  test('every analyzer of the cases has rules', () => {
    const codes = RULES.map(({ code }) => code);
    for (const { analyzer } of cases) expect(codes).toEqual(expect.arrayContaining([...ANALYZERS[analyzer]!]));
  });

  test.each(cases)('$name', (input) => {
    const expected = input.expected.map(({ code, resource }) => withoutDefault(`${code} ${resource}`));
    expect(found(input).sort()).toEqual(expected.sort());
  });

  test('at least nine of ten cases agree', () => {
    expect(Object.keys(UNSAID).length / cases.length).toBeLessThanOrEqual(0.1);
  });
});
