// Names that nobody in the registry has, called from inside the mesh while a Gateway serves every host.
import { app, type Case, istio, meshConfig, namespace } from './case.js';

const EVERY_HOST = istio(
  'Gateway',
  'front',
  'shop',
  '{ selector: { istio: ingressgateway }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["*"] }] }',
);
const TO_CATALOG = istio(
  'VirtualService',
  'front',
  'shop',
  '{ hosts: ["*"], gateways: [front], http: [{ route: [{ destination: { host: catalog } }] }] }',
);
export const OPEN_DOOR = [namespace('shop'), app('catalog', 'shop'), app('cart', 'shop'), EVERY_HOST, TO_CATALOG];
const from = 'cart.shop';
const CALLS = [
  { name: 'web', from, to: 'http://api.pay.example/charge' },
  { name: 'queue', from, to: 'tcp://queue.corp.example:5672' },
];
const PASSTHROUGH = 'istio: pilot/pkg/networking/core/sidecar_simulation_test.go (TestPassthroughTraffic)';
const ONLY_KNOWN = 'outboundTrafficPolicy: { mode: REGISTRY_ONLY }';

export const NAMES: readonly Case[] = [
  {
    title: 'ALLOW_ANY: they pass through, whatever the ingress gateway serves',
    why: PASSTHROUGH,
    mesh: OPEN_DOOR,
    traffic: CALLS,
    answers: { web: '200', queue: '200' },
    called: ['api.pay.example', 'queue.corp.example'],
    says: [/api.pay.example is not in the registry.*passes/, /queue.corp.example is not in the registry.*passes/],
  },
  {
    title: 'REGISTRY_ONLY of the mesh: 502 where a listener reads HTTP, a closed connection elsewhere',
    why: PASSTHROUGH,
    mesh: [...OPEN_DOOR, meshConfig(ONLY_KNOWN)],
    traffic: CALLS,
    answers: { web: '502', queue: 'no response' },
    called: [],
    says: [/api.pay.example.*REGISTRY_ONLY/, /queue.corp.example.*REGISTRY_ONLY/],
  },
  {
    title: 'the settings of a revision count where the mesh has no others',
    why: 'istio: pkg/config/mesh/kubemesh/watcher.go; pilot/pkg/bootstrap/configcontroller.go: istio-REVISION, key mesh',
    mesh: [...OPEN_DOOR, meshConfig(ONLY_KNOWN, 'istio-canary')],
    traffic: CALLS.slice(0, 1),
    answers: { web: '502' },
    called: [],
    says: [/api.pay.example.*REGISTRY_ONLY/],
  },
  {
    title: 'a Sidecar of the namespace says otherwise than the mesh',
    why: 'istio: pilot/pkg/model/sidecar.go (ConvertToSidecarScope: OutboundTrafficPolicy of the Sidecar comes first)',
    mesh: [
      ...OPEN_DOOR,
      meshConfig(ONLY_KNOWN),
      istio('Sidecar', 'default', 'shop', '{ outboundTrafficPolicy: { mode: ALLOW_ANY } }'),
    ],
    traffic: CALLS.slice(0, 1),
    answers: { web: '200' },
    called: ['api.pay.example'],
    says: [/api.pay.example.*passes/],
  },
];
