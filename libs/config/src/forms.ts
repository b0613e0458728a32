import { z } from 'zod';

/** The words for a setting's form in `docs/config.md`, beside the schema that enforces it. */
export const FORMS = z.registry<{ readonly form: string }>();

/** A whole number within bounds, both inclusive. */
export function whole(min: number, max: number) {
  return z
    .string()
    .regex(/^-?\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min).max(max))
    .register(FORMS, { form: `whole number, ${min} to ${max}` });
}

/** A TCP port; 0 asks the system for any free one. */
export function port() {
  return whole(0, 65_535).register(FORMS, { form: 'port, 0 for any free one' });
}

/** A name that a socket binds to. */
export function host() {
  return z
    .string()
    .regex(/^[A-Za-z0-9.:-]{1,253}$/, 'must be a host name or an address')
    .register(FORMS, { form: 'host name or address' });
}

/** A path of a file or folder, relative to the working directory unless absolute. */
export function filePath() {
  return z.string().max(4096).register(FORMS, { form: 'path' });
}

/** An absolute URL of one of the given schemes. */
export function url(schemes: readonly string[]) {
  return z
    .string()
    .refine((text) => hasScheme(text, schemes), {
      error: `must be a URL: ${schemes.join(', ')}`,
      abort: true,
    })
    .register(FORMS, { form: `URL (${schemes.join(', ')})` });
}

/** Several values, parted by commas; blanks around them are dropped. */
export function listOf<T>(item: z.ZodType<T, string>, form: string) {
  return z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .pipe(z.array(item).max(64))
    .register(FORMS, { form: `${form}, parted by commas` });
}

/** 0x and `bytes` bytes in hex; given back in lower case. */
export function hex(bytes: number) {
  return z
    .string()
    .regex(new RegExp(`^0x[0-9a-fA-F]{${2 * bytes}}$`), `must be 0x and ${2 * bytes} hex digits`)
    .toLowerCase()
    .register(FORMS, { form: `0x and ${2 * bytes} hex digits` });
}

/** One of a closed list of words. */
export function oneOf<const T extends readonly [string, ...string[]]>(words: T) {
  return z.enum(words).register(FORMS, { form: words.map((word) => `\`${word}\``).join(' or ') });
}

function hasScheme(text: string, schemes: readonly string[]): boolean {
  if (!URL.canParse(text)) return false;
  return schemes.includes(new URL(text).protocol.slice(0, -1));
}
