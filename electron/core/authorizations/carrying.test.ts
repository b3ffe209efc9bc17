// Raw connections of an authorization over the simulator: how one ends whose program has finished. Limits are in attended.test.ts.

import { expect, onTestFinished, test, vi } from 'vitest'
import { openStage } from '../../../e2e/kit/aws/environment'
import { Admission } from './admission'
import { program } from './attendance.kit'
import { carryPort } from './carrying'

test('after a program has finished, its session ends once the far end has been silent for a time', async () => {
  const stage = await openStage()
  onTestFinished(() => stage.close())
  const { signal } = new AbortController()
  const { id } = await stage.environment.resolveTarget('web-2', signal)
  using admission = new Admission({ limit: 1, expiresAt: Date.now() + 60_000, now: Date.now })
  await using carried = await carryPort({
    environment: stage.environment,
    target: id,
    about: {},
    session: { kind: 'ssh', remotePort: 22 },
    admission,
    localPort: undefined,
    tell: () => undefined,
    signal,
    silenceMs: 50,
  })
  const one = program(carried.port)
  await vi.waitFor(() => expect(one.read()).toMatch(/^SSH-2\.0/))
  one.socket.end('x')
  // What is sent last is answered still.
  expect(await one.closed).toBe('end')
  expect(one.read()).toMatch(/x$/)
  expect(await admission.spent).toMatchObject({ kind: 'used-up' })
  await vi.waitFor(() => expect(stage.active()).toEqual([]))
})
