import type { Hex } from '#consent';
import { z } from 'zod';

/** 0x and exactly so many bytes. */
export const hexOf = (bytes: number) =>
  z.custom<Hex>((value) => isHex(value, bytes, bytes), `must be 0x and ${bytes} bytes`);
/** 0x and at most so many bytes. */
export const hexUpTo = (bytes: number) =>
  z.custom<Hex>((value) => isHex(value, 1, bytes), `must be 0x and at most ${bytes} bytes`);
export const seconds = z.int().min(0).max(0xffff_ffff);
const uint = z
  .string()
  .regex(/^\d{1,78}$/)
  .transform(BigInt);

/** Terms as JSON: bitmaps are decimal strings. */
export const termsForm = z.strictObject({
  vocabulary: hexOf(32),
  grantee: hexOf(32),
  classes: uint,
  purposes: uint,
  consentHash: hexOf(32),
  salt: hexOf(32),
});

/** An operation on a grant, as the contract takes it. */
export const opForm = z.strictObject({
  grantId: hexOf(32),
  commitment: hexOf(32),
  kind: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  from: seconds,
  to: seconds,
  version: z.int().min(1).max(0xff_ffff),
});

/** What every signed call carries. */
export const signedForm = {
  subject: hexOf(32),
  deadline: seconds,
  signer: hexUpTo(256),
  signature: hexUpTo(4096),
};

function isHex(value: unknown, least: number, most: number): value is Hex {
  if (typeof value !== 'string' || !/^0x([0-9a-f]{2})*$/.test(value)) return false;
  const bytes = (value.length - 2) / 2;
  return bytes >= least && bytes <= most;
}
