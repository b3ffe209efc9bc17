// The running version and the location of its files: for bug reports and backups.

import type { ReactNode } from 'react'
import type { About as Facts } from '../../shared/model/snapshot'
import { CopyButton } from '../parts/controls/CopyButton'
import { ForeignName } from '../parts/text/Foreign'
import { Line } from './Line'

/** The lines of the "About" section. */
export function About({ about }: { readonly about: Facts }): ReactNode {
  const { version, dataDirectory } = about
  return (
    <>
      <Line title="Version">
        <span className="value mono">
          Culvert {version} <CopyButton text={`Culvert ${version}`} label="Copy version" />
        </span>
      </Line>
      <Line title="Data directory" text="Saved forwards, settings and the log.">
        <span className="value mono">
          <ForeignName text={dataDirectory} /> <CopyButton text={dataDirectory} label="Copy data directory" />
        </span>
      </Line>
    </>
  )
}
