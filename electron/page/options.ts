// The options of the web and Electron doors.

import { parseArgs } from 'node:util'
import { AppError } from '../../shared/errors'

/** The parsed command line of a door. */
export interface DoorOptions {
  readonly port: number
  readonly profile?: string
  readonly region?: string
  readonly endpointUrl?: string
  readonly messageEndpoint?: string
  /** True: the Demo. Absent: the environment shown last, or AWS where this computer is set up for it, else the Demo. */
  readonly demo?: boolean
  /** The web host opens no browser. */
  readonly noOpen?: boolean
}

/** Parses a door's arguments. Throws `usage`. */
export function parseDoorOptions(args: readonly string[]): DoorOptions {
  const { values } = parse(args)
  const port = Number(values.port ?? '0')
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new AppError('usage', `--port takes a number from 0 to 65535, not "${values.port ?? ''}".`)
  }
  const { profile, region } = values
  const endpointUrl = values['endpoint-url']
  const messageEndpoint = values['ssmmessages-endpoint']
  return {
    port,
    ...(profile === undefined ? {} : { profile }),
    ...(region === undefined ? {} : { region }),
    ...(endpointUrl === undefined ? {} : { endpointUrl }),
    ...(messageEndpoint === undefined ? {} : { messageEndpoint }),
    ...(values.demo === undefined ? {} : { demo: values.demo }),
    ...(values['no-open'] === undefined ? {} : { noOpen: values['no-open'] }),
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
        'ssmmessages-endpoint': { type: 'string' },
        demo: { type: 'boolean' },
        'no-open': { type: 'boolean' },
      },
    })
  } catch (error) {
    // Only the first sentence of parseArgs' message: the rest is advice for programmers.
    const [why = ''] = (error instanceof Error ? error.message : String(error)).split('. ')
    throw new AppError(
      'usage',
      `${why.replace(/\.$/, '')}. Known are --port, --profile, --region, --endpoint-url, --ssmmessages-endpoint, --demo and --no-open.`,
    )
  }
}
