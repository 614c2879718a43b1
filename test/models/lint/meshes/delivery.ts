// Meshes as tools of delivery write them: Helm, Argo CD, Argo Rollouts, `kubectl get -o yaml`, the Prometheus operator.
import type { Mesh } from './mesh.js';

export const DELIVERY: readonly Mesh[] = [
  {
    what: 'a release of Helm',
    why: 'port names begin with a protocol, or appProtocol says it; comments and empty documents of templates that print nothing are no objects',
    yaml: `---
# Source: orders/templates/serviceaccount.yaml
apiVersion: v1
kind: ServiceAccount
metadata:
  name: rel-orders
  namespace: sales
  labels: {helm.sh/chart: orders-1.4.2, app.kubernetes.io/managed-by: Helm}
---
# Source: orders/templates/hpa.yaml
---
# Source: orders/templates/service.yaml
apiVersion: v1
kind: Service
metadata:
  name: rel-orders
  namespace: sales
  labels: {app.kubernetes.io/name: orders, app.kubernetes.io/instance: rel}
spec:
  type: ClusterIP
  ports:
    - {port: 8080, targetPort: web, protocol: TCP, name: http-web}
    - {port: 9000, targetPort: rpc, protocol: TCP, name: rpc, appProtocol: grpc}
  selector: {app.kubernetes.io/name: orders, app.kubernetes.io/instance: rel}
---
# Source: orders/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: rel-orders, namespace: sales}
spec:
  replicas: 2
  selector: {matchLabels: {app.kubernetes.io/name: orders, app.kubernetes.io/instance: rel}}
  template:
    metadata: {labels: {app.kubernetes.io/name: orders, app.kubernetes.io/instance: rel}}
    spec:
      serviceAccountName: rel-orders
      containers:
        - name: orders
          image: example/orders:1.4.2
          ports: [{name: web, containerPort: 8080}, {name: rpc, containerPort: 9000}]
`,
    says: [],
    change: [', appProtocol: grpc', ''],
    changed: ['ST1118'],
    because: 'rpc names no protocol: the proxies guess it from the bytes',
  },
  {
    what: 'an Application of Argo CD beside what it applies',
    why: 'kinds of other controllers are not judged; the subset is defined',
    yaml: `apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: shop, namespace: argocd}
spec: {sourceRepos: ["*"], destinations: [{namespace: shop, server: https://kubernetes.default.svc}]}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop, namespace: argocd}
spec:
  project: shop
  source: {repoURL: https://git.example.org/shop.git, path: deploy, targetRevision: HEAD}
  destination: {server: https://kubernetes.default.svc, namespace: shop}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart, namespace: shop, annotations: {argocd.argoproj.io/sync-wave: "1"}}
spec: {host: cart, subsets: [{name: blue, labels: {slot: blue}}, {name: green, labels: {slot: green}}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: cart, namespace: shop, annotations: {argocd.argoproj.io/sync-wave: "2"}}
spec:
  hosts: [cart]
  http: [{route: [{destination: {host: cart, subset: blue}, weight: 100}, {destination: {host: cart, subset: green}, weight: 0}]}]
`,
    says: [],
    change: ['{name: green, labels: {slot: green}}', '{name: olive, labels: {slot: green}}'],
    changed: ['ST1903'],
    because: 'the DestinationRule of that host has no subset green',
  },
  {
    what: 'a canary of Argo Rollouts',
    why: 'the pods of a Rollout are pods; weights 80 and 20 are a hundred',
    yaml: `apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: pay, namespace: shop}
spec:
  replicas: 5
  selector: {matchLabels: {app: pay}}
  template:
    metadata: {labels: {app: pay}}
    spec: {containers: [{name: pay, image: example/pay, ports: [{containerPort: 8080}]}]}
  strategy: {canary: {canaryService: pay-canary, stableService: pay, trafficRouting: {istio: {virtualService: {name: pay}}}}}
---
apiVersion: v1
kind: Service
metadata: {name: pay, namespace: shop}
spec: {selector: {app: pay}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Service
metadata: {name: pay-canary, namespace: shop}
spec: {selector: {app: pay}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: pay, namespace: shop}
spec:
  hosts: [pay]
  http: [{name: primary, route: [{destination: {host: pay}, weight: 80}, {destination: {host: pay-canary}, weight: 20}]}]
`,
    says: [],
    change: ['weight: 20', 'weight: 25'],
    changed: ['ST2214'],
    because: 'weights are shares of their sum, here 105',
  },
  {
    what: 'a List that kubectl printed',
    why: 'items are objects like any other; what the cluster wrote (uid, managedFields, status) is no finding',
    yaml: `apiVersion: v1
kind: List
metadata: {resourceVersion: ""}
items:
  - apiVersion: networking.istio.io/v1
    kind: ServiceEntry
    metadata: {name: tax, namespace: shop, uid: 2a, resourceVersion: "91", generation: 3, managedFields: [{manager: kubectl}]}
    spec: {hosts: [tax.example.org], location: MESH_EXTERNAL, resolution: DNS, ports: [{number: 443, name: tls, protocol: TLS}]}
  - apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop, uid: 2b}
    spec: {clusterIP: 10.3.0.9, selector: {app: web}, ports: [{name: http, port: 80, protocol: TCP, targetPort: 80}]}
    status: {loadBalancer: {}}
`,
    says: [],
    change: [
      'ports: [{number: 443, name: tls, protocol: TLS}]',
      'ports: [{number: 443, name: tls, protocol: TLS}, {number: 443, name: b, protocol: TLS}]',
    ],
    changed: ['ST1106'],
    because: 'a port may stand in the list once',
  },
  {
    what: 'rules of Prometheus beside a mesh',
    why: 'one side of each request is counted; rules of the operator are objects, and its other kinds are not judged',
    yaml: `apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: mesh, namespace: monitoring}
spec: {selector: {matchLabels: {app: istiod}}, endpoints: [{port: http-monitoring}]}
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: {name: mesh, namespace: monitoring, labels: {release: prometheus}}
spec:
  groups:
    - name: mesh
      rules:
        - {record: "service:istio_requests:rate5m", expr: 'sum by (destination_service) (rate(istio_requests_total{reporter="destination"}[5m]))'}
`,
    says: [],
    change: ['{reporter="destination"}', ''],
    changed: ['ST2521'],
    because: 'the proxies of both sides count each request',
  },
];
