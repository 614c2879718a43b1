// Fields of mesh kinds that act, but in no world that is made of published YAML alone: each group with what that world lacks and the test in which
// the fields act.

export const ACTS_ELSEWHERE: readonly { readonly fields: RegExp; readonly lacks: string; readonly test: string }[] = [
  {
    fields: /^(AuthorizationPolicy|RequestAuthentication|Telemetry) spec\.targetRefs?(\[\])?\.(group|kind|name)$/,
    lacks: 'the waypoint, the gateway or the service that is named',
    test: 'test/effects/waypoint-policies.test.ts',
  },
  {
    fields:
      /^AuthorizationPolicy spec\.rules\[\]\.(from\[\]\.source\.(notRequestPrincipals|principals)\[\]|when\[\]\.values\[\])$/,
    lacks: 'callers and tokens that are meant',
    test: 'test/models/plan/filters/authorization.test.ts',
  },
  {
    fields: /^DestinationRule spec\.trafficPolicy\.portLevelSettings\[\]\.(port\.number|tls\.sni)$/,
    lacks: 'a service with two ports, a gateway that asks for the name',
    test: 'test/models/plan/egress-gateway.test.ts',
  },
  {
    fields: /^DestinationRule spec\.subsets\[\]\./,
    lacks: 'a VirtualService that sends to the subset',
    test: 'test/models/plan/destination-rule.test.ts',
  },
  {
    fields: /^DestinationRule spec\.trafficPolicy\.loadBalancer\.localityLbSetting\.failover\[\]\./,
    lacks: 'the regions that are named',
    test: 'test/models/plan/load-balancing.test.ts',
  },
  {
    fields: /^EnvoyFilter spec\.(priority$|workloadSelector\.labels\.|.*vhost\.(route\.)?name$|.*descriptors\[\]\.)/,
    lacks: 'a second filter, the pods, the route, requests with the descriptors',
    test: 'test/models/plan/filters/envoy-filter.test.ts',
  },
  {
    fields: /^EnvoyFilter .*\.rate_limits\[\]\.actions\[\]\.header_value_match\./,
    lacks: 'a rate limit service beside the actions',
    test: 'test/models/plan/filters/envoy-filter.test.ts',
  },
  {
    fields: /^Sidecar spec\.(egress\[\]\.(port\.number|hosts\[\])|ingress\[\]\.port\.number)$/,
    lacks: 'the hosts and ports that are named',
    test: 'test/conformance/istio-mesh.test.ts',
  },
  {
    fields: /^Telemetry spec\.(metrics\[\]\.overrides\[\]\.|tracing\[\]\.(disableSpanReporting|providers\[\]\.name)$)/,
    lacks: 'providers of the mesh, metrics of its own',
    test: 'test/effects/seed-yaml/telemetry.test.ts',
  },
  {
    fields: /^VirtualService spec\.http\[\]\.match\[\]\.(headers\.|method\.|ignoreUriCase$)/,
    lacks: 'requests with just these words',
    test: 'test/models/plan/claim-match.test.ts',
  },
  {
    fields: /^VirtualService spec\.http\[\]\.corsPolicy\.allowOrigins\[\]\./,
    lacks: 'requests of browsers',
    test: 'test/models/plan/cors.test.ts',
  },
  {
    fields: /^VirtualService spec\.http\[\]\.(route\[\]\.)?headers\.request\./,
    lacks: 'a proxy behind the route that looks at the header',
    test: 'test/models/plan/request-class.test.ts',
  },
  {
    fields: /^ProxyConfig spec\.environmentVariables\.ISTIO_META_DNS_/,
    lacks: 'ServiceEntries for TCP without addresses',
    test: 'test/models/plan/tcp-listeners.test.ts',
  },
  {
    fields: /^VirtualService spec\.http\[\]\.match\[\]\.sourceLabels\./,
    lacks: 'callers with the labels',
    test: 'test/models/plan/ambient.test.ts',
  },
  {
    fields: /^(WorkloadEntry spec\.(labels\.|serviceAccount$)|WorkloadGroup spec\.metadata\.labels\.)/,
    lacks: 'a ServiceEntry that selects the labels, a policy that names the account',
    test: 'test/models/plan/workloads.test.ts',
  },
];
