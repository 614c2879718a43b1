// Meshes of several namespaces, of the Gateway API, in ambient mode, with machines outside of the cluster, with Knative, with ways out.
import type { Mesh } from './mesh.js';

export const WORLDS: readonly Mesh[] = [
  {
    what: 'a Gateway of the platform, routes of two teams',
    why: 'a Gateway is named with its namespace; Services of another team are elsewhere',
    yaml: `apiVersion: v1
kind: Namespace
metadata: {name: edge, labels: {istio-injection: enabled}}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public, namespace: edge}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["blue/*", "green/green.example.org"]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: blue}
spec: {hosts: [blue.example.org], gateways: [edge/public], http: [{route: [{destination: {host: web.blue.svc.cluster.local}}]}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: green}
spec: {hosts: [green.example.org], gateways: [edge/public], http: [{route: [{destination: {host: web.green.svc.cluster.local}}]}]}
`,
    says: [],
    change: [
      'metadata: {name: web, namespace: green}\nspec: {hosts: [green.example.org], gateways: [edge/public]',
      'metadata: {name: web, namespace: green}\nspec: {hosts: [green.example.org], gateways: [edge/pubilc]',
    ],
    changed: ['ST1902'],
    because: 'the namespace edge has Gateways, and none of that name',
  },
  {
    what: 'a route to a backend of another namespace',
    why: 'a ReferenceGrant lets it; every field is as the CRD has it, and matches without a type are prefixes',
    yaml: `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: web, namespace: infra}
spec:
  gatewayClassName: istio
  listeners: [{name: http, port: 80, protocol: HTTP, hostname: "*.example.org", allowedRoutes: {namespaces: {from: All}}}]
---
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: routes, namespace: back}
spec: {from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: front}], to: [{group: "", kind: Service}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: api, namespace: front}
spec:
  parentRefs: [{name: web, namespace: infra}]
  hostnames: [api.example.org]
  rules:
    - matches: [{path: {value: /v1}}, {path: {type: Exact, value: /health}, method: GET}]
      timeouts: {request: 10s, backendRequest: 2s}
      backendRefs: [{name: api, namespace: back, port: 8080, weight: 9}, {name: api-next, namespace: back, port: 8080, weight: 1}]
`,
    says: [],
    change: ['{name: api, namespace: back, port: 8080, weight: 9}', '{name: api, namespace: back, weight: 9}'],
    changed: ['ST0002'],
    because: 'a reference to a Service needs its port, says a rule in CEL of the CRD',
  },
  {
    what: 'a namespace in ambient mode with a waypoint',
    why: 'the pods have no sidecar and need none; the policy is bound to the waypoint, which knows HTTP',
    yaml: `apiVersion: v1
kind: Namespace
metadata: {name: bank, labels: {istio.io/dataplane-mode: ambient, istio.io/use-waypoint: waypoint}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: waypoint, namespace: bank, labels: {istio.io/waypoint-for: service}}
spec: {gatewayClassName: istio-waypoint, listeners: [{name: mesh, port: 15008, protocol: HBONE}]}
---
apiVersion: v1
kind: Service
metadata: {name: ledger, namespace: bank}
spec: {selector: {app: ledger}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ledger, namespace: bank}
spec:
  selector: {matchLabels: {app: ledger}}
  template:
    metadata: {labels: {app: ledger}}
    spec: {containers: [{name: ledger, image: example/ledger, ports: [{containerPort: 8080}]}]}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: readers, namespace: bank}
spec:
  targetRefs: [{kind: Service, group: "", name: ledger}]
  action: ALLOW
  rules: [{to: [{operation: {methods: [GET]}}]}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: rates, namespace: bank}
spec: {hosts: [rates.example.org], resolution: DNS, ports: [{number: 443, name: https, protocol: TLS}]}
`,
    says: [],
    change: [
      'apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: rates, namespace: bank}\nspec: {hosts: [rates.example.org], resolution: DNS, ports: [{number: 443, name: https, protocol: TLS}]}',
      'apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: own, namespace: bank}\nspec: {egress: [{hosts: ["./*"]}]}',
    ],
    changed: ['ST1167'],
    because: 'there is no sidecar proxy that would read it',
  },
  {
    what: 'machines that stand behind a Service',
    why: 'labels of WorkloadEntries count for selectors and subsets, as those of pods do',
    yaml: `apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata: {name: mainframe, namespace: core}
spec: {metadata: {labels: {app: mainframe}}, template: {serviceAccount: mainframe}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: mainframe-a, namespace: core}
spec: {address: 192.0.2.10, labels: {app: mainframe, room: a}, serviceAccount: mainframe}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: mainframe-b, namespace: core}
spec: {address: 192.0.2.11, labels: {app: mainframe, room: b}, serviceAccount: mainframe}
---
apiVersion: v1
kind: Service
metadata: {name: mainframe, namespace: core}
spec: {selector: {app: mainframe}, ports: [{name: http, port: 80, targetPort: 9080}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: mainframe, namespace: core}
spec: {host: mainframe, subsets: [{name: a, labels: {room: a}}, {name: b, labels: {room: b}}]}
`,
    says: [],
    change: ['{name: b, labels: {room: b}}', '{name: b, labels: {room: c}}'],
    changed: ['ST1173'],
    because: 'neither of the machines has that label',
  },
  {
    what: 'Knative with its two gateways',
    why: 'a Service in front of the default gateway leads to port 8081; kinds of Knative are not judged',
    yaml: `apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: hello, namespace: apps}
spec: {template: {spec: {containers: [{image: example/hello}]}}}
---
apiVersion: networking.istio.io/v1beta1
kind: Gateway
metadata: {name: knative-ingress-gateway, namespace: knative-serving}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]
---
apiVersion: networking.istio.io/v1beta1
kind: Gateway
metadata: {name: knative-local-gateway, namespace: knative-serving}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 8081, name: http, protocol: HTTP}, hosts: ["*"]}]
---
apiVersion: v1
kind: Service
metadata: {name: knative-local-gateway, namespace: istio-system}
spec: {type: ClusterIP, selector: {istio: ingressgateway}, ports: [{name: http2, port: 80, targetPort: 8081}, {name: https, port: 443, targetPort: 8444}]}
`,
    says: [],
    change: ['targetPort: 8081', 'targetPort: 8082'],
    changed: ['ST1162'],
    because: 'no Service leads to port 8081 of the gateway any more',
  },
  {
    what: 'a way out with TLS that begins at the gateway',
    why: 'certificates are checked against those of the operating system; the host is a ServiceEntry’s',
    yaml: `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: maps, namespace: shop}
spec:
  hosts: [maps.example.org]
  location: MESH_EXTERNAL
  resolution: DNS
  ports: [{number: 80, name: http, protocol: HTTP, targetPort: 443}, {number: 443, name: https, protocol: HTTPS}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: maps, namespace: shop}
spec:
  host: maps.example.org
  trafficPolicy: {portLevelSettings: [{port: {number: 80}, connectionPool: {tcp: {connectTimeout: 500ms}}, tls: {mode: SIMPLE, sni: maps.example.org}}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: maps, namespace: shop}
spec: {hosts: [maps.example.org], http: [{timeout: 3s, retries: {attempts: 1, perTryTimeout: 1s, retryOn: "connect-failure,503"}, route: [{destination: {host: maps.example.org, port: {number: 80}}}]}]}
`,
    says: [],
    change: ['port: {number: 80}}}]}]}', 'port: {number: 8080}}}]}]}'],
    changed: ['ST2112', 'ST1101'],
    because: 'the host has no port 8080, and the time to connect is that of port 80 alone',
  },
  {
    what: 'a mesh on its way to mTLS',
    why: 'one namespace is strict, another takes plain text; the policy names no identity that plain text lacks',
    yaml: `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: istio-system}
spec: {mtls: {mode: PERMISSIVE}}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: vault}
spec: {mtls: {mode: STRICT}}
---
apiVersion: v1
kind: Namespace
metadata: {name: vault, labels: {istio-injection: enabled}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: keys, namespace: vault}
spec:
  selector: {matchLabels: {app: keys}}
  template: {metadata: {labels: {app: keys}}, spec: {containers: [{name: keys, image: example/keys}]}}
---
apiVersion: v1
kind: Service
metadata: {name: keys, namespace: vault}
spec: {selector: {app: keys}, ports: [{name: http, port: 80}]}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: no-batch, namespace: vault}
spec: {action: DENY, rules: [{from: [{source: {principals: ["cluster.local/ns/batch/sa/*"]}}]}]}
`,
    says: [],
    change: ['{mtls: {mode: STRICT}}', '{mtls: {mode: PERMISSIVE}}'],
    changed: ['ST2407'],
    because: 'callers in plain text have no identity, and the DENY never matches them',
  },
];
