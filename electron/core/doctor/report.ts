// The block that a person pastes into an issue: the doctor's lines with everything masked that identifies somebody.

import { arch, homedir, hostname, platform, release, userInfo } from 'node:os'
import { version } from '../../../package.json'
import { shownSentence } from '../../../shared/foreigntext'
import { OUTCOME_WORDS } from '../../../shared/doctorwords'
import type { DoctorLine, DoctorOutcome } from '../../../shared/model/doctor'
import { AgentGate } from '../../ssm/codec/version'
import { Mask } from './mask'
import type { Exam } from './parts'

const INDENT = ' '.repeat(11)

/** How many lines have each outcome: "12 passed, 1 failed, 2 not known". */
export function outcomeWords(lines: readonly DoctorLine[]): string {
  const count = (outcome: DoctorOutcome): number => lines.filter((line) => line.outcome === outcome).length
  return `${count('passed')} passed, ${count('failed')} failed, ${count('unknown')} not known`
}

/** The name of the user of this process; "" where the system does not tell. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return ''
  }
}

/** The mask of one run, which knows every name that the run has met. */
function maskOf({
  home,
  fileNames,
  environment,
  identity,
  instance,
  request,
  trial,
  probe,
  places,
  kmsKeyId,
  document,
}: Exam): Mask {
  const ownNames = (identity?.arn ?? '').replace(/^[^/]*/, '').split('/')
  return new Mask({
    names: [
      environment === undefined || environment.isDemo ? '' : environment.name,
      ...ownNames,
      ...fileNames,
      instance?.name ?? '',
      instance?.instanceProfile ?? '',
      // An id is known by its form.
      /^m?i-/.test(request.target ?? '') ? '' : (request.target ?? ''),
      trial?.sessionId ?? '',
      probe?.sessionId ?? '',
      kmsKeyId ?? '',
      // Names of AWS's own documents say nothing.
      document?.startsWith('AWS-') === true ? '' : (document ?? ''),
      userName(),
    ],
    hosts: [
      hostname(),
      request.host ?? '',
      ...[...places.values()].flatMap(({ proxy, url, isSet }) => [
        ...(proxy === undefined ? [] : [proxy.replace(/:\d+$/, '')]),
        ...(isSet ? [new URL(url).hostname] : []),
      ]),
    ].filter((name) => !/^(?:127\.0\.0\.1|\[::1\]|localhost)$/.test(name) && !name.endsWith('.amazonaws.com')),
    homes: [home, homedir()],
    kept: [instance?.agentVersion ?? '', ...Object.values(AgentGate)],
  })
}

/** The report of a run, in a block of Markdown. Holds no secret and nothing that identifies. */
export function reportOf(exam: Exam, lines: readonly DoctorLine[]): string {
  const mask = maskOf(exam)
  const told = (text: string): string => mask.text(shownSentence(text))
  const body = lines.flatMap(({ title, outcome, evidence, missing, next }) => [
    `${OUTCOME_WORDS[outcome].padEnd(INDENT.length)}${title}`,
    `${INDENT}${told(evidence)}`,
    ...(missing === undefined ? [] : [`${INDENT}Missing: ${told(missing)}`]),
    ...(next === undefined ? [] : [`${INDENT}Next: ${told(next)}`]),
  ])
  const region = exam.environment?.region ?? 'not known'
  const head = [
    `culvert ${version} doctor, ${platform()} ${release()} ${arch()}, Node ${process.versions.node}, region ${region}`,
    outcomeWords(lines),
  ]
  return ['```', ...head, '', ...body, '```', ''].join('\n')
}
