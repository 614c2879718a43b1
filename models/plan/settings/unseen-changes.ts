// Changes between the known releases of Istio that no run shows, each with its reason (istio: releasenotes/notes; istio.io: content/en/news/releases).

/** Changes between the known releases that no run shows: what, since when, and why it is not seen. */
export const ISTIO_UNSEEN: readonly (readonly [what: string, since: string, why: string])[] = [
  [
    'server names of TLS by the request (ENABLE_AUTO_SNI), certificates checked by default (VERIFY_CERTIFICATE_AT_CLIENT)',
    '1.21',
    'names and certificates are taken to be right; a request has the name of its host in all releases',
  ],
  ['ExternalName Services are aliases (ENABLE_EXTERNAL_NAME_ALIAS)', '1.21', 'they are in all releases here'],
  [
    'the most specific VirtualService has a host, not the oldest (PERSIST_OLDEST_FIRST_HEURISTIC_FOR_VIRTUAL_SERVICE_HOST_MATCHING)',
    '1.21',
    'the most specific one has it in all releases here',
  ],
  ['waypoints by label (istio.io/use-waypoint), no longer by service account', '1.22', 'by label in all releases here'],
  ['configuration is sent as differences (ISTIO_DELTA_XDS)', '1.22', 'nothing changes during a run'],
  ['no tracer zipkin.istio-system by default', '1.22', 'a tracer is one that the mesh names, in all releases here'],
  ['discoverySelectors hold for all kinds (ENABLE_ENHANCED_RESOURCE_SCOPING)', '1.22', 'they do in all releases here'],
  [
    'targetPort of a ServiceEntry without resolution (ENABLE_RESOLUTION_NONE_TARGET_PORT)',
    '1.22',
    'hosts outside answer on all ports alike',
  ],
  ['DNS traffic heeds the annotations that exclude traffic', '1.23', 'names are resolved without a packet'],
  [
    'Sidecars choose among services of one host as those without do (PILOT_UNIFIED_SIDECAR_SCOPE); DestinationRules merge by exportTo (ENABLE_ENHANCED_DESTINATIONRULE_MERGE); their TLS holds for hosts outside (PREFER_DESTINATIONRULE_TLS_FOR_EXTERNAL_SERVICES)',
    '1.24',
    'they do in all releases here',
  ],
  ['names of metrics of certificates; peers in metrics', '1.24', 'these metrics are not counted'],
  [
    'addresses that Envoy takes for internal (internalAddressConfig)',
    '1.25',
    'what a header says of its sender is decided by who a proxy belongs to',
  ],
  ['pods in ambient mode capture DNS', '1.25', 'a ztunnel goes by the name that was dialed'],
  ['OpenCensus is no tracer any more', '1.25', 'spans are not kept'],
  [
    'ztunnel and CNI: charts, reconciliation of iptables, file modes, excluded namespaces',
    '1.25 to 1.30',
    'installations are taken to be right',
  ],
  [
    'sidecars are init containers that keep running (Kubernetes 1.33 and newer)',
    '1.27',
    'all pods run from the start to the end',
  ],
  [
    'several certificates of a server; debug endpoints ask who calls',
    '1.27',
    'certificates are taken to be right; nobody asks',
  ],
  [
    'trafficDistribution: PreferSameZone, PreferSameNode',
    '1.27',
    'they prefer what is near in all releases here; nodes are not told apart',
  ],
  [
    'ServiceEntries without resolution in ambient mode go where the client wanted',
    '1.28',
    'they do in all releases here',
  ],
  ['copies keep their Host header (DISABLE_SHADOW_HOST_SUFFIX)', '1.28', 'nobody in a run looks at the Host of a copy'],
  ['InferencePools', '1.28', 'the kind is not read, and listed'],
  [
    'gauges of what circuit breakers have left are kept no longer (DISABLE_TRACK_REMAINING_CB_METRICS); metrics are compressed',
    '1.29',
    'these metrics are not counted',
  ],
  ['TrafficExtension', '1.30', 'the kind is listed as left out'],
  [
    'meshConfig: defaultTrafficPolicy, zoneAwareLbSetting, ALLOW_ANY_DYNAMIC_DNS',
    '1.31',
    'listed where they are given',
  ],
  [
    'endpoints that are not ready are sent to the proxies',
    '1.31',
    'all pods are ready; the panic threshold of that change is in the table',
  ],
  [
    'managed Gateways of the Gateway API are not merged with Gateways of other namespaces (PILOT_ENABLE_STRICT_GATEWAY_MERGING)',
    '1.31',
    'a Gateway of Istio whose selector has the labels of a managed gateway is merged with it in all releases here',
  ],
  [
    'a span of its own for what a gateway sends (PILOT_SPAWN_UPSTREAM_SPAN_FOR_GATEWAY)',
    '1.28 to 1.31',
    'spans are not kept',
  ],
  [
    'filters stand in one order at gateways, servers and for TCP; Services are not needed to balance by locality; failover and failoverPriority work together; several mirrors',
    '1.20',
    'so it is in all releases here',
  ],
  [
    'a delegate, a wildcard host that no service has, `{}` as a header match, DestinationRules that are exported to their own namespace by its name (faults that were mended)',
    '1.21',
    'the mended behaviour holds in all releases here',
  ],
  [
    'tokens in cookies, `:authority` of a destination, `proxyProtocol`, JWT filters of Envoy',
    '1.21',
    'these fields are read, or listed, in all releases here',
  ],
  [
    'path templates of an AuthorizationPolicy; withoutHeaders for headers that a request has not (a fault that was mended); ServiceEntries of one host that differ are not merged',
    '1.22',
    'they act, and do not merge, in all releases here',
  ],
  [
    'preflights of origins that are not allowed stay at the proxy; 100 Continue is passed on; reset-before-request',
    '1.23',
    'a preflight stays there in all releases here; bodies are sent at once; the word needs the Envoy of 1.23',
  ],
  [
    'clusters and statistics are made when they are first needed (ENABLE_DEFERRED_CLUSTER_CREATION, ENABLE_DEFERRED_STATS_CREATION)',
    '1.23 to 1.24',
    'proxies know all clusters from the start',
  ],
  [
    '`warmup` of a DestinationRule (before, warmupDurationSecs); Services with several addresses; portLevelSettings and mirrors at waypoints; connection.sni there',
    '1.24',
    'they act in all releases here, but for connection.sni, which is listed',
  ],
  [
    'a share of copies of an HTTPRoute that was computed wrongly; sourceLabels at waypoints',
    '1.25',
    'as it was mended, in all releases here',
  ],
  ['modules that cannot be fetched refuse requests where failStrategy says so', '1.25', 'they do in all releases here'],
  [
    'connections that a proxy accepts at once (MAX_CONNECTIONS_PER_SOCKET_EVENT_LOOP)',
    '1.26 to 1.28',
    'accepting a connection costs nothing; the kernel deals connections to worker threads',
  ],
  ['TCPRoutes at waypoints; waypoints keep HTTP/2', '1.26', 'they act in all releases here'],
  ['an EnvoyFilter names a virtual host by its domain', '1.26', 'the field is listed in all releases here'],
  [
    'what a waypoint is for, by a label of its GatewayClass; TLS of a DestinationRule towards pods in ambient mode',
    '1.23',
    'the label of the Gateway counts; TLS acts in all releases here',
  ],
  [
    'names with a dot at their end; hosts of VirtualServices in capital letters; a rule for tokens without an issuer',
    '1.27',
    'they are matched in all releases here',
  ],
  [
    'settings of HTTP/2 also where h2UpgradePolicy brings it; attributes of cookies; wildcards with DYNAMIC_DNS',
    '1.28 to 1.30',
    'settings act in all releases here; nobody looks at attributes; the resolution is approximated, and listed',
  ],
  [
    '`aggression` of a warm-up as Envoy has it; topology.istio.io/locality; limits of a gateway by ISTIO_META_GLOBAL_DOWNSTREAM_MAX_CONNECTIONS',
    '1.29',
    'aggression is that of Envoy, and the label counts, in all releases here; the limit is not read',
  ],
  [
    'retryBudget of a subset; the annotation of a namespace for its traffic distribution; several targets of a ReferenceGrant; connect-strategy of a ServiceEntry; CORS of the Gateway API by whole origins',
    '1.30',
    'they act in all releases here; a host has one address, to which there is one way',
  ],
  [
    'fields: budgetInterval, http2KeepAlive, prefixRewrite of a redirect, `~` in a Sidecar, trustDomains, MERGE_AND_REPLACE_LIST; canary waypoints',
    '1.31',
    'those that are read act in all releases here; pings, intervals and canaries are listed',
  ],
  [
    'networks are preferred and not required; consistent hashes at waypoints; retries of the mesh at waypoints; rings after scaling',
    '1.31',
    'as it was mended, in all releases here',
  ],
];
