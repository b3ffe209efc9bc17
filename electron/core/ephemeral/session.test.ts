// Ephemeral sessions whose watcher, beat and shell really run; see stage.kit.ts.

import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { AppError } from '../../../shared/errors'
import { openEphemeral } from './session'
import { recipe, Stage } from './stage.kit'
import { statusOf } from './status'

function stage(): Stage {
  const made = new Stage()
  onTestFinished(() => made[Symbol.dispose]())
  return made
}

/** A session with this command. */
const job = (command: string) => ({ fields: { cluster: 'shop', service: 'web', command } })

describe.skipIf(process.platform === 'win32')('an ephemeral session', () => {
  test('runs its command in a task of its own, and its status is that of the container', async () => {
    const ecs = stage()
    const options = ecs.options(job('echo hello; exit 7'))
    const shell = await openEphemeral(options)
    expect(await text(shell.output)).toBe('hello\n')
    await shell.ended
    const { timing, now, signal } = options
    expect(await statusOf(shell.task, { ecs: ecs.ecs, timing, now, signal })).toBe(7)
    await shell[Symbol.asyncDispose]()
    expect(ecs.view?.steps.map(({ step }) => step)).toEqual([
      'requested',
      'pulling',
      'starting',
      'agent',
      'proof',
      'connected',
    ])
    expect(ecs.view).toMatchObject({ container: 'app', memoryMiB: 1_024, taskId: ecs.view?.operationId })
    expect(ecs.requests).toMatchObject([
      {
        startedBy: 'culvert-ephemeral',
        size: { task: { memoryMiB: 1_024, cpuUnits: 256 } },
        tags: { 'culvert:owner': 'arn:aws:iam::111122223333:user/ann', 'culvert:computer': '0a1b2c3d4e5f' },
      },
    ])
    expect(await ecs.holdings.all()).toEqual([])
  })

  test('of a short job loses no output, which the agent in its container sends late', async () => {
    const ecs = stage()
    ecs.agentMs = 50
    const options = ecs.options(job('echo hello; exit 7'))
    await using shell = await openEphemeral(options)
    expect(await text(shell.output)).toBe('hello\n')
    await shell.ended
    expect(await ecs.ended()).toBe(7)
    expect(ecs.asked).toEqual(['stop Culvert: its session has ended.'])
  })

  test('that is closed ends its container, and is on record until then', async () => {
    const ecs = stage()
    const shell = await openEphemeral(ecs.options(job('while :; do echo tick; /bin/sleep 0.01; done')))
    expect(await ecs.holdings.all()).toMatchObject([
      { cluster: 'shop', operationId: ecs.view?.operationId, isAlive: true },
    ])
    await shell[Symbol.asyncDispose]()
    expect([143, 129]).toContain(await ecs.ended())
    expect(ecs.asked).toEqual(['stop Culvert: its session has ended.'])
    expect(await ecs.holdings.all()).toEqual([])
  })

  test('whose network is cut for good ends its container once the beat is older than the lease, while its shell goes on printing', async () => {
    const ecs = stage()
    const timing = { ...ecs.options().timing, minuteMs: 3_000, slackMs: 1_000 }
    const shell = await openEphemeral({ ...ecs.options(job('while :; do echo tick; /bin/sleep 0.01; done')), timing })
    shell.output.resume()
    ecs.isCut = true
    expect(await ecs.ended()).toBe(124)
  })

  test('whose image ignores the command is refused with an offer, and works with a definition of its own', async () => {
    const ecs = stage()
    ecs.image = 'ignores'
    const timing = { ...ecs.options().timing, proofMs: 3_000 }
    await expect(openEphemeral({ ...ecs.options(), timing })).rejects.toMatchObject({
      code: 'entry-point',
      message: expect.stringContaining('has ignored the command'),
    })
    expect(ecs.view?.offer).toEqual({ kind: 'derived-definition', family: 'web-culvert-ephemeral' })
    expect(ecs.asked).toEqual(['stop Culvert: its watcher was not found.'])
    await ecs.ended()
    const shell = await openEphemeral(ecs.options({ ...job('echo mine'), isDerived: true }))
    expect(await text(shell.output)).toBe('mine\n')
    await shell[Symbol.asyncDispose]()
    expect(ecs.asked.slice(1, 3)).toEqual(['register web-culvert-ephemeral', 'deregister arn:derived:1'])
  })

  test('whose container ends before its session is told with the status', async () => {
    const ecs = stage()
    ecs.image = 'exits'
    await expect(openEphemeral(ecs.options())).rejects.toMatchObject({
      code: 'entry-point',
      message: expect.stringContaining('status 1'),
    })
  })

  test('whose beat is refused is opened, and says until when its container may live without it', async () => {
    const ecs = stage()
    ecs.refuse = (count) => {
      if (count === 1) throw new AppError('access-denied', 'You may not.')
    }
    const shell = await openEphemeral(ecs.options(job('echo on; exit 0')))
    expect(await text(shell.output)).toBe('on\n')
    expect(ecs.view?.orphanUntil).toBe(ecs.view?.expiresAt)
    expect(ecs.notices[0]).toContain('until its time is over. You may not.')
    await shell[Symbol.asyncDispose]()
  })

  test('whose beat is lost opens it again, and says until when the container lives while that is refused', async () => {
    const ecs = stage()
    let isRefused = true
    ecs.refuse = (count) => {
      if (count > 2 && isRefused) throw new AppError('access-denied', 'You may not any more.')
    }
    await using shell = await openEphemeral(ecs.options(job('cat')))
    shell.output.resume()
    const [beat] = ecs.tasks[0]?.execs ?? []
    beat?.kill('SIGKILL')
    await expect.poll(() => ecs.notices).not.toEqual([])
    expect(new Set(ecs.notices)).toEqual(new Set(['The container ends without a beat. You may not any more.']))
    const leaseMs = 20 * 60_000 + ecs.options().timing.slackMs
    expect(ecs.view?.orphanUntil).toBe(ecs.now + leaseMs)
    expect(ecs.tasks[0]?.execs).toHaveLength(2)
    isRefused = false
    await expect.poll(() => ecs.view?.orphanUntil).toBeUndefined()
    expect(ecs.tasks[0]?.execs).toHaveLength(3)
  })

  test('in a container with room for one session gives it to the shell', async () => {
    const ecs = stage()
    ecs.refuse = (count) => {
      if (count === 2) throw new AppError('container-full', 'It is full.')
    }
    const shell = await openEphemeral(ecs.options(job('echo on; exit 0')))
    expect(await text(shell.output)).toBe('on\n')
    expect(ecs.view?.orphanUntil).toBeDefined()
    await shell[Symbol.asyncDispose]()
  })

  test('that is closed while it starts leaves no task, also where RunTask has not answered', async () => {
    const ecs = stage()
    const life = new AbortController()
    ecs.answer = () => {
      throw new AppError('network', 'The answer was lost.')
    }
    await expect(openEphemeral(ecs.options())).rejects.toMatchObject({ code: 'network' })
    expect([143, null]).toContain(await ecs.ended())
    ecs.answer = () => life.abort(new AppError('session-ended', 'The terminal was closed.'))
    await expect(openEphemeral(ecs.options({ signal: life.signal }))).rejects.toMatchObject({ code: 'session-ended' })
    // Null: by the signal itself, before the watcher has set its trap.
    expect([143, null]).toContain(await ecs.ended(1))
  })

  test('is warned of its end and ended at it, used or not', async () => {
    const ecs = stage()
    const shell = await openEphemeral(
      ecs.options({ fields: { cluster: 'shop', service: 'web', command: 'cat', ttlMinutes: 60 } }),
    )
    ecs.now += 50 * 60_000
    await expect.poll(() => ecs.notices).toEqual(['The ephemeral session ends in 10 min, whether it is used or not.'])
    ecs.now += 9 * 60_000
    await expect.poll(() => ecs.notices).toHaveLength(2)
    ecs.now += 60_000
    await expect(shell.ended).rejects.toMatchObject({
      code: 'session-ended',
      message: expect.stringContaining('reached its time (1 h)'),
    })
    expect([143, 129]).toContain(await ecs.ended())
  })

  test('is not started where a reason is required and nobody gives one', async () => {
    const ecs = stage()
    ecs.requiredReason = () => Promise.reject(new AppError('usage', 'Sessions need a reason: give one.'))
    await expect(openEphemeral(ecs.options())).rejects.toMatchObject({ code: 'usage' })
    expect(ecs.requests).toEqual([])
  })

  test('beyond the limit is not started', async () => {
    const ecs = stage()
    const limits = { leaseMinutes: 20, resumeMinutes: 20, limit: 2, open: 2 }
    await expect(openEphemeral(ecs.options({ limits }))).rejects.toMatchObject({ code: 'ephemeral-limit' })
    ecs.recipe = { ...recipe, service: { ...recipe.service, ephemeralProblem: 'It is deployed by EXTERNAL.' } }
    await expect(openEphemeral(ecs.options())).rejects.toMatchObject({
      code: 'not-supported',
      message: 'It is deployed by EXTERNAL.',
    })
    expect(ecs.requests).toEqual([])
  })
})
