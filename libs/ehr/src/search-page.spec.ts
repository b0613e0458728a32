import { GatewayError } from '#outcome';
import { searchPageOf, type SearchPage } from './search-page.js';

const URL_OF_PAGE = 'https://ehr.example/r4/Condition?patient=1';

function page(json: string): SearchPage {
  return searchPageOf('northside', 'Condition', URL_OF_PAGE, Buffer.from(json));
}

function bundle(more: string): string {
  return `{"resourceType":"Bundle","type":"searchset",${more}}`;
}

describe('searchPageOf', () => {
  it('splits outcomes from matches by mode and by type', () => {
    const outcome = `{"resourceType":"OperationOutcome","issue":[{"code":"throttled"}]}`;
    const coded = `{"resourceType":"OperationOutcome","issue":[{"code":"x","details":{"coding":[{"code":"4119"}]}}]}`;
    const { resources, remarks } = page(
      bundle(
        `"entry":[{"resource":{"resourceType":"Condition","id":"1"}},{"resource":${outcome}},{"resource":${coded},"search":{"mode":"outcome"}}]`,
      ),
    );
    expect(resources.map((resource) => resource.id)).toEqual(['1']);
    expect(remarks).toEqual(['throttled', '4119']);
  });

  it('remarks on an outcome without a code and on a type that was not asked for', () => {
    const { remarks } = page(
      bundle(
        `"entry":[{"resource":{"resourceType":"OperationOutcome"}},{"resource":{"resourceType":"Patient"}}]`,
      ),
    );
    expect(remarks).toEqual(['outcome', 'unexpected-type']);
  });

  it('never repeats what a vendor wrote into a code', () => {
    const { remarks } = page(
      bundle(
        `"entry":[{"resource":{"resourceType":"OperationOutcome","issue":[{"code":"patient Anna B."}]}}]`,
      ),
    );
    expect(remarks).toEqual(['outcome']);
  });

  it('finds the next page, also by a relative link', () => {
    expect(page(bundle(`"link":[{"relation":"self","url":"x"}]`)).next).toBeUndefined();
    expect(page(bundle(`"link":[{"relation":"next","url":"/r4?p=2#x"}]`)).next).toBe(
      'https://ehr.example/r4?p=2',
    );
  });

  it.each([
    '[]',
    '{}',
    '{"resourceType":"Bundle","type":"batch-response"}',
    '{"resourceType":"Bundle","type":"searchset","type":"searchset"}',
    bundle('"link":[{"relation":"next"}]'),
    bundle('"link":[{"relation":"next","url":"http://"}]'),
    bundle('"link":[{"relation":"next","url":"https://a:b@ehr.example/"}]'),
  ])('refuses %s', (json) => {
    expect(() => page(json)).toThrow(GatewayError);
    expect(() => page(json)).toThrow(/^source-invalid/);
  });
});
