// A small cluster as YAML: a frontend that calls a catalog, both with sidecars.
export const SHOP = `
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { istio-injection: enabled } }
${['frontend', 'catalog']
  .map(
    (name) => `---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${name} }, ports: [{ name: http, port: 80, targetPort: 8080 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}-v1, namespace: shop }
spec:
  replicas: 2
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name}, version: v1 } }
    spec: { containers: [{ name: app, image: x, resources: { limits: { cpu: "2" } } }] }
`,
  )
  .join('')}---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: catalog, namespace: shop }
spec:
  hosts: [catalog]
  http: [{ route: [{ destination: { host: catalog } }], retries: { attempts: 2, perTryTimeout: 50ms, retryOn: "5xx,reset" } }]
`;

export const SHOP_SCENARIO = `apiVersion: seatrial.dev/v1alpha1
kind: Scenario
metadata: { name: shop-trial }
spec:
  run: { duration: 4s, replications: 3 }
  traffic:
    - name: shoppers
      to: http://frontend.shop
      rate: 200/s
      timeout: 1s
      requests: [{ name: home, weight: 3, path: / }, { name: buy, method: POST, path: /buy }]
  defaults: { work: "lognormal(mean=2ms, cv=0.5)", cpuShare: 50% }
  services:
    frontend: { steps: [{ cpu: 1ms }, { call: catalog, onError: pass }] }
    catalog: { work: 3ms, cpuShare: 10%, errors: { 503: 2% } }
  slos: [{ name: fast, latency: 100ms, objective: 99% }]
  thresholds: ["shoppers errors < 50%", "home p(90) < 1s", "edge:frontend->catalog retries > 0.1%", "service:catalog p(50) < 1ms"]
`;
