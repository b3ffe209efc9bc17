// Measures in a session: which forms of the upgrade AWS accepts, how fast data flows, how large a message may be, and whether an open
// session may be resumed. A person asks for it. It runs in a Linux shell of its own, for one minute and 50 MB at most.
//
// Bytes that go up are thrown away by `cat`; bytes that come down are zeros. Nothing is written on the instance. The sizes come last:
// a message that is too large is sent again and again, and holds up all others.

import { AppError, asAppError } from '../../../../shared/errors'
import { PayloadType } from '../../../ssm/codec/message'
import { foundCheck } from './instance'
import { environmentOf, findingOf, passed, unknown, type Check, type Exam, type Finding } from '../parts'
import { unlessAborted } from '../../async/aborting'
import type { Trial } from '../../sessions/trial'

/** All measurements together. */
const ALL_MS = 60_000
const START_MS = 40_000
const STEP_MS = 20_000
const DRAIN_MS = 5_000
const CHUNK_BYTES = 65_536
const MAX_UP_BYTES = 15_000_000
const MAX_DOWN_BYTES = 25_000_000

const KIB = 1_024
const SIZES = [2, 4, 8, 16, 32, 64].map((kib) => kib * KIB)

function probeOf({ probe }: Exam): Trial {
  if (probe === undefined) throw new AppError('internal', 'The doctor has no session to measure. Report this.')
  return probe
}

function rateWords(bytes: number, ms: number): string {
  const perSecond = (bytes * 1_000) / Math.max(ms, 1)
  return perSecond < 1_000_000 ? `${Math.round(perSecond / 1_000)} kB/s` : `${(perSecond / 1_000_000).toFixed(1)} MB/s`
}

const startCheck: Check = {
  id: 'measurements.start',
  group: 'measurements',
  title: 'Session to measure in',
  needs: [foundCheck.id, 'session.start'],
  isGate: true,
  limitMs: START_MS,
  run: async (exam, signal): Promise<Finding> => {
    const { instance, printed } = exam
    if (instance?.platform !== 'linux') return unknown('Not measured: that needs a shell of Linux.')
    const { reason } = exam.request
    exam.measuredUntil = performance.now() + ALL_MS
    exam.probe = await environmentOf(exam).beginTrial({
      target: instance.id,
      platform: instance.platform,
      ...(reason === undefined ? {} : { reason }),
      signal,
      onOutput: (bytes) => printed.take(bytes),
    })
    return passed('A shell session of its own was started.')
  },
}

/** Makes one measurement. A measurement that fails is not known: it says nothing about the account. */
function measure(
  id: string,
  title: string,
  how: { readonly needs?: readonly string[]; readonly isGate?: true },
  run: (exam: Exam, signal: AbortSignal) => Promise<Finding>,
): Check {
  return {
    id: `measurements.${id}`,
    group: 'measurements',
    title,
    needs: [startCheck.id, ...(how.needs ?? [])],
    ...(how.isGate === true ? { isGate: true } : {}),
    limitMs: STEP_MS,
    run: async (exam, signal): Promise<Finding> => {
      const leftMs = (exam.measuredUntil ?? 0) - performance.now()
      if (leftMs <= 0) return unknown('Not measured: the minute for measurements is over.')
      const limit = AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(leftMs))])
      try {
        return await unlessAborted(run(exam, limit), limit)
      } catch (error) {
        signal.throwIfAborted()
        return { ...findingOf(error), outcome: 'unknown' }
      }
    },
  }
}

const FORM_WORDS = { space: "AWS's own signature", plus: 'the signature with %2B', unsigned: 'unsigned' } as const

/** An upgrade that has failed on the way says nothing about its form. */
function answerWords(error: AppError | undefined): string {
  if (error === undefined) return 'accepted'
  return error.code === 'upgrade-refused' ? 'refused' : `not known (${error.code})`
}

/** Errors of the way and of the moment: AWS has refused nothing. */
const NO_REFUSAL: readonly string[] = ['network', 'timeout', 'throttled']

const formsCheck = measure('upgrades', 'Forms of the upgrade', {}, async (exam) => {
  const forms = await probeOf(exam).tryForms()
  if (forms.length === 0) return unknown('No form was tried: the address is signed already.')
  return passed(`${forms.map(({ form, error }) => `${FORM_WORDS[form]}: ${answerWords(error)}`).join('; ')}.`)
})

const openCheck = measure('channel', 'Shell opened', { isGate: true }, async (exam) => {
  const probe = probeOf(exam)
  await probe.open()
  // The mark is not in the line that the terminal echoes.
  await probe.write(Buffer.from("printf 'culvert-%s\\n' here\r"))
  if (!(await exam.printed.has('culvert-here', STEP_MS / 2))) return unknown('The shell did not answer.')
  return passed('The shell answers.')
})

const IN_SHELL = { needs: [openCheck.id] } as const

const downCheck = measure('download', 'Download', IN_SHELL, async (exam) => {
  const { measureMs, printed } = exam
  const before = printed.bytes
  const seconds = Math.max(1, Math.round(measureMs / 1_000))
  const startedAt = performance.now()
  const line = `timeout ${seconds} head -c ${MAX_DOWN_BYTES} /dev/zero | tr '\\000' x; printf 'culvert-%s\\n' down\r`
  await probeOf(exam).write(Buffer.from(line))
  const isWhole = await printed.has('culvert-down', measureMs + DRAIN_MS)
  const bytes = printed.bytes - before
  const words = `${rateWords(bytes, performance.now() - startedAt)} (${(bytes / 1_000_000).toFixed(1)} MB).`
  return isWhole ? passed(words) : unknown(`At least ${words} The end did not come in time.`)
})

const upCheck = measure('upload', 'Upload', IN_SHELL, async (exam, signal) => {
  const probe = probeOf(exam)
  await probe.write(Buffer.from("stty raw -echo; printf 'culvert-%s\\n' raw; cat >/dev/null\r"))
  if (!(await exam.printed.has('culvert-raw', DRAIN_MS))) return unknown('The shell did not take the command.')
  const chunk = Buffer.alloc(CHUNK_BYTES, 'x')
  const startedAt = performance.now()
  let bytes = 0
  while (bytes < MAX_UP_BYTES && performance.now() - startedAt < exam.measureMs) {
    signal.throwIfAborted()
    await probe.write(chunk)
    bytes += CHUNK_BYTES
  }
  const isAcknowledged = await probe.drained(2 * DRAIN_MS)
  const words = `${rateWords(bytes, performance.now() - startedAt)} (${(bytes / 1_000_000).toFixed(1)} MB).`
  return isAcknowledged ? passed(words) : unknown(`${words} Not all of it was acknowledged in time.`)
})

const resumeOpenCheck = measure('resume-open', 'Resume of an open session', IN_SHELL, async (exam) => {
  try {
    const tookMs = await probeOf(exam).resume('open')
    return passed(`Allowed: the session went on over a second connection after ${tookMs} ms.`)
  } catch (error) {
    if (NO_REFUSAL.includes(asAppError(error).code)) throw error
    const { evidence } = findingOf(error)
    return passed(`Refused: ${evidence}`)
  }
})

const sizesCheck = measure('payload', 'Size of a message', IN_SHELL, async (exam, signal) => {
  const probe = probeOf(exam)
  let largest = KIB
  for (const size of SIZES) {
    signal.throwIfAborted()
    const isSent = probe.send(PayloadType.output, Buffer.alloc(size, 'x'))
    if (!isSent || !(await probe.drained(DRAIN_MS / 2))) {
      return passed(`Payloads of ${largest} bytes pass, of ${size} bytes do not.`)
    }
    largest = size
  }
  return passed(`Payloads of ${largest} bytes pass.`)
})

/** Not a measurement: it runs also when the time for those is over. */
const endCheck: Check = {
  id: 'measurements.end',
  group: 'measurements',
  title: 'Session of the measurements ended',
  needs: [startCheck.id],
  limitMs: STEP_MS,
  run: async (exam, signal): Promise<Finding> => {
    try {
      await probeOf(exam).end()
      return passed('The session was ended.')
    } catch (error) {
      signal.throwIfAborted()
      return { ...findingOf(error, 'ssm:TerminateSession'), outcome: 'unknown' }
    }
  },
}

/** In order. */
export const measurementChecks: readonly Check[] = [
  startCheck,
  formsCheck,
  openCheck,
  downCheck,
  upCheck,
  resumeOpenCheck,
  sizesCheck,
  endCheck,
]
