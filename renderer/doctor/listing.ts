// The doctor's lines as the dialog lists them: in groups, and as one sentence.

import { GROUP_TITLES } from '../../shared/doctorwords'
import type { DoctorGroup, DoctorLine, DoctorView } from '../../shared/model/doctor'
import type { Tone } from '../../shared/status'

/** The lines of one group, in their order. */
export interface ListedGroup {
  readonly group: DoctorGroup
  readonly title: string
  readonly lines: readonly DoctorLine[]
}

/** The groups that have lines, in the order in which they begin. */
export function groupsOf(lines: readonly DoctorLine[]): readonly ListedGroup[] {
  const groups = new Map<DoctorGroup, DoctorLine[]>()
  for (const line of lines) groups.set(line.group, [...(groups.get(line.group) ?? []), line])
  return [...groups].map(([group, own]) => ({ group, title: GROUP_TITLES[group], lines: own }))
}

/** The outcome of a run as one sentence with its tone; undefined while it works. */
export function outcomeOf({ state, lines }: DoctorView): { readonly tone: Tone; readonly text: string } | undefined {
  if (state.kind === 'working') return undefined
  if (state.kind === 'stopped') return { tone: 'idle', text: 'Stopped. Its session was ended.' }
  const count = (outcome: DoctorLine['outcome']): number => lines.filter((line) => line.outcome === outcome).length
  const [failed, unknown] = [count('failed'), count('unknown')]
  const rest = unknown === 0 ? '' : ` ${unknown} not known.`
  if (failed === 0) return { tone: 'up', text: `Nothing failed, ${count('passed')} passed.${rest}` }
  return {
    tone: 'failed',
    text: `${failed === 1 ? '1 check' : `${failed} checks`} failed, ${count('passed')} passed.${rest}`,
  }
}
