// What a gRPC client sees of an answer that a proxy makes itself: HTTP 200 with a grpc-status in the place of the HTTP code
// (envoy: source/common/grpc/status.cc httpToGrpcStatus, source/common/http/utility.cc sendLocalReply).

/**
 * The status of a proxy's own answer to a gRPC request. Statuses of gRPC calls are told by the HTTP code that they stand for, everywhere
 * (envoy: source/common/grpc/status.cc grpcToHttpStatus): a time-out, 504, becomes UNAVAILABLE, which is 503.
 */
export function grpcLocalReply(status: number): number {
  switch (status) {
    case 0:
    case 401:
    case 403:
      return status;
    case 404:
      return 501;
    case 429:
    case 502:
    case 503:
    case 504:
      return 503;
    default:
      // INTERNAL for 400, UNKNOWN for the rest.
      return 500;
  }
}
