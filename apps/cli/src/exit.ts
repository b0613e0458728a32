/** Exit codes of the command, the same for every subcommand. */
export const EXIT = {
  ok: 0,
  /** Not valid, refused, or something was found. */
  failed: 1,
  /** Valid, but not (checkably) anchored. */
  unanchored: 2,
  /** The commitment is valid, the opening was destroyed. */
  erased: 3,
  usage: 64,
} as const;

/** Ends the command with one line on standard error. */
export class CommandError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}
