// `culvert doctor` as a program: its lines, its report, its exit status, and what it leaves behind.

import { expect, test, vi } from 'vitest'
import { begin, env, linesOf, open, run, setEnv, simulator, stageCli } from './kit/stages/cli'

stageCli()

test('a good environment: status 0, a line for each check, a report, and no session is left', async () => {
  const { status, text, stderr } = await run(['doctor', 'web-2', '--json'])
  expect([status, stderr]).toEqual([0, ''])
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; id?: string; outcome?: string; text?: string; failed?: number })
  const outcomes = new Map(lines.map(({ id, outcome }) => [id, outcome]))
  for (const id of ['configuration.files', 'network.kms', 'session.resume', 'session.end']) {
    expect([id, outcomes.get(id)]).toEqual([id, 'passed'])
  }
  expect(lines.at(-1)).toMatchObject({ type: 'report', failed: 0, text: expect.stringContaining('i-<id-1>') })
  expect(open()).toEqual([])
})

test('a failure: status 1, in words with what is missing, and the masked report behind them', async () => {
  setEnv({ ...env, AWS_ENDPOINT_URL_EC2: 'http://127.0.0.1:9' })
  const { status, text } = await run(['doctor'])
  expect(status).toBe(1)
  expect(text).toMatch(/^FAILED {5}Connection to ec2\n {11}127\.0\.0\.1:9 could not be reached/m)
  expect(text).toContain('           Missing: HTTPS_PROXY\n')
  expect(text.split('To paste into an issue')[1]).not.toContain('111122223333')
})

test('--probe asks, so without a terminal it wants --yes; ports want a target', async () => {
  expect(await run(['doctor', 'web-2', '--probe'])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('--yes'),
  })
  expect(await run(['doctor', '--port', '80'])).toMatchObject({ status: 2, stderr: expect.stringContaining('TARGET') })
  expect(simulator.sessions()).toEqual([])
})

test('Ctrl-C in the middle of the session ends it', async () => {
  const running = begin('doctor', 'web-2', '--json')
  await vi.waitFor(() => expect(linesOf(running).map(({ id }) => id)).toContain('session.start'))
  running.child.kill('SIGINT')
  const { status } = await running.ended
  expect([130, 0]).toContain(status)
  expect(simulator.sessions()).toHaveLength(1)
  expect(open()).toEqual([])
})
