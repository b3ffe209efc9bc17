// Instances as `culvert ls` prints them: a table for people. Programs take --json.

import { shownName } from '../../shared/foreigntext'
import type { AgentStatus, Instance, TagPair } from '../../shared/model/instance'

/** The words for an agent's status. Part of the stable output. */
export function agentWord(agent: AgentStatus): string {
  switch (agent.kind) {
    case 'online':
      return 'online'
    case 'offline':
      return 'offline'
    case 'unmanaged':
      return 'none'
  }
}

const segmenter = new Intl.Segmenter()

function width(text: string): number {
  // Asking the segmenter is a hundred times slower, and a list may have fifty thousand lines.
  if (/^[ -~]*$/.test(text)) return text.length
  return Array.from(segmenter.segment(text)).length
}

/**
 * Lays out a table whose columns are aligned. Every line begins with `indent`, ends with a line break and has no trailing blanks. An empty
 * cell is "-".
 */
export function tableText(header: readonly string[], cells: readonly (readonly string[])[], indent = ''): string {
  const lines = [header, ...cells.map((row) => row.map((cell) => shownName(cell) || '-'))]
  // In a loop: the arguments of one call of Math.max would overflow the stack.
  const widths = header.map((_, column) => lines.reduce((widest, row) => Math.max(widest, width(row[column] ?? '')), 0))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - width(cell)))
      .join('  ')
      .trimEnd()
  return lines.map((row) => `${indent}${line(row)}\n`).join('')
}

/**
 * Lays out the table of instances: NAME, ID, STATE, AGENT, VERSION, PLATFORM and, where any instance has that tag, ENV.
 */
export function instanceTable(instances: readonly Instance[]): string {
  const hasEnv = instances.some(({ tags }) => tags['Env'] !== undefined)
  const header = ['NAME', 'ID', 'STATE', 'AGENT', 'VERSION', 'PLATFORM', ...(hasEnv ? ['ENV'] : [])]
  const rows = instances.map(({ name, id, state, agent, agentVersion, platform, tags }) => [
    name,
    id,
    state,
    agentWord(agent),
    agentVersion ?? '',
    platform,
    ...(hasEnv ? [tags['Env'] ?? ''] : []),
  ])
  return tableText(header, rows)
}

/** Whether an instance bears every one of `tags`, given as `K=V`. */
export function hasTags(instance: Instance, tags: readonly TagPair[]): boolean {
  return tags.every(([key, value]) => Object.hasOwn(instance.tags, key) && instance.tags[key] === value)
}
