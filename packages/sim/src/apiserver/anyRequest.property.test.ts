/** Whatever is sent to it, the server answers with a value, and what it stores can be read: no exception, no hang. */
import { decodeObject } from '@everynode/core/api/decoding';
import { keyOf } from '@everynode/core/api/meta';
import { type ApiObject, type Kind, KINDS } from '@everynode/core/api/objects';
import type { ApiRequest, PatchBody } from '@everynode/core/api/requests';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createHouse } from '../cluster/testHouse.ts';
import { mutated, oddValue } from '../testing/anyJson.ts';
import { PATTERNS } from '../testing/patterns.ts';

const FACTOR = Math.max(1, Math.trunc(Number(process.env['EVERYNODE_SOAK'] ?? '1')) || 1);
const RUNS = 600 * FACTOR;
const KIND_NAMES = Object.keys(KINDS) as Kind[];
const REASONS = ['NotFound', 'AlreadyExists', 'Conflict', 'Invalid', 'BadRequest', 'Forbidden'];

const kind = fc.constantFrom(...KIND_NAMES);
const body: fc.Arbitrary<ApiObject> = fc.oneof(
  { arbitrary: mutated(PATTERNS), weight: 5 },
  {
    arbitrary: fc
      .tuple(kind, fc.dictionary(fc.constantFrom('metadata', 'spec', 'status', 'data', 'revision', 'x'), oddValue))
      .map(([name, fields]) => ({ ...fields, kind: name, apiVersion: KINDS[name].apiVersion }) as unknown as ApiObject),
    weight: 1,
  },
);
/** Parts of what is right, or anything. */
const patchBody: fc.Arbitrary<PatchBody> = fc
  .tuple(fc.constantFrom<PatchBody['type']>('merge', 'strategic'), body, fc.constantFrom('metadata', 'spec', 'status'))
  .map(([type, object, field]) => ({ type, body: { [field]: (object as unknown as Record<string, unknown>)[field] } }));

const target = fc.constantFrom(...PATTERNS).map((object) => ({ kind: object.kind, key: keyOf(object) }));

const request: fc.Arbitrary<ApiRequest> = fc.oneof(
  { arbitrary: body.map((object): ApiRequest => ({ verb: 'create', object })), weight: 3 },
  { arbitrary: body.map((object): ApiRequest => ({ verb: 'update', object })), weight: 3 },
  { arbitrary: body.map((object): ApiRequest => ({ verb: 'updateStatus', object })), weight: 2 },
  {
    arbitrary: fc.tuple(target, patchBody, fc.boolean()).map(([of, patch, isStatus]): ApiRequest => ({
      verb: 'patch',
      ...of,
      patch,
      ...(isStatus ? { subresource: 'status' } : {}),
    })),
    weight: 4,
  },
  {
    arbitrary: fc
      .tuple(target, fc.constantFrom('Background', 'Foreground', 'Orphan'), fc.integer({ min: -5, max: 60 }))
      .map(([of, propagation, gracePeriodSeconds]): ApiRequest => ({
        verb: 'delete',
        ...of,
        propagation,
        gracePeriodSeconds,
      })),
    weight: 1,
  },
);

describe('the API server', () => {
  test(
    'answers any requests in any order, and every object that it stores can be read and written again as it is',
    () => {
      fc.assert(
        fc.property(fc.array(request, { minLength: 1, maxLength: 6 }), (requests) => {
          const house = createHouse();
          for (const object of PATTERNS) house.ask({ verb: 'create', object });
          for (const each of requests) {
            const result = house.ask(each);
            if (!result.ok) expect(REASONS).toContain(result.reason);
          }
          for (const name of KIND_NAMES) {
            for (const object of house.world.store.list(name)) {
              expect(decodeObject(name, object)).toEqual({ ok: true, object });
              expect(house.ask({ verb: 'update', object })).toMatchObject({ ok: true });
            }
          }
        }),
        { numRuns: RUNS, seed: 11 },
      );
    },
    120_000 * FACTOR,
  );
});
