import { expect, test } from 'vitest'
import { serviceOf } from '../../../e2e/kit/aws/service'
import type { SessionFacts } from '../../../shared/sessionnote'
import { SessionNotes } from './notes'

let lastUsedAt = 0

function notesOf(facts?: () => SessionFacts): { notes: SessionNotes; told: unknown[] } {
  const told: unknown[] = []
  const service = serviceOf({
    noted: (sessionId, note) => {
      told.push(note.kind === 'state' ? [sessionId, note.state] : [sessionId, note.facts])
    },
  })
  const handlers = {
    ready: () => ({ receive: () => undefined }),
    resuming: () => undefined,
    resumed: () => undefined,
    ended: () => undefined,
    ...(facts === undefined ? {} : { facts }),
  }
  return { notes: new SessionNotes({ service, handlers }, 'ann-1', () => lastUsedAt), told }
}

test('a session is resuming once it has been active, and canceling when Culvert ends it', () => {
  const { notes, told } = notesOf()
  notes.resuming()
  notes.active()
  notes.resuming()
  notes.active()
  notes.canceling()
  expect(told).toEqual(['active', 'resuming', 'active', 'canceling'].map((state) => ['ann-1', state]))
})

test.each([
  ['service', []],
  ['failure', [['ann-1', 'canceling']]],
  ['owner', [['ann-1', 'canceling']]],
] as const)('of a session that was ended by its %s, the rest of the states is %j', (by, states) => {
  const { notes, told } = notesOf()
  notes.ended(by)
  told.length = 0
  notes.canceling()
  expect(told).toEqual(states)
})

test('its use is what its owner counts, and when it last carried something', () => {
  const { notes, told } = notesOf(() => ({ bytesUp: 7 }))
  lastUsedAt = 0
  notes.use()
  lastUsedAt = 1_000
  notes.ended('service')
  expect(told).toEqual([
    ['ann-1', { bytesUp: 7 }],
    ['ann-1', { bytesUp: 7, lastUsedAt: 1_000 }],
  ])
})
