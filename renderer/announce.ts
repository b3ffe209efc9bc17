// What changed between two snapshots, in sentences for the live region of the page.

import type { Instance, Snapshot } from '../shared/model'
import { addressOf, instanceLabel, reachWords, terminalWords, tunnelWords } from './words'

/** Says which states differ. Pure: `nowAt` is epoch ms. Counters and identities are not worth a voice. */
export function changeSentences(
  before: Snapshot,
  after: Snapshot,
  context: { readonly instances: readonly Instance[]; readonly nowAt: number },
): readonly string[] {
  const { instances, nowAt } = context
  const sentences: string[] = []
  for (const forward of after.forwards) {
    const earlier = before.forwards.find((candidate) => candidate.id === forward.id)
    if (earlier?.state.kind === forward.state.kind) continue
    const { word } = tunnelWords(forward.state, nowAt)
    const where = forward.state.kind === 'up' ? ` on ${addressOf(forward)}` : ''
    sentences.push(`Forward to ${reachWords(forward, instances)}: ${word}${where}.`)
  }
  for (const forward of before.forwards) {
    if (after.forwards.some((candidate) => candidate.id === forward.id)) continue
    sentences.push(`Forward to ${reachWords(forward, instances)}: closed.`)
  }
  for (const terminal of after.terminals) {
    const earlier = before.terminals.find((candidate) => candidate.id === terminal.id)
    if (earlier?.state.kind === terminal.state.kind) continue
    const { word, detail } = terminalWords(terminal.state)
    const why = detail === undefined ? '' : ` ${detail}`
    sentences.push(`Terminal on ${instanceLabel(instances, terminal.instanceId)}: ${word.replace('…', '')}.${why}`)
  }
  return sentences
}
