// Well-known services: a click fills in the service's port.

import { Database, Globe, Monitor } from 'lucide-react'
import type { ReactNode } from 'react'
import { SERVICES } from './proposals'

const icons = { database: Database, web: Globe, desktop: Monitor } as const

/** The props of the services. */
export interface ServicesProps {
  /** The current remote port; undefined for none. */
  readonly port: number | undefined
  readonly onChoose: (port: number) => void
}

/** One button per service; the one whose port is in the form is pressed. */
export function Services({ port: chosen, onChoose }: ServicesProps): ReactNode {
  return (
    <div className="services" role="group" aria-label="Well-known services">
      {SERVICES.map(({ label, port, kind }) => {
        const Icon = icons[kind]
        return (
          <button key={label} type="button" aria-pressed={chosen === port} onClick={() => onChoose(port)}>
            <Icon size={16} strokeWidth={1.75} aria-hidden="true" />
            {label}
          </button>
        )
      })}
    </div>
  )
}
