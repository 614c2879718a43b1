// Collects what the compilation has to tell: diagnostics and approximations, each once, in the order in which they were met.
import type { Diagnostic, FidelityEntry, Severity, SourcePosition } from '../../config/diagnostic.js';

export class Findings {
  readonly diagnostics: Diagnostic[] = [];
  readonly fidelity: FidelityEntry[] = [];
  private readonly seen = new Set<string>();

  error(code: string, position: SourcePosition | null, message: string, hint?: string): void {
    this.diagnose('error', code, position, message, hint);
  }

  warning(code: string, position: SourcePosition | null, message: string, hint?: string): void {
    this.diagnose('warning', code, position, message, hint);
  }

  approximated(resource: string, path: string, position: SourcePosition | null, meaning: string): void {
    this.note({ status: 'approximated', resource, path, position, meaning });
  }

  notModelled(resource: string, path: string, position: SourcePosition | null, meaning: string): void {
    this.note({ status: 'not-modelled', resource, path, position, meaning });
  }

  get failed(): boolean {
    return this.diagnostics.some((diagnostic) => diagnostic.severity === 'error');
  }

  private diagnose(
    severity: Severity,
    code: string,
    position: SourcePosition | null,
    message: string,
    hint: string | undefined,
  ): void {
    const diagnostic: Diagnostic = {
      code,
      severity,
      position,
      message,
      ...(hint === undefined ? {} : { hint }),
    };
    if (this.isNew(diagnostic)) this.diagnostics.push(diagnostic);
  }

  private note(entry: FidelityEntry): void {
    if (this.isNew(entry)) this.fidelity.push(entry);
  }

  private isNew(finding: Diagnostic | FidelityEntry): boolean {
    const key = JSON.stringify(finding);
    if (this.seen.has(key)) return false;
    this.seen.add(key);
    return true;
  }
}
