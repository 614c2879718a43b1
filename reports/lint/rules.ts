// The list of rules for a terminal: code, severity, what it finds.
import type { Rule } from '../../models/lint/rule.js';
import { type Colors, renderTable } from '../layout.js';

export function ruleListText(rules: readonly Rule[], width: number, colors: Colors): string {
  const rows = rules.map((rule) => ({
    kind: 'cells' as const,
    cells: [
      { text: rule.title },
      { text: rule.isOff === true ? 'off' : rule.severity, style: colors.dim },
      { text: rule.alias ?? '', style: colors.dim },
      { text: rule.code },
    ],
  }));
  const columns = [
    { title: `${rules.length} rules`, align: 'left' as const },
    { title: 'severity', align: 'left' as const },
    { title: 'istioctl', align: 'left' as const },
    { title: 'code', align: 'left' as const },
  ];
  return `${renderTable(columns, rows, width, colors).join('\n')}\n`;
}
