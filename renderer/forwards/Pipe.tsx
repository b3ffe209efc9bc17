// The pipe: the four stations of a forward, as it will be built. A picture: it is dry, and nothing is measured here.

import { Cloud, Database, Globe, Laptop, Monitor, Server, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import type { serviceKind } from './proposals'

const kindIcons: Readonly<Record<ReturnType<typeof serviceKind>, LucideIcon>> = {
  database: Database,
  web: Globe,
  desktop: Monitor,
  other: Server,
}

/** What the pipe is told; "" for what is not known yet. */
export interface PipeProps {
  /** "localhost:5432". */
  readonly local: string
  readonly region: string
  readonly instance: string
  /** The end of the instance's id, or a word about it. */
  readonly instanceDetail: string
  /** Absent: the instance itself. */
  readonly host: string
  readonly port: string
  readonly kind: ReturnType<typeof serviceKind>
}

interface StationProps {
  readonly icon: LucideIcon
  readonly name: string
  readonly detail: string
  readonly isKnown: boolean
}

function Station({ icon: Icon, name, detail, isKnown }: StationProps): ReactNode {
  return (
    <li className={isKnown ? 'station' : 'station unknown'}>
      <span className="dot">
        <Icon size={14} strokeWidth={1.75} aria-hidden="true" />
      </span>
      <span className="name" title={name}>
        {name}
      </span>
      <span className="detail">{detail}</span>
    </li>
  )
}

function Leg({ isKnown }: { readonly isKnown: boolean }): ReactNode {
  return <li className={isKnown ? 'leg' : 'leg unknown'} aria-hidden="true" />
}

/** This computer, Session Manager, the instance, the destination. */
export function Pipe({ local, region, instance, instanceDetail, host, port, kind }: PipeProps): ReactNode {
  const isInstanceKnown = instance !== ''
  const isEndKnown = isInstanceKnown && port !== ''
  return (
    <ol className="pipe" aria-label="What is built">
      <Station icon={Laptop} name="This computer" detail={local} isKnown />
      <Leg isKnown={isInstanceKnown} />
      <Station icon={Cloud} name="Session Manager" detail={region} isKnown />
      <Leg isKnown={isInstanceKnown} />
      <Station
        icon={Server}
        name={isInstanceKnown ? instance : 'Instance'}
        detail={instanceDetail}
        isKnown={isInstanceKnown}
      />
      <Leg isKnown={isEndKnown} />
      <Station
        icon={kindIcons[kind]}
        name={host === '' ? 'On the instance' : host}
        detail={port === '' ? 'port' : port}
        isKnown={isEndKnown}
      />
    </ol>
  )
}
