// The kinds of events of a mesh. The reference of each is the index of a pooled object (named in the comment).

export const EVENT = {
  /** A traffic source sends its next request (source). */
  arrival: 0,
  /** A connection of a closed loop sends its next request (loop connection). */
  think: 1,
  /** The caller's proxy has spent its CPU on the request and routes it (call). */
  route: 2,
  /** A filter has held a request long enough: an injected delay, a call to another service (call). */
  delayed: 3,
  /** A connection is established, or has failed to be (connection). */
  connected: 4,
  /** The request reaches the server's proxy (attempt). */
  serverProxy: 5,
  /** The request reaches the application (attempt). */
  application: 6,
  /** A pod's CPU has finished a piece of work, or its quota's period has turned (station of the CPUs). */
  cpu: 7,
  /** A wait without CPU is over (frame). */
  waited: 8,
  /** The response, or the news of a reset, reaches the caller's proxy (attempt). */
  response: 9,
  /** The answer reaches the caller's application (call). */
  deliver: 10,
  /** Time-outs: of the route (call), of one try (attempt), of the calling application (call). */
  routeTimeout: 11,
  perTryTimeout: 12,
  callerTimeout: 13,
  /** A back-off is over (call). */
  retry: 14,
  /** Outlier detection sweeps a cluster; a held-back change of health reaches its balancer (cluster state). */
  sweep: 15,
  hostsUpdate: 16,
  /** End of an interval of the time series. */
  sample: 17,
  /** A TLS hello reaches the server's proxy; the answer reaches the client's (connection). */
  helloAtServer: 18,
  helloAtClient: 19,
  /** Idle connections are looked at (pool). */
  poolIdle: 20,
  /** The proxy wakes up for a stream that found the queue full (pool). */
  poolWaking: 22,
  /** A connection has lived as long as it may (connection). */
  connectionAge: 21,
  /** The longest duration or silence of a stream is reached (call). */
  streamTimeout: 30,
  /** The next health check of a host is due, or the present one has taken too long; its connection is there (check). */
  healthTimer: 31,
  healthStep: 32,
  /** A filter of the server's proxy has held a request long enough (attempt). */
  inboundHeld: 40,
  /** A server's proxy tries its application again (attempt). */
  inboundRetry: 42,
  /** A timer of an adaptive concurrency controller. */
  controller: 41,
  /** The HBONE connection that a connection has set off is there (connection). */
  tunnelOpen: 60,
  /** A connection of a caller's own may have been silent for too long (pinned connection). */
  pinnedIdle: 50,
  /** A connection from a server's proxy to its application has come up (worker of an inbound pool). */
  inboundConnected: 51,
  /** A body that a filter holds back has passed: at the caller's proxy (call), at the server's (attempt). */
  paced: 52,
  inboundPaced: 53,
  /** The penalty of an endpoint is over (its breaker's id). */
  accrual: 61,
  /** Requests have waited long enough for an endpoint (cluster). */
  failfast: 62,
  /** A hello reaches a gateway between networks (connection). */
  helloAtGateway: 63,
  /** An entry of the timeline begins, goes on growing, or ends (its number there). */
  timeline: 70,
  /** The news that the other end of a connection is gone arrives (connection). */
  peerGone: 71,
  /** A proxy hears of pods that have come or gone (news). */
  news: 72,
  /** A pod that was started serves (pod). */
  podReady: 73,
  /** An application that has died is back (pod). */
  applicationUp: 74,
  /** The informers of istiod hear of a change of endpoints (its number); istiod has something to do. */
  informed: 75,
  istiod: 76,
  /** A proxy tries to reach istiod again, or is admitted (its stream). */
  reconnect: 77,
  /** A pod that stops: its kubelet, its agent or its application has something to do (pod). */
  podStopping: 80,
  /** An eviction that a budget has refused is asked for again (its number). */
  eviction: 81,
  /** The memory of an application that leaks is at its limit, or the application is started again (its number). */
  memory: 82,
  /** The metrics server scrapes (0); an autoscaler acts (1 + its number). */
  autoscaling: 79,
  /** A probe is due; a probe is over (its run); a container is started, its application listens, its end is noticed, its grace is over (pod). */
  probeDue: 85,
  probeEnd: 86,
  containerStart: 87,
  applicationBooted: 88,
  containerEnd: 89,
  /** A controller of a workload wants to be asked again (workload). */
  rollout: 90,
  /** The scheduler tries pods that have no node. */
  scheduling: 91,
  /** The node lifecycle controller looks at the leases of nodes, and at pods that are to be evicted. */
  nodePass: 92,
  /** A drain asks for evictions again (its number). */
  drain: 93,
  /** The Cluster Autoscaler looks at pods and nodes; a node that it has asked for is there (its number). */
  nodeScan: 94,
  nodeBooted: 95,
  /** A ping of a connection has not been answered for too long (its number). */
  peerDead: 110,
  /** Connections of clients that come and go are looked at (the number of what makes them do so). */
  churn: 111,
  /** A proxy asks for a name (who asks for what). */
  dnsQuery: 112,
  /** One of Linkerd's proxies connects to an endpoint again, or hears the answer (the number of the endpoint). */
  endpointTry: 113,
  /** The configuration changes (its number among the changes); a proxy asks istiod for the endpoints of new clusters (its stream). */
  configuration: 120,
  endpointsWanted: 121,
  /** The drain time of listeners is over (its number); the news of that reaches a caller (connection). */
  listenersDrained: 122,
  connectionCut: 123,
  /** A request, and its response, reach a gateway between networks (attempt). */
  relayed: 64,
  relayedBack: 65,
} as const;
