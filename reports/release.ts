// The releases of a run in words: that of Istio, and that of Envoy where it is another than Istio carries.

export interface Releases {
  readonly istioVersion: string;
  readonly envoyVersion?: string | undefined;
}

/** `1.31`, or `1.31 with Envoy 1.36`. */
export function releaseText({ istioVersion, envoyVersion }: Releases): string {
  return envoyVersion === undefined ? istioVersion : `${istioVersion} with Envoy ${envoyVersion}`;
}
