// ST2520: an expression that Prometheus cannot read, so that it refuses the rule and its whole group.
import type { Rule } from '../rule.js';

export const refusedExpression: Rule = {
  code: 'ST2520',
  name: 'RefusedExpression',
  title: 'an expression that Prometheus refuses',
  severity: 'error',
  why: 'Prometheus does not load a file with such a rule, and its operator leaves the PrometheusRule out: none of the rules in it is evaluated, and no alert fires. A rule that yields a range vector or a text is loaded, and fails at each evaluation. Nothing is said of texts that a template has yet to fill in.',
  help: 'correct the expression',
  source:
    'prometheus: model/rulefmt/rulefmt.go (Validate), promql/parser/parse.go (checkAST), rules/manager.go (EngineQueryFunc); prometheus-operator: pkg/operator/rules.go (ValidateRule, Select)',
  check(mesh, report) {
    for (const rule of mesh.prometheus.rules) {
      const { problem } = rule.parsed;
      if (problem !== null) rule.report(report, problem.at, problem.message, problem.help);
    }
  },
};
