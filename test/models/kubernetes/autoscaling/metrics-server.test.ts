import { describe, expect, test } from 'vitest';
import {
  type ContainerPoint,
  MetricsServer,
  type PodPoint,
} from '../../../../models/kubernetes/autoscaling/metrics-server.js';
import { SECOND_NS } from '../../../../models/kubernetes/units.js';

const S = SECOND_NS;

/** A container that started at 0 and uses half a core from then on, at a time. */
function point(container: string, second: number, fields: Partial<ContainerPoint> = {}): ContainerPoint {
  return { container, takenNs: second * S, startedNs: 0, cpuNs: 0.5 * second * S, memoryBytes: 1e6, ...fields };
}

const podAt = (second: number, ...names: readonly string[]): PodPoint => ({
  pod: 'a',
  containers: names.map((name) => point(name, second)),
});

describe('CPU', () => {
  test('is the rate between the last two scrapes', () => {
    const server = new MetricsServer();
    server.scrape([podAt(100, 'app', 'proxy')]);
    expect(server.sample('a', 'cpu')).toBe(null);
    server.scrape([podAt(115, 'app', 'proxy')]);
    expect(server.sample('a', 'cpu')).toEqual({ milli: 1000, takenNs: 115 * S, windowNs: 15 * S });
    expect(server.sample('a', 'cpu', 'app')).toEqual({ milli: 500, takenNs: 115 * S, windowNs: 15 * S });
    expect(server.sample('a', 'cpu', 'none')).toBe(null);
    expect(server.sample('b', 'cpu')).toBe(null);
  });

  test('of a container between 10 s and one resolution old is reckoned from its start', () => {
    const server = new MetricsServer();
    server.scrape([podAt(9, 'app')]);
    expect(server.sample('a', 'cpu')).toBe(null);
    server.scrape([podAt(12, 'app')]);
    expect(server.sample('a', 'cpu')).toEqual({ milli: 500, takenNs: 12 * S, windowNs: 12 * S });
  });

  test('is not there for a pod one of whose containers has been restarted', () => {
    const server = new MetricsServer();
    server.scrape([podAt(100, 'app', 'proxy')]);
    server.scrape([{ pod: 'a', containers: [point('app', 115), point('proxy', 115, { startedNs: 110 * S })] }]);
    expect(server.sample('a', 'cpu')).toBe(null);
  });

  test('a kubelet that says the same twice keeps the rate of before', () => {
    const server = new MetricsServer();
    server.scrape([podAt(100, 'app')]);
    server.scrape([podAt(115, 'app')]);
    server.scrape([podAt(115, 'app')]);
    expect(server.sample('a', 'cpu')).toMatchObject({ milli: 500, windowNs: 15 * S });
  });
});

test('memory is what the last scrape says; pods that are in no scrape are forgotten', () => {
  const server = new MetricsServer(60 * S);
  server.scrape([podAt(100, 'app', 'proxy')]);
  server.scrape([podAt(160, 'app', 'proxy')]);
  expect(server.sample('a', 'memory')).toEqual({ milli: 2e9, takenNs: 160 * S, windowNs: 60 * S });
  server.scrape([]);
  expect(server.sample('a', 'memory')).toBe(null);
});
