import { ERRORS, type ErrorCode } from './codes.js';
import { GatewayError } from './gateway-error.js';

/** The OperationOutcome of one issue, as this gateway renders it. */
export interface OperationOutcome {
  readonly resourceType: 'OperationOutcome';
  readonly issue: readonly {
    readonly severity: string;
    readonly code: string;
    readonly details: {
      readonly coding: readonly { readonly system: string; readonly code: string }[];
      readonly text: string;
    };
    readonly diagnostics?: string;
    readonly expression?: readonly string[];
  }[];
}

const SYSTEM = 'https://proviso.example/fhir/CodeSystem/error';

/** Renders a code with its fixed text: the constant answer for refusals. */
export function outcomeOf(code: ErrorCode): OperationOutcome {
  return render(code, undefined, []);
}

/** Renders an error. Whatever is no `GatewayError` becomes `internal`, with nothing of the cause. */
export function outcomeOfError(error: unknown): {
  code: ErrorCode;
  status: number;
  outcome: OperationOutcome;
} {
  if (!(error instanceof GatewayError)) {
    return { code: 'internal', status: 500, outcome: outcomeOf('internal') };
  }
  const diagnostics = error.expose ? error.details : undefined;
  return {
    code: error.code,
    status: error.status,
    outcome: render(error.code, diagnostics, error.expression),
  };
}

function render(
  code: ErrorCode,
  diagnostics: string | undefined,
  expression: readonly string[],
): OperationOutcome {
  const row = ERRORS[code];
  const issue = {
    severity: row.severity,
    code: row.issue,
    details: { coding: [{ system: SYSTEM, code }], text: row.text },
    ...(diagnostics === undefined ? {} : { diagnostics }),
    ...(expression.length === 0 ? {} : { expression }),
  };
  return { resourceType: 'OperationOutcome', issue: [issue] };
}
