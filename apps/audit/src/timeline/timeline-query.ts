import { z } from 'zod';

const COUNT_DEFAULT = 20;
const COUNT_MAX = 50;

const time = z.union([z.iso.datetime({ offset: true }), z.iso.date()]).transform((text) => Date.parse(text));
const count = z
  .string()
  .regex(/^[1-9]\d{0,2}$/)
  .transform(Number)
  .refine((value) => value <= COUNT_MAX);
const cursor = z
  .string()
  .regex(/^\d{1,18}\.\d{1,9}$/)
  .transform((text) => {
    const [index = '', position = ''] = text.split('.');
    return { index: BigInt(index), position: Number(position) };
  });

/** The query of a timeline: whose, or of what; from when until when, the end not included; how many; from where on. */
export const timelineQuery = z
  .strictObject({
    patient: z
      .string()
      .regex(/^[A-Za-z0-9.-]{1,64}$/)
      .optional(),
    resource: z
      .string()
      .regex(/^[A-Z][A-Za-z]{0,63}\/[A-Za-z0-9.-]{1,64}$/)
      .optional(),
    actor: z
      .string()
      .regex(/^(client|user):[!-~]{1,256}$/)
      .optional(),
    from: time.optional(),
    to: time.optional(),
    _count: count.default(COUNT_DEFAULT),
    cursor: cursor.optional(),
  })
  .refine(({ patient, resource, actor }) => [patient, resource, actor].some((each) => each !== undefined), {
    path: ['patient'],
  });

/** A timeline's query, parsed. */
export type TimelineQuery = z.infer<typeof timelineQuery>;
