import { GatewayError } from '#outcome';

/** What the log holds of an error. */
export interface ErrorFields {
  readonly type: string;
  /** Of a `GatewayError`, a failed system call, or the database. */
  readonly code?: string;
  /** Of a `GatewayError` only: other messages may quote what was being worked on. */
  readonly message?: string;
  /** Where it was thrown, without the message. */
  readonly at?: readonly string[];
  readonly cause?: ErrorFields;
}

const CAUSES_MAX = 4;
const FRAMES_MAX = 12;

/** An error without anything that could be about a person. */
export function errorFields(error: unknown, causesLeft = CAUSES_MAX): ErrorFields {
  if (typeof error !== 'object' || error === null) return { type: typeof error };
  const { name, code, stack, cause } = membersOf(error);
  return {
    type: typeof name === 'string' ? name : 'object',
    ...(typeof code === 'string' ? { code: code.slice(0, 64) } : {}),
    ...(error instanceof GatewayError ? { message: error.message } : {}),
    ...(typeof stack === 'string' ? { at: framesOf(stack) } : {}),
    ...(cause === undefined || causesLeft === 0 ? {} : { cause: errorFields(cause, causesLeft - 1) }),
  };
}

/** Members of an error are its own or inherited, and may be anything. */
function membersOf(error: object): Readonly<Record<'name' | 'code' | 'stack' | 'cause', unknown>> {
  return { name: undefined, code: undefined, stack: undefined, cause: undefined, ...pick(error) };
}

function pick(error: object) {
  return {
    ...('name' in error ? { name: error.name } : {}),
    ...('code' in error ? { code: error.code } : {}),
    ...('stack' in error ? { stack: error.stack } : {}),
    ...('cause' in error ? { cause: error.cause } : {}),
  };
}

function framesOf(stack: string): readonly string[] {
  return stack
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^at .*:\d+:\d+\)?$/.test(line))
    .slice(0, FRAMES_MAX);
}
