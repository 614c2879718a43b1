// A probe of a container (kubernetes: staging/src/k8s.io/api/core/v1/types.go Probe; defaults: pkg/apis/core/v1/defaults.go SetDefaults_Probe).
import { natural } from '../scalars.js';
import { defaulted, inert, mapped, object, optional, type Schema } from '../schema.js';

/** Whole seconds. */
export interface Probe {
  /** A connection is all that is asked for (`tcpSocket`); else the application has to answer. */
  readonly connectsOnly: boolean;
  readonly initialDelaySeconds: number;
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly successThreshold: number;
  readonly failureThreshold: number;
  /** null: that of the pod. */
  readonly terminationGracePeriodSeconds: number | null;
}

const given: Schema<boolean> = { expected: 'a map', read: () => true };

/** With Kubernetes' defaults; a 0 is as good as nothing. */
export const probe: Schema<Probe> = mapped(
  object<Probe>(
    'a probe',
    {
      connectsOnly: defaulted('tcpSocket', given, false),
      initialDelaySeconds: defaulted('initialDelaySeconds', natural, 0),
      periodSeconds: defaulted('periodSeconds', natural, 0),
      timeoutSeconds: defaulted('timeoutSeconds', natural, 0),
      successThreshold: defaulted('successThreshold', natural, 0),
      failureThreshold: defaulted('failureThreshold', natural, 0),
      terminationGracePeriodSeconds: optional('terminationGracePeriodSeconds', natural),
    },
    { others: inert('exec', 'grpc', 'httpGet') },
  ),
  (written) => ({
    ...written,
    periodSeconds: written.periodSeconds || 10,
    timeoutSeconds: written.timeoutSeconds || 1,
    successThreshold: written.successThreshold || 1,
    failureThreshold: written.failureThreshold || 3,
  }),
);
