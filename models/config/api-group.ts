// The group of an API version (kubernetes: staging/src/k8s.io/apimachinery/pkg/runtime/schema/group_version.go).

/** `networking.istio.io` of `networking.istio.io/v1`; '' for the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}
