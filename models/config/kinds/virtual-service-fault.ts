// Fault injection and mirroring (istio: pkg/config/validation/validation.go validateHTTPFaultInjection, validateHTTPMirrors;
// pilot/pkg/networking/core/route/route.go TranslateFault, TranslateRequestMirrorPolicy).
import type { Place } from '../place.js';
import { int32, string, uint32 } from '../scalars.js';
import {
  approximated,
  checked,
  defaulted,
  gone,
  listOf,
  mapped,
  object,
  optional,
  required,
  type Schema,
} from '../schema.js';
import { destination, PROTO, percentage, protoWith } from './istio-fields.js';
import { istioDuration } from './istio-rules.js';
import type { Destination, HttpFault, HttpMirror } from './virtual-service.js';
import { checkStatus } from './virtual-service-actions.js';

interface WrittenDelay {
  readonly fixedDelayNs: number | null;
  readonly exponentialDelay: string | null;
  readonly percentage: number | null;
  readonly percent: number | null;
}

const delay: Schema<NonNullable<HttpFault['delay']>> = mapped(
  object<WrittenDelay>(
    'a delay fault',
    {
      fixedDelayNs: optional('fixedDelay', istioDuration),
      exponentialDelay: optional('exponentialDelay', string),
      percentage: optional('percentage', percentage),
      percent: optional('percent', int32),
    },
    PROTO,
  ),
  readDelay,
);

function readDelay(written: WrittenDelay, place: Place): NonNullable<HttpFault['delay']> {
  if (written.exponentialDelay !== null) {
    place.child('exponentialDelay').rejectedByIstio('Istio has no exponential delays', 'use fixedDelay');
  }
  if (written.percent !== null) {
    const at = place.child('percent');
    if (written.percent < 0 || written.percent > 100)
      at.rejectedByIstio(`${written.percent} is not a percentage`, 'use 0 to 100');
    at.info(
      'deprecated-field',
      'percent is the old form of percentage',
      `write percentage: {value: ${written.percent}}`,
    );
  }
  const percent = written.percentage ?? written.percent ?? 0;
  warnWithoutEffect(percent, written.percentage === null && written.percent === null, 'delayed', place);
  return { fixedDelayNs: written.fixedDelayNs ?? 0, percent };
}

interface WrittenAbort {
  readonly httpStatus: number | null;
  readonly grpcStatus: string | null;
  readonly http2Error: string | null;
  readonly percentage: number | null;
}

const GRPC_STATUSES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];

const grpcStatus = checked(string, (name, place) => {
  if (!GRPC_STATUSES.includes(name))
    place.rejectedByIstio(`"${name}" is not a gRPC status`, `use ${GRPC_STATUSES.join(', ')}`);
});

const abort: Schema<NonNullable<HttpFault['abort']>> = mapped(
  object<WrittenAbort>(
    'an abort fault',
    {
      httpStatus: optional('httpStatus', checked(int32, checkStatus)),
      grpcStatus: optional(
        'grpcStatus',
        grpcStatus,
        approximated('an aborted gRPC call counts as an error, its status name is not told apart'),
      ),
      http2Error: optional('http2Error', string),
      percentage: optional('percentage', percentage),
    },
    protoWith({
      percent: gone(
        'abort.percent no longer exists: without percentage nothing is aborted',
        'write percentage: {value: …}',
      ),
    }),
  ),
  readAbort,
);

function readAbort(written: WrittenAbort, place: Place): NonNullable<HttpFault['abort']> {
  if (written.http2Error !== null)
    place.child('http2Error').rejectedByIstio('Istio has no HTTP/2 aborts', 'use httpStatus');
  if (written.httpStatus === null && written.grpcStatus === null) {
    place.warn('fault-without-effect', 'the abort names no status and does nothing', 'set httpStatus');
  }
  const percent = written.percentage ?? 0;
  warnWithoutEffect(percent, written.percentage === null, 'aborted', place);
  return { httpStatus: written.httpStatus, grpcStatus: written.grpcStatus ?? '', percent };
}

function warnWithoutEffect(percent: number, absent: boolean, what: string, place: Place): void {
  if (percent === 0 && absent) {
    place.warn('fault-without-effect', `without percentage no request is ${what}`, 'write percentage: {value: 100}');
  }
}

export const fault: Schema<HttpFault> = checked(
  object<HttpFault>('a fault', { delay: optional('delay', delay), abort: optional('abort', abort) }, PROTO),
  (found, place) => {
    if (found.delay === null && found.abort === null)
      place.rejectedByIstio('a fault needs delay or abort', 'add one, or delete fault');
  },
);

/** The four fields of a route that mirror its requests. */
export interface WrittenMirrors {
  readonly mirror: Destination | null;
  readonly mirrorPercentage: number | null;
  readonly mirrorPercent: number | null;
  readonly mirrorList: readonly HttpMirror[];
}

const mirrorPolicy: Schema<HttpMirror> = object<HttpMirror>(
  'a mirror',
  { destination: required('destination', destination), percent: defaulted('percentage', percentage, 100) },
  PROTO,
);

export const mirrorFields = {
  mirror: optional('mirror', destination),
  mirrorPercentage: optional('mirrorPercentage', percentage),
  mirrorPercent: optional('mirrorPercent', uint32),
  mirrorList: defaulted('mirrors', listOf('mirrors', mirrorPolicy), []),
} as const;

export function readMirrors(written: WrittenMirrors, place: Place): readonly HttpMirror[] {
  const { mirror, mirrorPercentage, mirrorPercent, mirrorList } = written;
  if (mirrorPercent !== null) {
    const at = place.child('mirrorPercent');
    if (mirrorPercent > 100) at.rejectedByIstio(`${mirrorPercent} is not a percentage`, 'use 0 to 100');
    at.info(
      'deprecated-field',
      'mirrorPercent is the old form of mirrorPercentage',
      `write mirrorPercentage: {value: ${mirrorPercent}}`,
    );
  }
  if (mirror === null) return mirrorList;
  if (mirrorList.length > 0)
    place.child('mirror').rejectedByIstio('a route has mirror or mirrors, not both', 'move mirror into mirrors');
  return [{ destination: mirror, percent: mirrorPercentage ?? mirrorPercent ?? 100 }, ...mirrorList];
}
