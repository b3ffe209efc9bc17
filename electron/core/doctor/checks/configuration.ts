// The user's configuration: AWS's two files, the profile and region, the endpoints.

import type { FileFinding, ServicePlace } from '../../../../shared/examination'
import { environmentOf, examinationOf, failed, findingOf, passed, type Check, type Finding } from '../parts'

const READ_MS = 10_000

function problemsOf({ path, problems }: FileFinding): string[] {
  return problems.map(({ line, why }) => (line === undefined ? `${path}: ${why}.` : `${path} line ${line}: ${why}.`))
}

const WORDS = { read: 'read', missing: 'does not exist' } as const

/** Reads both files and names every line that is wrong. */
export const filesCheck: Check = {
  id: 'configuration.files',
  group: 'configuration',
  title: 'AWS configuration files',
  needs: [],
  limitMs: READ_MS,
  run: async (exam): Promise<Finding> => {
    const files = await exam.examineFiles()
    exam.fileNames = [...exam.fileNames, ...files.flatMap(({ names }) => names)]
    if (files.length === 0) return passed('The Demo reads none.')
    const problems = files.flatMap(problemsOf)
    if (problems.length > 0) {
      const broken = files.find((file) => file.problems.length > 0)
      return failed(problems.join(' '), {
        next: `Correct these lines, or set ${broken?.variable ?? 'AWS_CONFIG_FILE'} to another file.`,
      })
    }
    return passed(`${files.map(({ path, state }) => `${path} (${WORDS[state]})`).join(', ')}.`)
  },
}

/** Opens the environment: the profile, the region, the proxy settings and the certificate bundle are read. */
export const profileCheck: Check = {
  id: 'configuration.profile',
  group: 'configuration',
  title: 'Profile and region',
  needs: [filesCheck.id],
  limitMs: READ_MS,
  run: async (exam): Promise<Finding> => {
    exam.environment = await exam.openEnvironment()
    const { name, region, isDemo } = exam.environment
    return passed(isDemo ? `The Demo, region ${region}.` : `${name}, region ${region}.`)
  },
}

function endpointWords(places: readonly ServicePlace[], region: string): string {
  const set = places.filter(({ isSet }) => isSet).map(({ service, url }) => `${service} ${url}`)
  if (set.length === 0) return `AWS's own in ${region}.`
  const rest = set.length === places.length ? '' : ` The others are AWS's own in ${region}.`
  return `Set: ${set.join(', ')}.${rest}`
}

/** Finds where each service is. */
export const endpointsCheck: Check = {
  id: 'configuration.endpoints',
  group: 'configuration',
  title: 'Endpoints',
  needs: [profileCheck.id],
  limitMs: READ_MS,
  run: async (exam, signal): Promise<Finding> => {
    const places = await examinationOf(exam)
      .places(signal)
      .catch((error: unknown) => {
        signal.throwIfAborted()
        return findingOf(error)
      })
    if ('outcome' in places) {
      return {
        ...places,
        outcome: 'failed',
        missing: 'AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT',
        next: 'Check the region and these two settings.',
      }
    }
    exam.places = new Map(places.map((place) => [place.service, place]))
    return passed(endpointWords(places, environmentOf(exam).region))
  },
}
