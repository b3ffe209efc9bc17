import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { agentFeatures, clientFeatures } from './gates'

interface Row {
  readonly clientVersion: string
  readonly agentVersion: string
  readonly mux: boolean
  readonly oldForSeparateOutput: boolean
  readonly smuxKeepAliveDisabledByAgent: boolean
  readonly disableSmuxKeepAlive: boolean
}

const { vectors } = JSON.parse(readFileSync('e2e/vectors/vectors.json', 'utf8')) as {
  vectors: { id: string; rows: Row[] }[]
}

function rowsOf(id: string): readonly Row[] {
  return vectors.find((vector) => vector.id === id)!.rows
}

test.each(rowsOf('client-version-gates'))('client-version-gates: "$clientVersion"', (row) => {
  expect(clientFeatures(row.clientVersion)).toEqual({
    mux: row.mux,
    keepAliveDisabled: row.smuxKeepAliveDisabledByAgent,
    tooOldForSeparateOutput: row.oldForSeparateOutput,
  })
})

// The client's gates also judge versions that no agent bears; ours are four numbers.
const agents = rowsOf('agent-version-gates').filter(({ agentVersion }) => /^\d+(\.\d+){3}$/.test(agentVersion))

test.each(agents)('agent-version-gates: an agent $agentVersion does what a client expects of it', (row) => {
  expect(agentFeatures(row.agentVersion)).toEqual({ mux: row.mux, canDisableKeepAlive: row.disableSmuxKeepAlive })
})
