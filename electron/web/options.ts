// The options of the web and Electron doors, and which environment they open when none is named.

import { readFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { AppError } from '../../shared/errors'

/** What the command line of a door says. */
export interface DoorOptions {
  readonly port: number
  readonly profile?: string
  readonly region?: string
  readonly endpointUrl?: string
  readonly demo: boolean
}

function hasSection(file: string, section: RegExp): boolean {
  try {
    return section.test(readFileSync(file, 'utf8'))
  } catch {
    // Missing or unreadable: the AWS SDK would find nothing in it either.
    return false
  }
}

/**
 * Whether anything on this computer speaks of an AWS account: variables, or a profile in the AWS files. Only the heads of
 * sections are looked at. An empty file that some tool has left behind is no setup.
 */
export function hasAwsSetup(env: NodeJS.ProcessEnv): boolean {
  const variables = [
    'AWS_PROFILE',
    'AWS_ACCESS_KEY_ID',
    'AWS_WEB_IDENTITY_TOKEN_FILE',
    'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
    'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  ]
  if (variables.some((name) => (env[name] ?? '') !== '')) return true
  const home = path.join(os.homedir(), '.aws')
  return (
    hasSection(env['AWS_CONFIG_FILE'] ?? path.join(home, 'config'), /^\s*\[\s*(?:default|profile\s[^\]]+)\]/m) ||
    hasSection(env['AWS_SHARED_CREDENTIALS_FILE'] ?? path.join(home, 'credentials'), /^\s*\[[^\]]+\]/m)
  )
}

/** Parses a door's arguments. Without any AWS setup and without a named environment it is the Demo. Throws `usage`. */
export function parseDoorOptions(args: readonly string[], env: NodeJS.ProcessEnv): DoorOptions {
  const { values } = parse(args)
  const port = Number(values.port ?? '0')
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new AppError('usage', `--port takes a number from 0 to 65535, not "${values.port ?? ''}".`)
  }
  const { profile, region } = values
  const endpointUrl = values['endpoint-url']
  const isNamed = profile !== undefined || region !== undefined || endpointUrl !== undefined
  return {
    port,
    ...(profile === undefined ? {} : { profile }),
    ...(region === undefined ? {} : { region }),
    ...(endpointUrl === undefined ? {} : { endpointUrl }),
    demo: values.demo ?? (!isNamed && !hasAwsSetup(env)),
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        profile: { type: 'string' },
        region: { type: 'string' },
        'endpoint-url': { type: 'string' },
        demo: { type: 'boolean' },
      },
    })
  } catch (error) {
    // parseArgs says what is wrong in its first sentence and gives advice for programmers after it.
    const [why = ''] = (error instanceof Error ? error.message : String(error)).split('. ')
    throw new AppError(
      'usage',
      `${why.replace(/\.$/, '')}. Known are --port, --profile, --region, --endpoint-url and --demo.`,
    )
  }
}
