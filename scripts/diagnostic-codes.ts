// What each code of a diagnostic or warning means and what to do about it: one line a code, `code | what it means | what to do`.
// test/docs/diagnostics.test.ts holds this list to the codes that stand in models/, scenarios/ and cli/.

export interface CodeEntry {
  readonly code: string;
  readonly meaning: string;
  readonly help: string;
}

const INPUT = `
input-empty | a file or standard input holds nothing | check the path, or the command before the pipe
input-not-found | a path leads to no file, and a glob to none | check the path; a directory stands for the YAML in it
input-not-text | a file is no text: NUL bytes, or bytes that are no UTF-8 | save it as UTF-8
input-too-large | the input is larger than the bound | raise --max-input, or name fewer files
input-unreadable | a file cannot be read | check its rights; in git, run git fsck
revision-not-found | the repository has no such revision | check the name; in a shallow clone of a pipeline fetch with fetch-depth: 0
yaml-syntax | the text is no YAML | put it right at the place that is named
yaml-tag | a tag of YAML that Kubernetes does not read | leave the tag out
yaml-alias-limit | aliases that grow beyond all bounds | write the values out
string-too-long | one text is longer than any manifest has | shorten it
duplicate-key | a key stands twice in one map: the last one counts | remove one of them
duplicate-object | one object stands twice in the YAML | remove one of them
not-a-manifest | a document that is no object of Kubernetes | leave the file out, or give it apiVersion and kind
no-kind | a document without a kind | add apiVersion and kind
removed-kind | a version of a kind that no cluster serves any more | write the version that is served now
unknown-version | a version of a kind that is not known | check apiVersion
unknown-field | a field that its kind does not have | the nearest name is given; --strict makes it an error
missing-field | a field that has to be there is missing | add it
wrong-type | a value of another type than its field takes | write the type that is named
wrong-value | a value that its field does not take | write a value as the message says
wrong-time | the time of explain --at is later than the end of the run | give a time within the run
changes-nothing | what the timeline applies or deletes makes no difference to the cluster | check the file, and whether the mesh has it already
object-not-found | an object that the timeline is to delete is not there | the nearest name is given
wrong-option | an option on the command line has a value that it does not take | write it as the message says
wrong-target | what a call or a source of traffic dials cannot be dialed | write a host, host:port or a URL
odd-quantity | a quantity that Kubernetes reads in another way than people do | write the unit that is meant
deprecated-field | a field that still works and will go | write the field that took its place
deprecated-value | a value that still works and will go | write the value that took its place
min-above-max | a lower bound above its upper bound | exchange them
objects-left-out | the cluster would refuse these objects: all numbers are those of the mesh without them | put them right; --strict refuses the whole input
needs-rendering | a Kustomize tree, a Helm chart, Jsonnet or Terraform: its files are not what runs | render it with the command that is named
published-schema | the object is not as the published schema of its kind says | put the field right
sidecar-template | the template of the sidecar's injection cannot be read as it is | see the fidelity list for what is used instead
changed-object-not-found | --set names an object that is not in the YAML | check kind, namespace and name
changed-place-not-found | --set names a field that the object cannot have | check the path
`;

const SCENARIO = `
no-scenario | there is no document of kind Scenario | write one with seatrial init, or name it with --scenario
several-scenarios | more than one document of kind Scenario | name one of them with --scenario
different-scenario | a candidate has another load than the base | give one for all with --scenario, or use --own-scenario
inferred-scenario | the scenario was guessed from the YAML | write it down with seatrial init, and correct it
no-entry-point | nothing in the YAML says where requests come in | write the traffic by hand
no-traffic | the scenario has no traffic | add an entry under traffic
idle-warm-up | no request comes during the warm-up | begin the load earlier, or give a warm-up
unknown-istio-version | a release of Istio that is not known | write one that is, e.g. 1.31
unknown-envoy-version | a release of Envoy that is not known | write one that is
unknown-attribute | a telemetry or filter expression asks for an attribute that no request has | check its name, or give the attribute in the scenario
ambiguous-host | a host that more than one Service answers to | write the whole name
ambiguous-name | a name that more than one object has | write NAME.NAMESPACE
host-not-found | a host that nothing in the YAML is | check the name, or add the Service or ServiceEntry
host-outside-registry | a host that the mesh does not know: it is passed on as it is, or refused | add a ServiceEntry, or correct the name
port-not-found | a port that the Service does not have | check the port
port-outside-registry | a port that no ServiceEntry of the host has: it is passed on as it is, or refused | add the port, or correct the number
service-not-found | the scenario describes a service that is not in the YAML | check its name
workload-not-found | the scenario names a workload that is not in the YAML | check its name
caller-is-a-gateway | explain was asked for a request that a gateway sends by itself | ask from outside, or from a workload
locality-not-found | the scenario names a region or zone without pods | check its name
never-happens | an entry of the timeline begins at the end of the run or later, wholly or from some time on | lengthen run.duration, or let it begin earlier
no-node-matches | an entry of the timeline is about nodes, and there are none, or none that match | check its names, or give the scenario nodes
no-memory-limit | an entry of the timeline lets an application leak memory whose container has no memory limit, or less than the application has at rest | add or raise resources.limits.memory
no-pod-matches | an entry of the timeline names pods that are not there, or that cannot have the fault | see the message for what there is
too-many-starts | the entries of the timeline begin more often than is simulated | lengthen every, or shorten the run
traffic-not-found | an entry of the timeline names a source of traffic, or one of its requests, that the scenario does not have; or a mix does not say whose it is | check its name
no-istiod | an entry of the timeline is about istiod, and no proxy of the mesh hears of it | remove it
pods-without-place | pods of a mesh with zones have none themselves | give zones in the scenario, or Nodes in the YAML
traffic-without-pods | a source of traffic has no pod that could send | give its workload replicas
endless-call-cycle | services call one another without end | give a step of the circle a probability, or remove it
nothing-ambient | the scenario describes ambient mode, and no pod is in it | remove it, or label the Namespace
nothing-linkerd | the scenario describes Linkerd's proxies, and no pod has one | remove it, or annotate the Namespace
too-many-pods | more pods than are simulated | give fewer replicas
too-many-proxy-workers | a proxy would have more worker threads than are simulated | lower its concurrency or its CPU limit
too-many-request-classes | requests differ in more ways than are simulated | name fewer kinds of requests
`;

const MESH = `
rejected-by-istio | Istio's webhook refuses the object: the cluster has the last one that it took | put the field right
rejected-by-kubernetes | the API server refuses the object | put the field right
refused-by-webhook | a webhook refuses the object | put the field right
refused-by-envoy | Envoy refuses what the object makes of its configuration | put the patch right
cluster-refused-by-envoy | Envoy refuses a cluster: it keeps the last good one, or has none | put the policy right
ignored-by-istio | Istio ignores the value | remove it, or write one that counts
ignored-match | a match that never decides | remove it
denies-everything | a policy that lets nobody in | write a rule, if somebody is to come in
inner-wildcard | a * within a value is no wildcard | write it at the beginning or the end
principal-without-issuer | a principal of a request without its issuer | write issuer/subject
pattern-in-expression | an expression that is taken word by word | write it as the kind wants
authorization-policy | a policy may refuse the traffic that was guessed | give the traffic what the policy asks for
network-policy | a NetworkPolicy may drop the traffic that was guessed | give the traffic a source that is let in
network-policy-drops | a NetworkPolicy drops connections of the traffic | let the caller in, if that is not meant
connection-refused-by-policy | a policy of Linkerd refuses connections of the traffic | authorise the caller, if that is not meant
gateway-refuses-client | a gateway does not take the TLS or the server name of a proxy: 503 | a DestinationRule with the server's mode and host
listener-taken | a TCP port without an address: the connection goes to another entry | addresses, DNS capture, or ports of their own
destination-host-not-found | a route leads to a host that is not there: 503 | check the host
destination-port-not-found | a route leads to a port that its host does not have | check the port
subset-not-found | a route leads to a subset that no DestinationRule has: 503 | add the subset, or check its name
service-without-endpoints | a Service that is called selects no pod: 503 | check its selector
endpoints-of-nobody | Endpoints without a Service of their name | add the Service
delegate-not-found | a route delegates to a VirtualService that is not there | check name and namespace
failover-without-outlier-detection | failover by locality without outlier detection does nothing | add outlierDetection
field-of-a-later-release | a field that this release of Istio does not know | raise the release, or leave the field out
zero-timeout | a time-out of 0 switches it off | write the time-out that is meant
retry-on-blank | a blank in retryOn makes its word unknown | separate with commas alone
fault-without-effect | a fault that can never act | put its percentage or its match right
appended-thresholds | an EnvoyFilter appends thresholds where it means to change them | see the message for what counts
patch-without-effect | a patch of an EnvoyFilter that applies to nothing | check its match
several-authorizers | more than one external authorizer for one workload | leave one
two-meshes | pods of Istio and of Linkerd call one another | see the fidelity list for what that means
plaintext-to-strict | plain text to a server that takes mutual TLS alone: the connection is closed | give the caller a proxy, or loosen the policy
plaintext-to-tls | plain text to a port of TLS | set the TLS mode of the DestinationRule
network-gateway-address | a gateway between networks without an address | give the Service of the gateway an address
network-gateway-closed | a gateway between networks that no Gateway opens | add a Gateway with AUTO_PASSTHROUGH
network-without-mtls | pods of another network that are reached without mutual TLS cannot be reached | use mutual TLS
policy-without-waypoint | a policy for HTTP in ambient mode without a waypoint: it denies, or does nothing | add a waypoint
waypoint-not-used | a waypoint that no Service or pod uses | label the Service or the Namespace
backend-not-usable | a route of the Gateway API to a backend that cannot be used: 500 | see the message
backend-tls-not-attached | a BackendTLSPolicy that applies to nothing | check targetRefs
backend-tls-trusts-nothing | a BackendTLSPolicy whose certificates cannot be had: connections fail | see the message for what is missing
service-entry-left-out | a ServiceEntry that Istio leaves out, wholly or for some hosts | see the message for the reason
policy-beside-backend-tls | a DestinationRule beside a BackendTLSPolicy | leave one
gateway-parameters-missing | parameters of a Gateway that are not there | add the ConfigMap
listener-not-programmed | a listener that is not served | see the message
listener-set-not-allowed | a ListenerSet that its Gateway does not allow | set allowedListeners
listener-set-not-attached | a ListenerSet without its Gateway | check parentRef
route-not-attached | a route that no listener takes | check parentRefs, hostnames and allowedRoutes
route-not-accepted | a route that Linkerd does not accept | see the message
annotation-not-understood | an annotation of Linkerd whose value cannot be read | write it as the message says
profile-without-callers | a ServiceProfile that no caller uses | check its name and namespace
servers-overlap | more than one Server for one port of a pod | leave one
analysis-invalid | an AnalysisTemplate that its controller refuses | put the field right
short-interval | an analysis that looks oftener than metrics are scraped | lengthen the interval
two-step-weights | both ways of giving the steps of a canary | leave one
`;

const RUN = `
happenings-cut | more happened to pods in a replication than the list of what happened holds; requests are counted all the same | let entries of the timeline begin less often
short-warm-up | latency or the number of requests in service does not settle during the warm-up | lengthen run.duration, or give a warm-up
too-few-samples | too few calls for a quantile | lengthen run.duration, or add replications
one-replication | one replication has no interval | add replications
stopped-early | a replication reached a bound: the numbers are of what was simulated | see the message for the bound
interrupted | the command was interrupted: the numbers are of what was done | run it again
out-of-memory | a thread's memory was full: the numbers are of what was done | give Node more memory, or use fewer workers
budget | the wall time of a comparison was spent | raise --budget, or fix --replications
precision-not-reached | some primary metric is less precise than wanted | raise --max-replications, or lengthen the duration
rate-not-reached | a closed loop does not reach its rate: its connections are all busy | give it more connections
overload | more comes than can be served, so that queues grow for as long as the run lasts | lower the rate, or give more pods
no-route | requests that find no route: 404 | check hosts and matches
not-tried | the scenario sends nothing to some services, so that what changes there was not tried | add the calls of their callers, or traffic of their own
app-memory | the application would need more memory than its limit | raise the limit, or bound the queue
proxy-memory | the sidecar would need more memory than its limit | raise the limit, or bound the connections
`;

export const INPUT_CODES = entriesOf(INPUT);
export const SCENARIO_CODES = entriesOf(SCENARIO);
export const MESH_CODES = entriesOf(MESH);
export const RUN_CODES = entriesOf(RUN);

function entriesOf(table: string): readonly CodeEntry[] {
  return table
    .trim()
    .split('\n')
    .map((line) => {
      const [code, meaning, help] = line.split(' | ');
      return { code, meaning, help };
    });
}
