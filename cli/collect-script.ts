// The script that saves what a cluster runs: it asks the cluster which of our kinds it knows, and takes no Secrets.
// Sources: kubectl(1) (`api-resources -o name`, `get -A -o yaml`); POSIX sh.

/** As `kubectl api-resources -o name` prints them: plural and group. The order is that of the file. */
export const COLLECTED_KINDS: readonly string[] = [
  ...['namespaces', 'nodes', 'services', 'serviceaccounts'],
  ...['deployments.apps', 'statefulsets.apps', 'daemonsets.apps'],
  ...['horizontalpodautoscalers.autoscaling', 'poddisruptionbudgets.policy'],
  ...['ingresses', 'networkpolicies'].map((plural) => `${plural}.networking.k8s.io`),
  ...['virtualservices', 'destinationrules', 'gateways', 'serviceentries', 'workloadentries', 'workloadgroups'].map(
    (plural) => `${plural}.networking.istio.io`,
  ),
  ...['sidecars', 'proxyconfigs', 'envoyfilters'].map((plural) => `${plural}.networking.istio.io`),
  ...['wasmplugins', 'trafficextensions'].map((plural) => `${plural}.extensions.istio.io`),
  'telemetries.telemetry.istio.io',
  ...['peerauthentications', 'requestauthentications', 'authorizationpolicies'].map(
    (plural) => `${plural}.security.istio.io`,
  ),
  ...['gateways', 'gatewayclasses', 'listenersets', 'httproutes', 'grpcroutes', 'tlsroutes', 'tcproutes'].map(
    (plural) => `${plural}.gateway.networking.k8s.io`,
  ),
  ...['referencegrants', 'backendtlspolicies'].map((plural) => `${plural}.gateway.networking.k8s.io`),
  ...['ciliumnetworkpolicies', 'ciliumclusterwidenetworkpolicies'].map((plural) => `${plural}.cilium.io`),
  'serviceprofiles.linkerd.io',
  ...['servers', 'serverauthorizations', 'authorizationpolicies', 'meshtlsauthentications'].map(
    (plural) => `${plural}.policy.linkerd.io`,
  ),
  ...['networkauthentications', 'httproutes', 'httplocalratelimitpolicies', 'egressnetworks'].map(
    (plural) => `${plural}.policy.linkerd.io`,
  ),
  'trafficsplits.split.smi-spec.io',
];

/** The first line of each file that the script writes: by it a later run knows its own. */
export const COLLECTED_MARK = '# Collected by seatrial';

/** A script for `sh`; its argument is the file or the directory to write. */
export function collectScript(): string {
  return `#!/bin/sh
# Printed by \`seatrial collect\`: saves what a cluster runs as YAML that seatrial reads. It only reads from the cluster, and no Secrets.
#   sh collect.sh [FILE or DIRECTORY/]     default mesh.yaml; KUBECTL, KUBECONFIG and ISTIO_NAMESPACE as you need them
set -eu
out=\${1:-mesh.yaml}
kubectl=\${KUBECTL:-kubectl}
mark='${COLLECTED_MARK}'

fail() { echo "error: $1" >&2; echo "  help: $2" >&2; exit 2; }

# Nothing is replaced that no earlier run wrote.
check() {
  [ ! -e "$1" ] && [ ! -L "$1" ] && return 0
  [ -f "$1" ] && head -n 1 "$1" | grep -q "^$mark" && return 0
  fail "$1 is there, and is not from an earlier collect" 'name another file or directory, or move that away'
}

command -v "$kubectl" > /dev/null 2>&1 || fail "there is no $kubectl" 'install kubectl, or name it in KUBECTL'
case $out in */) isDirectory=1 ;; *) if [ -d "$out" ]; then isDirectory=1; else isDirectory=0; fi ;; esac
[ "$isDirectory" = 1 ] || check "$out"
# A part of the API that does not answer makes kubectl fail and still name the rest.
known=$("$kubectl" api-resources --verbs=list -o name || true)
[ -n "$known" ] || fail 'the cluster does not say what it knows' "try: $kubectl api-resources"

part=$(mktemp -d)
trap 'rm -rf "$part"' EXIT
trap 'exit 130' INT TERM
missing=0

# save NAME WORDS...: what kubectl gets, unless it is nothing.
save() {
  name=$1
  shift
  if ! "$kubectl" get "$@" -o yaml > "$part/got" 2> "$part/why"; then
    echo "warning: $name is left out: $(head -n 1 "$part/why")" >&2
    missing=$((missing + 1))
    return 0
  fi
  [ -s "$part/got" ] || return 0
  if grep -q '^items: \\[\\]' "$part/got"; then return 0; fi
  { echo "$mark: $name"; echo '---'; cat "$part/got"; } > "$part/$name.yaml"
  names="$names $name"
}

names=''
for kind in ${COLLECTED_KINDS.join(' \\\n  ')}; do
  if printf '%s\\n' "$known" | grep -qxF "$kind"; then save "$kind" "$kind" -A; fi
done
# What holds for the mesh as a whole.
save istio-settings configmaps -n "\${ISTIO_NAMESPACE:-istio-system}" istio istio-sidecar-injector --ignore-not-found
[ -n "$names" ] || fail 'the cluster has nothing that seatrial reads, or lets you see nothing' "try: $kubectl get services -A"

if [ "$isDirectory" = 1 ]; then
  out=\${out%/}
  for name in $names; do check "$out/$name.yaml"; done
  mkdir -p "$out"
  for name in $names; do mv "$part/$name.yaml" "$out/$name.yaml"; done
else
  for name in $names; do cat "$part/$name.yaml"; done > "$part/whole"
  mkdir -p "$(dirname "$out")"
  cp "$part/whole" "$out.part.$$"
  mv "$out.part.$$" "$out"
fi
echo "$out:$names" >&2
if [ "$missing" -gt 0 ]; then echo "incomplete: $missing of the kinds could not be read" >&2; exit 4; fi
`;
}
