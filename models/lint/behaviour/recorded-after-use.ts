// ST2525 and ST2526: recordings that are read before they are written, or that nobody writes (prometheus: rules/group.go Eval, which takes
// the rules of a group one after the other).
import { metricsOf } from '../promql/prom-rules.js';
import type { Rule } from '../rule.js';

const SOURCE = 'prometheus: rules/group.go (Eval)';

export const recordedAfterUse: Rule = {
  code: 'ST2525',
  name: 'RecordedAfterUse',
  title: 'a recording that is read before it is made',
  severity: 'info',
  why: 'The rules of a group are evaluated one after the other. A rule that stands above the recording which it reads gets the value of the evaluation before: it is late by one interval.',
  help: 'move the recording above its first use',
  source: SOURCE,
  check(mesh, report) {
    for (const { isOrdered, rules } of mesh.prometheus.groups) {
      if (!isOrdered) continue;
      rules.forEach((rule, index) => {
        for (const [metric, at] of metricsOf(rule)) {
          const first = rules.findIndex(({ kind, name }) => kind === 'record' && name === metric);
          const recording = first > index ? rules[first] : undefined;
          if (recording === undefined) continue;
          const message = `${metric} is recorded further down in this group, in line ${recording.line}: here it is that of the evaluation before`;
          rule.report(report, at, message);
        }
      });
    }
  },
};

export const unknownRecording: Rule = {
  code: 'ST2526',
  name: 'UnknownRecording',
  title: 'a recording that no rule of the input makes',
  severity: 'info',
  isOff: true,
  why: 'A metric with a colon in its name is by convention made by a recording rule. Where there is none, the expression yields nothing, and the alert never fires.',
  help: 'add the recording, or lint the files that hold it together with this one',
  source: 'prometheus: docs/practices/rules.md (naming)',
  check(mesh, report) {
    for (const rule of mesh.prometheus.rules) {
      for (const [metric, at] of metricsOf(rule)) {
        if (metric.includes(':') && mesh.prometheus.recording(metric).length === 0)
          rule.report(report, at, `no rule here records ${metric}`);
      }
    }
  },
};
