import { isObject } from '#fhir';
import { parseStrict } from '#digest';
import { ask, type Answer, type Question } from './ask.js';
import type { Caller } from './callers.js';
import { isShownToApp, VILLAGE } from './village.js';
import {
  instanceQuestions,
  provenanceQuestions,
  provenancesOf,
  refsOf,
  searchQuestions,
  typeQuestions,
} from './questions.js';
import { Twins } from './twins.js';

const APP: Caller = { client: 'app', scope: 'system/*.rs system/Group.rs' };
const STRANGER: Caller = { client: 'stranger', scope: 'system/*.rs' };
const TYPES = [
  'Observation',
  'Condition',
  'Patient',
  'Coverage',
  'Practitioner',
  'Organization',
  'Medication',
  'Device',
  'Group',
  'Provenance',
];
const PATIENTS = [
  ...new Set(VILLAGE.flatMap((input) => ('patient' in input ? [input.patient] : []))),
  'una',
  'never-there',
];

function idsIn({ body }: Answer): readonly string[] {
  return [...body.matchAll(/"fullUrl":"[^"]*\/([A-Za-z]+\/[A-Za-z0-9.-]+)"/g)].map(([, ref]) => ref ?? '');
}

function nextOf({ body }: Answer): string | undefined {
  const bundle = parseStrict(Buffer.from(body));
  const links = isObject(bundle) && Array.isArray(bundle['link']) ? bundle['link'] : [];
  const next = links.find((link) => isObject(link) && link['relation'] === 'next');
  return isObject(next) && typeof next['url'] === 'string' ? next['url'].split('/fhir/R4')[1] : undefined;
}

/** Follows the links from page to page, in both stores alike. */
async function walk(twins: Twins, target: string, caller = twins.caller): Promise<readonly Answer[]> {
  const pages: Answer[] = [];
  for (let next: string | undefined = target; next !== undefined && pages.length < 100;) {
    const page: Answer = await twins.ask({ target: next }, caller);
    pages.push(page);
    next = nextOf(page);
  }
  return pages;
}

describe('a caller with grants of all kinds', () => {
  let twins: Twins;
  beforeAll(async () => {
    twins = await Twins.open(APP, VILLAGE, isShownToApp);
  }, 120_000);
  afterAll(() => twins.close());

  const shown = new Set(refsOf(VILLAGE.filter(isShownToApp)));
  const refs = [...refsOf(VILLAGE), 'Observation/never-there', 'Patient/never-there'];

  it('sees what it may see, and nothing else, so that the twins prove something', async () => {
    for (const ref of refs) {
      const { status } = await ask(twins.a, APP, { target: `/${ref}` });
      const expected = shown.has(ref) ? (ref.endsWith('-gone') ? 410 : 200) : 404;
      expect([ref, status]).toEqual([ref, expected]);
    }
  }, 120_000);

  it('L-40 L-41 L-42 L-43 L-44 L-45 L-48: cannot tell hidden from absent by read, vread, history, HEAD, ETag or method', async () => {
    const questions = refs.flatMap((ref) => instanceQuestions(VILLAGE, ref));
    expect(await twins.differences(questions)).toEqual([]);
  }, 120_000);

  it('L-40: gets one body for whatever is not visible', async () => {
    const hidden = refs.filter((ref) => !shown.has(ref));
    const bodies = new Set<string>();
    for (const ref of hidden) bodies.add((await twins.ask({ target: `/${ref}` })).body);
    for (const ref of hidden) bodies.add((await twins.ask({ target: `/${ref}/_history` })).body);
    expect([...bodies]).toEqual([expect.stringContaining('not-found')]);
    expect(hidden.length).toBeGreaterThan(30);
  });

  it('L-01 L-02 L-03 L-26 L-30 L-33 L-34 L-35 L-36: cannot tell by searching for any value of anything', async () => {
    const questions = searchQuestions(VILLAGE);
    expect(questions.length).toBeGreaterThan(300);
    expect(await twins.differences(questions)).toEqual([]);
  }, 120_000);

  it('L-04 L-09 L-10 L-12 L-13 L-14 L-15 L-25 L-28 L-31 L-32: cannot tell by any parameter of a search', async () => {
    expect(await twins.differences(TYPES.flatMap(typeQuestions))).toEqual([]);
  }, 120_000);

  it('L-24: cannot tell by the Provenance of anything, and sees it of nothing but what it sees', async () => {
    expect(await twins.differences(refs.flatMap((ref) => provenanceQuestions(VILLAGE, ref)))).toEqual([]);
    for (const ref of refs.filter((one) => !shown.has(one))) {
      const found = idsIn(await twins.ask({ target: `/Provenance?target=${ref}` }));
      expect([ref, found]).toEqual([ref, []]);
    }
    const all = idsIn(await twins.ask({ target: '/Provenance?_count=200' }));
    expect(all.length).toBeGreaterThan(30);
    expect(idsIn(await twins.ask({ target: '/Provenance?target=Observation/ann-edited' }))).toHaveLength(3);
    // Granted: Observation and Provenance, not Condition; Observation without Provenance; one version of two.
    expect(idsIn(await twins.ask({ target: '/Provenance?patient=eli' }))).toHaveLength(2);
    expect(idsIn(await twins.ask({ target: '/Provenance?target=Condition/eli-condition' }))).toEqual([]);
    expect(idsIn(await twins.ask({ target: '/Provenance?target=Observation/bea-1' }))).toEqual([]);
    expect(idsIn(await twins.ask({ target: '/Provenance?target=Observation/cai-cleared' }))).toHaveLength(2);
    // Of two records of one person.
    expect(idsIn(await twins.ask({ target: '/Provenance?patient=ona-north' }))).toHaveLength(4);
  }, 120_000);

  it('L-33: cannot tell which patients are here by naming them, one or many', async () => {
    const named = PATIENTS.flatMap((id) => [
      `/Observation?patient=${id}`,
      `/Observation?subject=Patient/${id}&_summary=count`,
      `/Condition?patient=Patient/${id}&_total=accurate`,
      `/Patient?_id=${id}`,
      `/Provenance?patient=${id}&_total=accurate`,
      `/Provenance?target=Patient/${id}`,
      `/Observation?patient=ann,${id}`,
      `/Observation?patient=ann&patient=${id}`,
      `/Observation?patient:missing=true&subject:Patient=${id}`,
      `/Observation?focus=Patient/${id}`,
      `/Observation?focus=${id}&_total=accurate`,
      `/Observation?performer=Patient/${id}`,
      `/Coverage?subscriber=Patient/${id}`,
    ]);
    expect(await twins.differences(named.map((target) => ({ target })))).toEqual([]);
  }, 120_000);

  it('shows of a Patient which other visible records are of her person, and of no hidden one', async () => {
    const link = '"link":[{"other":{"reference":"Patient/ona-south"},"type":"seealso"}]';
    const read = await twins.ask({ target: '/Patient/ona-north' });
    expect([read.status, read.body]).toEqual([200, expect.stringContaining(link)]);
    expect((await twins.ask({ target: '/Patient?_id=ona-north' })).body).toContain(link);
    expect((await twins.ask({ target: '/Patient/ann' })).body).not.toContain('"link"');
    expect((await twins.ask({ target: '/Patient/half-north' })).body).not.toContain('"link"');
    expect((await twins.ask({ target: '/Observation?patient=ona-south' })).body).toContain(
      'Observation/ona-1',
    );
  });

  it('L-19: a reference outside the compartment neither opens a resource nor tells whose records are linked', async () => {
    const focus = await twins.ask({ target: '/Observation?focus=Patient/lin-south' });
    expect(idsIn(focus)).toEqual(['Observation/ann-focus']);
    expect(idsIn(await twins.ask({ target: '/Observation?focus=Patient/lin-north' }))).toEqual([]);
    expect((await twins.ask({ target: '/Device/pump' })).status).toBe(404);
  });

  it('L-05 L-06 L-09: walks page by page to the same end, no page short but the last, and none twice', async () => {
    const whole = idsIn(await twins.ask({ target: '/Observation?_count=200&_sort=_id' })).toSorted();
    for (const query of [
      '_count=1',
      '_count=2&_sort=date',
      '_count=3&_sort=-date,_lastUpdated',
      '_count=4&_total=accurate',
    ]) {
      const pages = (await walk(twins, `/Observation?${query}`)).map(idsIn);
      expect(pages.flat().toSorted()).toEqual(whole);
      const count = Number(/_count=(\d)/.exec(query)?.[1]);
      expect(pages.slice(0, -1).every(({ length }) => length === count)).toBe(true);
      expect(pages.at(-1)?.length).toBeGreaterThan(0);
    }
    expect(whole.length).toBeGreaterThan(15);
  }, 120_000);

  it('L-45: walks through a history of which an older version is hidden', async () => {
    for (const [ref, versions] of [
      ['cai-cleared', 2],
      ['hal-mixed', 1],
      ['ann-edited', 3],
      ['ann-gone', 2],
    ] as const) {
      const pages = await walk(twins, `/Observation/${ref}/_history?_count=1`);
      expect([ref, pages.length]).toEqual([ref, versions]);
    }
  });

  it('L-39: is answered alike by GET and by POST, whatever the way of writing', async () => {
    const form = 'patient=ann&_total=accurate&_count=2';
    const got = await twins.ask({ target: `/Observation?${form}` });
    const posted = await twins.ask({ method: 'POST', target: '/Observation/_search', form });
    expect(posted).toEqual(got);
    const refused = await twins.ask({ method: 'POST', target: '/Observation/_search', form: 'patient=dee' });
    expect(refused.status).toBe(403);
    const questions: readonly Question[] = [
      { method: 'POST', target: '/Observation/_search?patient=ann', form: 'patient=dee' },
      { method: 'POST', target: '/Observation/_search?patient=dee', form: '' },
      { method: 'POST', target: '/Observation/_search', form: 'p%61tient=dee' },
      { method: 'POST', target: '/Observation/_search', form: 'patient=Patient%2Fdee' },
      { target: '/Observation?p%61tient=dee' },
      { target: '/Observation?PATIENT=dee' },
      { target: '/Observation?subject%3APatient=dee' },
      { target: '/Observation?subject%2Ename=Family' },
      { target: '/Observation?patient=de%65' },
      { target: '/Observation?patient=https://gateway.test/fhir/R4/Patient/dee' },
      { target: '/Observation?patient=ann', headers: { prefer: 'handling=lenient' } },
      { target: '/Observation?patient=dee&unknown=1', headers: { prefer: 'handling=lenient' } },
      { target: '/Observation?code:of-type=a', headers: { prefer: 'handling=lenient' } },
    ];
    expect(await twins.differences(questions)).toEqual([]);
    for (const question of questions.slice(0, 4)) {
      expect([question, (await twins.ask(question)).status]).toEqual([question, 403]);
    }
  });

  it('L-11: shows in the self link what was asked and nothing that the gateway added', async () => {
    const { body } = await twins.ask({ target: '/Observation?code=8480-6&_count=2' });
    expect(body).toContain('"url":"https://gateway.test/fhir/R4/Observation?code=8480-6&_count=2"');
  });

  it('L-43: has the same status and headers for HEAD as for GET', async () => {
    for (const target of [
      '/Observation/ann-1',
      '/Observation/dee-1',
      '/Observation/ann-gone',
      '/Observation?patient=dee',
      '/Observation',
    ]) {
      const got = await twins.ask({ target });
      const { body: _, ...head } = await twins.ask({ method: 'HEAD', target });
      expect([target, head]).toEqual([target, { status: got.status, headers: got.headers }]);
    }
  });

  it('L-07: takes a cursor from nobody else, for no other query, and tells no difference', async () => {
    const next = nextOf(await twins.ask({ target: '/Observation?_count=2' })) ?? '';
    const cursor = /_cursor=[^&]+/.exec(next)?.[0] ?? '';
    for (const caller of [STRANGER, { ...APP, purpose: 'HRESCH' }]) {
      expect((await twins.ask({ target: next }, caller)).status).toBe(400);
    }
    for (const target of [
      `/Observation?_count=2&code=8480-6&${cursor}`,
      `/Condition?_count=2&${cursor}`,
      `${next}A`,
      next.replace('_cursor=', '_cursor=A'),
    ]) {
      expect([target, (await twins.ask({ target })).status]).toEqual([target, 400]);
    }
    expect((await twins.ask({ target: next })).status).toBe(200);
  });

  it('L-51: serves the CapabilityStatement alike', async () => {
    expect((await twins.ask({ target: '/metadata' })).status).toBe(200);
  });
});

/** Callers that see less. For each, what of the village they see, and whether rules of it are their own to know. */
const OTHERS: readonly (readonly [
  title: string,
  caller: Caller,
  refs: readonly string[],
  granted: boolean,
])[] = [
  ['a stranger', STRANGER, ['Practitioner/doc', 'Organization/clinic'], false],
  [
    'L-37 L-38: a caller whose scopes are a union of granular ones',
    {
      client: 'app',
      scope:
        'system/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|vital-signs system/Observation.rs?status=amended',
    },
    ['Observation/ann-vital', 'Observation/ann-2'],
    true,
  ],
  [
    'a caller for research',
    { client: 'app', purpose: 'HRESCH', scope: 'system/Patient.rs system/Practitioner.r' },
    [
      'Patient/ann',
      'Patient/cai',
      'Patient/gil',
      'Patient/gwen',
      'Patient/half-north',
      'Patient/mia',
      'Patient/ona-north',
      'Patient/ona-south',
      'Patient/pia',
      'Practitioner/doc',
    ],
    true,
  ],
  [
    'L-24 L-37: a caller who may ask for Provenance, for Conditions, and for some Observations',
    {
      client: 'app',
      scope: 'system/Provenance.rs system/Condition.rs system/Observation.rs?status=amended',
    },
    ['Condition/ann-condition', 'Condition/gil-condition', 'Observation/ann-2'],
    true,
  ],
  [
    'L-20: a caller for directories alone',
    { client: 'app', scope: 'system/Practitioner.rs system/Organization.rs' },
    ['Practitioner/doc', 'Organization/clinic'],
    false,
  ],
];

describe.each(OTHERS)('%s', (_title, caller, seen, granted) => {
  let twins: Twins;
  beforeAll(async () => {
    twins = await Twins.open(caller, VILLAGE, (input) => {
      const [ref] = refsOf([input]);
      return ref === undefined ? granted : seen.includes(ref);
    });
  }, 120_000);
  afterAll(() => twins.close());

  it('sees just that', async () => {
    const found: string[] = [];
    for (const ref of refsOf(VILLAGE)) {
      const { status } = await ask(twins.a, caller, { target: `/${ref}` });
      expect([200, 403, 404]).toContain(status);
      if (status === 200) found.push(ref);
    }
    expect(found.toSorted()).toEqual([...seen].toSorted());
  }, 120_000);

  it('L-24: sees no Provenance but of types that its scopes cover whole', async () => {
    const { status, body } = await ask(twins.a, caller, { target: '/Provenance?_count=200' });
    const found = [...body.matchAll(/"target":\[\{"reference":"([A-Za-z]+\/[A-Za-z0-9.-]+)/g)];
    const targets = found.flatMap(([, ref]) => ref ?? []);
    const whole = caller.scope.includes('Provenance')
      ? seen.filter((ref) => ref.startsWith('Condition/'))
      : [];
    const isCovered = caller.scope.includes('Provenance') || caller.scope.includes('*');
    expect(status).toBe(isCovered ? 200 : 403);
    expect(targets.toSorted()).toEqual(whole.toSorted());
  });

  it('cannot tell of the rest by any way to ask for it', async () => {
    const instances = refsOf(VILLAGE).flatMap((ref) => instanceQuestions(VILLAGE, ref).slice(0, 9));
    const searches = ['Observation', 'Patient', 'Practitioner', 'Provenance'].flatMap(typeQuestions);
    const named = PATIENTS.map((id): Question => ({ target: `/Patient?_id=${id}` }));
    const origins = provenancesOf(VILLAGE).map((ref): Question => ({ target: `/${ref}` }));
    expect(await twins.differences([...instances, ...searches, ...named, ...origins])).toEqual([]);
  }, 120_000);
});

describe('a caller whose grant is revoked between two pages', () => {
  const ann = VILLAGE.filter(({ key }) => key.startsWith('ann'));

  it('L-07 L-91: finds with its cursor what it would find had nothing ever been there', async () => {
    const twins = await Twins.open(APP, ann, () => true);
    const next = nextOf(await twins.ask({ target: '/Observation?_count=2' })) ?? '';
    const history = nextOf(await twins.ask({ target: '/Observation/ann-edited/_history?_count=1' })) ?? '';
    const tag = String((await twins.ask({ target: '/Observation/ann-1' })).headers['etag']);
    await twins.close();

    const after = [
      ...ann,
      { key: 'revoked', atMs: 0, kind: 'revoke', grant: 'ann grant permit', how: 'latch' } as const,
    ];
    const revoked = await Twins.open(APP, after, () => false);
    expect(
      await revoked.differences([
        { target: next },
        { target: history },
        { target: '/Observation/ann-1', headers: { 'if-none-match': tag } },
        { target: '/Observation?patient=ann' },
      ]),
    ).toEqual([]);
    const again = await revoked.ask({ target: next });
    expect([again.status, idsIn(again)]).toEqual([200, []]);
    await revoked.close();
  }, 120_000);
});
