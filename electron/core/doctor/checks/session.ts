// A real session to the instance: started, opened, measured, resumed once, the destination tried, ended.
//
// Each step is a line of its own, because each needs another permission. The run ends the session also where a step has failed.

import { AppError } from '../../../../shared/errors'
import type { Trial } from '../../sessions/trial'
import { tryDestination } from '../../tunnels/check'
import { agentCheck, foundCheck } from './instance'
import { environmentOf, failed, findingOf, passed, unknown, type Check, type Exam, type Finding } from '../parts'

const START_MS = 40_000
/** The first prompt of a Windows instance that has just started takes 90 s. */
const OPEN_MS = 120_000
const PROBE_MS = 5_000
const RESUME_MS = 60_000
const DESTINATION_MS = 10_000
const END_MS = 15_000

/** The session that an earlier check has started. */
function trialOf({ trial }: Exam): Trial {
  if (trial === undefined) throw new AppError('internal', 'The doctor has no session. Report this.')
  return trial
}

/** Runs `step`; where it is denied, the finding names `action`. */
async function stepping(action: string, signal: AbortSignal, step: () => Promise<Finding>): Promise<Finding> {
  try {
    return await step()
  } catch (error) {
    signal.throwIfAborted()
    return findingOf(error, action)
  }
}

const startCheck: Check = {
  id: 'session.start',
  group: 'session',
  title: 'Session started (ssm:StartSession)',
  needs: [foundCheck.id, agentCheck.id, 'network.ssm'],
  limitMs: START_MS,
  run: (exam, signal) =>
    stepping('ssm:StartSession', signal, async () => {
      const { instance, request } = exam
      if (instance === undefined) throw new AppError('internal', 'The doctor has no instance. Report this.')
      const { port, host, reason } = request
      exam.trial = await environmentOf(exam).beginTrial({
        target: instance.id,
        platform: instance.platform,
        ...(port === undefined ? {} : { remotePort: port }),
        ...(host === undefined ? {} : { remoteHost: host }),
        ...(reason === undefined ? {} : { reason }),
        signal,
      })
      return passed(port === undefined ? 'A shell session was started.' : 'A port session was started.')
    }),
}

const openCheck: Check = {
  id: 'session.channel',
  group: 'session',
  title: 'Data channel (ssmmessages:OpenDataChannel)',
  needs: [startCheck.id],
  limitMs: OPEN_MS,
  run: (exam, signal) =>
    stepping('ssmmessages:OpenDataChannel', signal, async () => {
      const { agentVersion } = await trialOf(exam).open()
      return passed(agentVersion === undefined ? 'The agent has answered.' : `The agent ${agentVersion} has answered.`)
    }),
}

const roundTripCheck: Check = {
  id: 'session.roundtrip',
  group: 'session',
  title: 'Round trip',
  needs: [openCheck.id],
  limitMs: 2 * PROBE_MS,
  run: async (exam): Promise<Finding> => {
    const { serviceMs, agentMs } = await trialOf(exam).probe(PROBE_MS)
    if (serviceMs === undefined) {
      return failed('Session Manager did not answer a ping within 5 s.', {
        next: 'Check that the proxy and the firewall let WebSockets through in both directions.',
      })
    }
    const near = `Session Manager answers in ${Math.round(serviceMs)} ms`
    if (agentMs === undefined) {
      return failed(`${near}, the agent did not within 5 s.`, { next: 'Check that the instance is not overloaded.' })
    }
    return passed(`${near}, the agent in ${Math.round(agentMs)} ms.`)
  },
}

const resumeCheck: Check = {
  id: 'session.resume',
  group: 'session',
  title: 'Session resumed (ssm:ResumeSession)',
  needs: [openCheck.id],
  limitMs: RESUME_MS,
  run: (exam, signal) =>
    stepping('ssm:ResumeSession', signal, async () => {
      try {
        const tookMs = await trialOf(exam).resume('lost')
        return passed(`After a cut of the connection the same session went on within ${tookMs} ms.`)
      } catch (error) {
        // A denied resume is told as a session that is gone, with the denial as its cause.
        const cause = error instanceof AppError && error.code === 'session-gone' ? error.cause : undefined
        const isDenied = cause instanceof AppError && cause.code === 'access-denied'
        if (!isDenied) throw error
        return failed(cause.message, {
          missing: 'ssm:ResumeSession',
          next: 'Ask for ssm:ResumeSession on arn:aws:ssm:*:*:session/${aws:userid}-*. Without it each lost connection costs the session.',
        })
      }
    }),
}

const destinationCheck: Check = {
  id: 'session.destination',
  group: 'session',
  title: 'Destination',
  needs: [openCheck.id],
  limitMs: DESTINATION_MS,
  run: async (exam): Promise<Finding> => {
    const { port, host } = exam.request
    const where = host === undefined ? `port ${String(port)} of the instance` : `${host} port ${String(port)}`
    const open = trialOf(exam).port
    if (open?.mode !== 'mux') return unknown('This agent carries one connection at a time, so the port is not tried.')
    const error = await tryDestination(open)
    if (error === undefined) return passed(`The instance connects to ${where}.`)
    return failed(error.message, {
      next: `Check that something listens on ${where}, and its firewall or security group.`,
    })
  },
}

const endCheck: Check = {
  id: 'session.end',
  group: 'session',
  title: 'Session ended (ssm:TerminateSession)',
  needs: [startCheck.id],
  limitMs: END_MS,
  run: (exam, signal) =>
    stepping('ssm:TerminateSession', signal, async () => {
      await trialOf(exam).end()
      return passed('The session was ended.')
    }),
}

/** The steps in order; `hasPort`: a destination was named. */
export function sessionChecks(hasPort: boolean): readonly Check[] {
  return [startCheck, openCheck, roundTripCheck, ...(hasPort ? [destinationCheck] : []), resumeCheck, endCheck]
}
