// Fields of mesh kinds that are neither read nor listed, each group with the reason.

export const ACTS_ON_NOTHING: readonly { readonly fields: RegExp; readonly why: string }[] = [
  {
    fields: /^Telemetry spec\.tracing\[\]\.(customTags\.|useRequestIdForTraceSampling$|enableIstioTags$)/,
    why: 'what a span says: no run keeps spans',
  },
  {
    fields:
      /^DestinationRule spec\.trafficPolicy\..*tls\.(clientCertificate|privateKey|credentialName|caCertificates|caCrl)$/,
    why: 'certificates are taken to be right',
  },
  {
    fields: /^RequestAuthentication spec\.jwtRules\[\]\.(jwks|outputPayloadToHeader|outputClaimToHeaders\[\]\..*)$/,
    why: 'signatures are taken to be right; headers of tokens reach applications, which do not look at them',
  },
  {
    fields: /^VirtualService spec\.http\[\]\.corsPolicy\.(allowCredentials|allowHeaders\[\])$/,
    why: 'what browsers make of an answer is theirs',
  },
  { fields: /^Sidecar spec\.(in|e)gress\[\]\.port\.name$/, why: 'a name for people' },
  { fields: /^ProxyConfig spec\.image\./, why: 'images of one release behave alike' },
  { fields: /^WorkloadGroup spec\.template\.address$/, why: 'each machine that registers has its own' },
  {
    fields:
      /^EnvoyFilter .*\.(stat_prefix|runtime_key|enable_x_ratelimit_headers|transport_api_version|authority|cluster_name)$/,
    why: 'names of counters, runtime keys that nobody sets, headers of answers, addresses of services that a run does not call',
  },
  { fields: /^EnvoyFilter .*response_headers_to_add\[\]\./, why: 'nobody in a run looks at headers of answers' },
  {
    fields: /^EnvoyFilter .*\.denominator$/,
    why: 'a word that Envoy does not know is refused by it, and read as HUNDRED here',
  },
  { fields: /^Gateway spec\.servers\[\]\.port\.name$/, why: 'a name for people' },
  {
    fields: /^VirtualService spec\.http\[\]\.(headers\.response\.|redirect\.(uri|authority)$)/,
    why: 'nobody in a run looks at headers of answers, and clients follow no redirects',
  },
  { fields: /^WorkloadEntry spec\.address$/, why: 'an endpoint is an endpoint, whatever its address' },
];
