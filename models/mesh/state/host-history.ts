// What only failures touch of a host.

/** What outlier detection remembers of a host that has been ejected, or whose rates it judges. */
export class HostHistory {
  /** How often in a row it was ejected: multiplies the ejection time. */
  ejections = 0;
  ejectedAtNs = 0;
  unejectedAtNs = 0;
  /** Random part of the present ejection. */
  jitterNs = 0;
  /** Responses since the last sweep, and tries to reach it, where rates are judged. */
  requests = 0;
  successes = 0;
  localRequests = 0;
  localSuccesses = 0;

  /** The next interval of sweeps. */
  begin(): void {
    this.requests = 0;
    this.successes = 0;
    this.localRequests = 0;
    this.localSuccesses = 0;
  }
}
