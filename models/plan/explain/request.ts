// A request class as a person reads it.
import type { RequestClass } from '../terms/request-class.js';
import type { RequestView } from './explanation.js';

export function requestView({ method, scheme, authority, path, query, headers, grpc }: RequestClass): RequestView {
  return { method, scheme, authority, path: query === '' ? path : `${path}?${query}`, headers, grpc };
}
