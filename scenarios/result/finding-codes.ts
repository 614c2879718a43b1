// The codes of findings: what each says and what to do. A code is never used for something else again.

export interface FindingKind {
  readonly title: string;
  readonly meaning: string;
  readonly help: string;
}

export const FINDINGS = {
  F101: {
    title: 'an application answers with errors of its own',
    meaning: 'The scenario lists these answers under `errors` of the service; nothing in the mesh makes them.',
    help: 'retries help where the errors are independent; an ejection where one pod of several has them',
  },
  F102: {
    title: 'the queue of an application is full',
    meaning: 'All workers of a pod are busy and its queue (`queue` in the scenario) has no place left.',
    help: 'more replicas or workers, less work a request, or a lower rate',
  },
  F103: {
    title: 'a limit of a server’s inbound cluster refuses requests',
    meaning:
      'The connectionPool of a DestinationRule also bounds what the proxy of each server pod sends to its own application. The server answers 503 UO; its callers see a 503 without a flag.',
    help: 'raise the limit, or give the service more pods: the limit holds for each of them',
  },
  F104: {
    title: 'a circuit breaker of a client’s proxy refuses requests',
    meaning:
      'The connectionPool of a DestinationRule holds for each client proxy by itself. What is above it gets 503 UO at once.',
    help: 'raise the limit if the servers can take more; it is doing its work if they cannot',
  },
  F105: {
    title: 'no endpoint may be used',
    meaning: 'Every endpoint is gone, ejected, or outside what the route may use: 503 UH.',
    help: 'look at the replicas, the labels of the subset, and at outlier detection with maxEjectionPercent 100',
  },
  F106: {
    title: 'no route matches',
    meaning: 'The proxy answers 404 NR.',
    help: 'compare path, method, headers and host of the request with the routes: seatrial explain shows them',
  },
  F107: {
    title: 'a policy refuses requests',
    meaning:
      'An authorization policy, a check of tokens, or another filter of a proxy answers in place of the service.',
    help: 'if it is meant, say `expect: 403` at the request; if not, correct the rule that is named',
  },
  F108: {
    title: 'a rate limit refuses requests',
    meaning: 'A local or global rate limit of a proxy answers 429.',
    help: 'raise the limit, or let the clients send less',
  },
  F109: {
    title: 'connections do not come up',
    meaning: 'Connecting fails or takes longer than connectTimeout.',
    help: 'look at the network between the two, and at connectTimeout',
  },
  F110: {
    title: 'connections are lost under requests',
    meaning: 'The other end closed an idle connection just as a request was sent on it, or reset it.',
    help: 'let the client’s idleTimeout be shorter than the server’s keep-alive, and retry on reset-before-request',
  },
  F111: {
    title: 'client and server do not agree on TLS',
    meaning:
      'One end speaks TLS and the other does not take it: plain text to STRICT, or mutual TLS to pods without a proxy.',
    help: 'compare PeerAuthentication with the tls of the DestinationRule; go through PERMISSIVE',
  },
  F112: {
    title: 'a network policy drops or closes connections',
    meaning: 'NetworkPolicy, Cilium or Linkerd’s policies do not let the caller reach the port.',
    help: 'add a rule for the caller, or take the call away',
  },
  F113: {
    title: 'a fault that the YAML injects ends requests',
    meaning: 'The fault of a route (or an EnvoyFilter) aborts requests before they are sent.',
    help: 'delete the fault if it was forgotten',
  },
  F114: {
    title: 'a route leads to a cluster that does not exist',
    meaning: 'The host or the subset of a destination is not known: 503 NC.',
    help: 'correct host, port or subset; define the subset in a DestinationRule',
  },
  F115: {
    title: 'a time-out ends requests',
    meaning: 'The wait is put to the account of what was slow; the sentence says which time-out acted.',
    help: 'speed up what is named, or give it more time if the caller has it',
  },
  F116: {
    title: 'a route answers by itself',
    meaning: 'A direct response, or a closed connection, stands in the place of a service.',
    help: 'if it is meant, say so with `expect` at the request',
  },
  F117: {
    title: 'answers that were not expected',
    meaning: 'The request says `expect`, and got something else.',
    help: 'look at what let the request pass: seatrial explain shows every filter on its way',
  },
  F118: {
    title: 'overload protection sheds requests',
    meaning: 'Admission control or adaptive concurrency of a proxy answers 503.',
    help: 'it protects what is behind it: look at why that is slow or failing',
  },
  F119: {
    title: 'bad answers of which nothing more is known',
    meaning: 'A call failed, and the run does not know where it first went wrong.',
    help: 'look at the outcomes of its edge',
  },
  F120: {
    title: 'the timeline ends requests',
    meaning:
      'An entry of the timeline kills pods, takes an application down, or has it answer with errors: these requests were there, or came meanwhile.',
    help: 'what a cure would be worth, a run with another retry policy, outlier detection or more replicas shows: seatrial diff',
  },
  F201: {
    title: 'pods are at their CPU limit',
    meaning:
      'Requests wait for CPU of the application: its limit (or its cores) is used up, or CFS holds it back in the middle of its periods.',
    help: 'raise limits.cpu, add replicas, or lower the work of a request',
  },
  F202: {
    title: 'all workers of an application are held',
    meaning:
      'Requests wait for one of the workers (`workers` in the scenario), which are held while they wait for others.',
    help: 'more workers or replicas, or faster callees',
  },
  F203: {
    title: 'a proxy is at its limit',
    meaning: 'A worker thread of a sidecar or gateway is busy nearly all the time; a connection stays with its thread.',
    help: 'more threads (concurrency) or CPU for the proxy, more connections, or fewer filters',
  },
  F204: {
    title: 'requests wait for a connection',
    meaning:
      'maxConnections of a client’s proxy holds them back; HTTP/1.1 takes one connection for each request under way.',
    help: 'raise maxConnections, or speed up the callee',
  },
  F205: {
    title: 'one workload of a service is much slower than the others',
    meaning: 'Versions behind one service differ in how long they take.',
    help: 'look at what it does; LEAST_REQUEST or outlier detection take load away from slow pods',
  },
  F206: {
    title: 'a delay that the YAML injects',
    meaning: 'The fault of a route holds requests before they are sent.',
    help: 'delete the fault if it was forgotten',
  },
  F207: {
    title: 'the network costs time',
    meaning: 'Distance, or lost packets that are sent again, are a large part of the latency.',
    help: 'keep calls in their zone or region, make fewer of them, or repair the link',
  },
  F301: {
    title: 'retries multiply the load',
    meaning: 'Many calls take more than one try; where callers above retry too, the factors multiply.',
    help: 'fewer attempts, retries at one layer only, a retry budget',
  },
  F302: {
    title: 'outlier detection has ejected hosts',
    meaning: 'A client’s proxy sends nothing to a host that it has found bad.',
    help: 'look at why the host fails; see consecutive5xxErrors and maxEjectionPercent if it is well',
  },
  F303: {
    title: 'a balancer is in panic',
    meaning: 'So many hosts are unhealthy that all are used, the bad ones too.',
    help: 'see minHealthPercent and maxEjectionPercent',
  },
  F304: {
    title: 'traffic has gone over to another locality',
    meaning: 'Failover sends requests away from the caller’s own locality.',
    help: 'look at why the hosts nearby are out of use',
  },
  F305: {
    title: 'retries were not allowed',
    meaning: 'The retry budget or maxRetries of the cluster forbade them.',
    help: 'it bounds retry storms: look at what fails first',
  },
  F402: {
    title: 'no calls',
    meaning: 'Traffic sent nothing, or nothing ended inside the measured window.',
    help: 'look at the rate and at the start of the traffic',
  },
} as const satisfies Readonly<Record<string, FindingKind>>;

export type FindingCode = keyof typeof FINDINGS;
