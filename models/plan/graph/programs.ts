// From what the user says a service does to the program that its pods run for one request class.
import { setEntry } from '../../../sim/lookup.js';
import { DEFAULT_BODY_BYTES, type HandlerPlan, type StepPlan } from '../contract/plan.js';
import type { Dial } from '../routes/dial.js';
import type { BehaviourSpec, CallInput, OperationInput, StepInput } from '../settings/input.js';
import { headerValue, normalHeaders, type RequestClass, splitPath } from '../terms/request-class.js';

export interface HandlerBehaviour {
  readonly operation: string;
  readonly steps: readonly StepInput[];
  readonly errors: HandlerPlan['errors'];
  readonly responseBytes: number;
}

/** The first operation that matches, else what the workload does by default. */
export function behaviourFor(spec: BehaviourSpec, request: RequestClass): HandlerBehaviour {
  const operation = spec.operations?.find((candidate) => matches(candidate, request));
  const errors = errorsOf(spec);
  const { responseBytes = DEFAULT_BODY_BYTES } = spec;
  if (operation === undefined) return { operation: 'default', steps: spec.steps ?? [], errors, responseBytes };
  return {
    operation: operation.name,
    steps: operation.steps,
    errors: operation.errors === undefined ? errors : errorsOf(operation),
    responseBytes: operation.responseBytes ?? responseBytes,
  };
}

/** Applications set none of the headers that retries look at. */
function errorsOf({ errors = [] }: Pick<BehaviourSpec, 'errors'>): HandlerPlan['errors'] {
  return errors.map(({ status, probability }) => ({ status, probability, rateLimited: false, retryAfterNs: null }));
}

function matches({ match }: OperationInput, request: RequestClass): boolean {
  if (match.method !== undefined && match.method.toUpperCase() !== request.method.toUpperCase()) return false;
  if (match.path !== undefined && !matchesPath(match.path, request.path)) return false;
  return Object.entries(match.headers ?? {}).every(
    ([name, value]) => headerValue(request.headers, name.toLowerCase()) === value,
  );
}

function matchesPath(pattern: string, path: string): boolean {
  return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
}

/** Makes the site of a call; null: it cannot be resolved (an error has been reported). */
export type CallCompiler = (call: CallInput, outgoing: (dial: Dial) => RequestClass) => number | null;

/** Steps as a program; calls that cannot be resolved, and steps that never happen, are left out. */
export function compileSteps(
  steps: readonly StepInput[],
  incoming: RequestClass,
  compileCall: CallCompiler,
): StepPlan[] {
  return steps.flatMap((step) => compileStep(step, incoming, compileCall));
}

function compileStep(step: StepInput, incoming: RequestClass, compileCall: CallCompiler): StepPlan[] {
  switch (step.kind) {
    case 'work': {
      const { kind, duration, cpuShare, retryWork } = step;
      return [{ kind, duration, cpuShare, retryWork }];
    }
    case 'call': {
      const site = compileCall(step, (dial) => callRequest(step, dial, incoming));
      if (site === null) return [];
      const { kind, timeoutNs, retries, onError, failStatus } = step;
      return [{ kind, site, timeoutNs, retries, onError, failStatus }];
    }
    case 'parallel': {
      const branches = step.branches.map((branch) => compileSteps(branch, incoming, compileCall));
      return [{ kind: 'parallel', branches }];
    }
    case 'maybe': {
      if (step.probability <= 0) return [];
      return [{ kind: 'maybe', probability: step.probability, steps: compileSteps(step.steps, incoming, compileCall) }];
    }
  }
}

/** The class of a call: its own headers, and of the incoming request those that the application passes on. */
function callRequest(call: CallInput, dial: Dial, incoming: RequestClass): RequestClass {
  const forwarded: Record<string, string> = {};
  for (const name of call.forwardHeaders) {
    const value = headerValue(incoming.headers, name.toLowerCase());
    if (value !== null) setEntry(forwarded, name.toLowerCase(), value);
  }
  const own = Object.fromEntries(normalHeaders(call.headers));
  return outgoingRequest(dial, call.method, call.path, { ...forwarded, ...own }, call.requestBytes);
}

/** The class of a request as a client sends it to what it has dialed. */
export function outgoingRequest(
  dial: Dial,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  bodyBytes?: number,
): RequestClass {
  const all = normalHeaders(headers);
  const grpc = dial.grpc || (headerValue(all, 'content-type')?.startsWith('application/grpc') ?? false);
  return {
    scheme: dial.scheme,
    method: grpc ? 'POST' : method,
    authority: headerValue(all, 'host') ?? dial.authority,
    ...splitPath(path),
    headers: all.filter(([name]) => name !== 'host'),
    grpc,
    ...(bodyBytes === undefined ? {} : { bodyBytes }),
  };
}
