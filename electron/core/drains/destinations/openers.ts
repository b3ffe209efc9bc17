// Opens the destination of a drain.

import { join } from 'node:path'
import type { DrainDestination, DrainSecrets } from '../../../../shared/model/drain'
import type { Clock } from '../time/clock'
import type { Destination } from './destination'
import { ElasticsearchDestination } from './elasticsearch'
import { FileDestination } from './filedestination'
import { HttpsDestination } from './https'
import type { HttpNetwork } from './post'
import { SyslogDestination } from './syslog'

const MEGABYTE = 1_000_000

/** The ways out of this computer, as the rest of the product has them. */
export interface DrainNetwork extends HttpNetwork {
  /** The system's certificate authorities; undefined: Node's own. */
  readonly authorities: () => readonly string[] | undefined
}

/** What a destination is opened with. */
export interface OpenOptions {
  readonly destination: DrainDestination
  readonly isRaw: boolean
  readonly secrets: DrainSecrets
  readonly network: DrainNetwork
  readonly clock: Clock
  /** The folder of the drain's spool. */
  readonly folder: string
  /** See `SyslogOptions`. */
  readonly onOwing: () => void
}

/** Opens a destination. Connects at the first use. */
export function openDestination({ destination, isRaw, folder, ...rest }: OpenOptions): Destination {
  switch (destination.kind) {
    case 'https':
      return new HttpsDestination({ ...destination, ...rest })
    case 'elasticsearch':
      return new ElasticsearchDestination({ ...destination, isRaw, ...rest })
    case 'syslog': {
      const { clock, network, onOwing } = rest
      const owedPath = join(folder, 'owed.json')
      return new SyslogDestination({ ...destination, clock, onOwing, owedPath, authorities: network.authorities })
    }
    case 'file': {
      const { path, keep, maxMegabytes } = destination
      return new FileDestination({ path, keep, maxBytes: maxMegabytes * MEGABYTE })
    }
  }
}
