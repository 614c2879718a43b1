// ST2405: policies of authorization that deny nothing, or everything.

import { SECURITY } from '../mesh.js';
import { listAt, textAt } from '../plain-access.js';
import type { Rule } from '../rule.js';

export const idleDeny: Rule = {
  code: 'ST2405',
  name: 'IdleDeny',
  title: 'a DENY policy that denies nothing',
  severity: 'warning',
  why: 'A policy without rules matches no request. ALLOW without rules therefore denies all, and DENY without rules nothing: it looks like a lock and is none.',
  help: 'to deny everything write an ALLOW policy with spec: {}, or DENY with rules: [{}]',
  source: 'istio: pilot/pkg/security/authz/builder/builder.go; pilot/pkg/security/authz/model/model.go',
  check(mesh, report) {
    for (const policy of mesh.all(SECURITY, 'AuthorizationPolicy')) {
      if (textAt(policy.value, 'spec', 'action') !== 'DENY' || listAt(policy.value, 'spec', 'rules').length > 0)
        continue;
      report(policy, ['spec', 'action'], 'without rules it matches no request and denies nothing');
    }
  },
};
