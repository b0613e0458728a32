import type { AppendResult, AppendWish } from './append-rate.js';
import type { BenchPerson, PeopleWish } from './people.js';
import type { ProfileSummary } from './profiler.js';

/** What a bench node is asked. */
export type NodeRequest =
  | ({ readonly kind: 'add-people' } & PeopleWish)
  | ({ readonly kind: 'append' } & AppendWish)
  | { readonly kind: 'profile-start' }
  | { readonly kind: 'profile-stop'; readonly file: string };

/** What a bench node answers. */
export type NodeReply =
  | { readonly kind: 'ready'; readonly fhirBase: string; readonly tokenUrl: string; readonly pid: number }
  | { readonly kind: 'people'; readonly people: readonly BenchPerson[] }
  | ({ readonly kind: 'appended' } & AppendResult)
  | ({ readonly kind: 'profile' } & ProfileSummary)
  | { readonly kind: 'done' };
