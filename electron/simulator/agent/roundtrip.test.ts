import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { RoundTrip } from './roundtrip'

interface RttVector {
  readonly id: string
  readonly kind: string
  readonly rows: readonly { sampleMs: number | null; rttNs: number; rttVarNs: number; rtoNs: number }[]
}

const { vectors } = JSON.parse(readFileSync('e2e/vectors/vectors.json', 'utf8')) as { vectors: RttVector[] }
const rttVectors = vectors.filter(({ kind }) => kind === 'rtt')

test('there are six round-trip vectors', () => {
  expect(rttVectors).toHaveLength(6)
})

test.each(rttVectors)('$id: estimate and timeout follow the formula row by row', ({ rows }) => {
  const roundTrip = new RoundTrip()
  for (const row of rows) {
    if (row.sampleMs !== null) roundTrip.sample(row.sampleMs)
    expect(Math.abs(roundTrip.timeoutNs - row.rtoNs)).toBeLessThanOrEqual(1)
    expect(roundTrip.rttNs / row.rttNs).toBeCloseTo(1, 6)
    expect(roundTrip.varianceNs).toBeCloseTo(row.rttVarNs, 0)
  }
})
