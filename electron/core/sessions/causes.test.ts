import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { IDLE_TEXT, MAX_DURATION_TEXT } from '../../simulator/faults/lifetime'
import { endedCause, terminatedCause } from './causes'
import { judge } from './resume/retry'

const limits = { idleTimeoutMs: 20 * 60_000, maxDurationMs: 8 * 3_600_000, isRead: true }

const said = (text: string, known?: typeof limits): string => {
  const { code, message } = endedCause(text, known)
  return `${code}: ${message}`
}

test('the service’s limits are told with their numbers, where those are known', () => {
  expect([said(IDLE_TEXT, limits), said(IDLE_TEXT, { ...limits, idleTimeoutMs: 60_000 })]).toEqual([
    "idle-timeout: Idle for 20 minutes, the account's limit. A new session can be opened at once.",
    "idle-timeout: Idle for 1 minute, the account's limit. A new session can be opened at once.",
  ])
  // Defaults are no facts about this account.
  const guessed = "idle-timeout: Idle for too long, by the account's limit. A new session can be opened at once."
  expect([said(IDLE_TEXT), said(IDLE_TEXT, { ...limits, isRead: false })]).toEqual([guessed, guessed])
  expect([said(MAX_DURATION_TEXT, limits), said(MAX_DURATION_TEXT)]).toEqual([
    "max-duration: The session reached the account's limit of 8 h for one session. A new one can be opened at once.",
    "max-duration: The session reached the account's limit for one session. A new one can be opened at once.",
  ])
})

test('the recorded texts of agents are causes of their own; in an error of theirs no word stands for a limit', () => {
  const codes = [
    'Forwarding to IP address 169.254.169.254 is forbidden.',
    '\n----------ERROR-------\nUnable to connect to specified port: dial tcp 127.0.0.1:81: connect: connection refused',
    'Plugin with name Port is not supported by this version of ssm agent, please update to latest version',
    '\n----------ERROR-------\nFetching data key failed: Unable to retrieve data key.',
    '\n----------ERROR-------\nidle process was terminated at its maximum duration',
    'Your session was terminated by an administrator.',
    '',
  ].map((text) => endedCause(text, limits).code)
  expect(codes).toEqual([
    'destination-forbidden',
    'destination-refused',
    'agent-too-old',
    'encryption-failed',
    'session-ended',
    'session-terminated',
    'session-ended',
  ])
  expect(said('\n----------ERROR-------\nexec: "sh": not found')).toBe(
    'session-ended: The agent ended the session with an error: exec: "sh": not found',
  )
})

test('a session that a limit or somebody ended may be followed by another, one that the agent does not know may not', () => {
  const causes = [endedCause(IDLE_TEXT), endedCause(MAX_DURATION_TEXT), terminatedCause()]
  expect(causes.map(judge)).toEqual(['gone', 'gone', 'gone'])
  expect(judge(endedCause('Plugin with name Port is not supported by this version of ssm agent'))).toBe('final')
})

test('the text of the published vector is an idle timeout', () => {
  const vectors: unknown = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../../e2e/vectors/vectors.json'), 'utf8'),
  )
  const texts = JSON.stringify(vectors).match(/Your session timed out[^"\\]*/g) ?? []
  expect(texts.length).toBeGreaterThan(0)
  for (const text of texts) expect(endedCause(text).code).toBe('idle-timeout')
})
