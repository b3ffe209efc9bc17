// The pipe: the four stations of a forward and the legs between them.
//
// In the editor it is horizontal and shows the plan, with nothing measured. In the detail it is vertical, with a figure or a
// cause beside each leg. legs.ts decides how the legs look.

import { Box, Cloud, Database, Globe, Laptop, Monitor, Server, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { ForeignName, ForeignSentence } from '../parts/text/Foreign'
import { Glyph } from '../parts/Glyph'
import type { LegLook, Legs } from './words/legs'
import type { serviceKind } from './editor/proposals'

const kindIcons: Readonly<Record<ReturnType<typeof serviceKind>, LucideIcon>> = {
  database: Database,
  web: Globe,
  desktop: Monitor,
  other: Server,
}

const LOOK_WORDS: Readonly<Record<LegLook['look'], string>> = {
  planned: '',
  dry: 'nothing passes',
  full: 'works',
  flow: 'bytes pass',
  cut: 'cut',
}

/** The props of the pipe; "" for what is not known yet. */
export interface PipeProps {
  /** "localhost:5432". */
  readonly local: string
  readonly region: string
  readonly instance: string
  /** The end of the instance's id, or a word about the instance. */
  readonly instanceDetail: string
  /** Whether a task stands in place of the instance. */
  readonly isTask: boolean
  /** "" means the instance itself. */
  readonly host: string
  readonly port: string
  readonly kind: ReturnType<typeof serviceKind>
  /** If given, the pipe is vertical and its legs look like this. If absent, it is horizontal and shows the plan. */
  readonly legs?: Legs
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
      <span className="name">
        <ForeignName text={name} />
      </span>
      <span className="detail">
        <ForeignName text={detail} />
      </span>
    </li>
  )
}

function Leg({ look: { look, text }, isKnown }: { readonly look: LegLook; readonly isKnown: boolean }): ReactNode {
  if (look === 'planned') return <li className={isKnown ? 'leg' : 'leg unknown'} aria-hidden="true" />
  return (
    <li className={`leg ${look}`}>
      <span className="hidden">{LOOK_WORDS[look]}</span>
      {text !== undefined && (
        <span className="found">
          {look === 'cut' && <Glyph tone="failed" size="small" />}
          <ForeignSentence text={text} />
        </span>
      )}
    </li>
  )
}

const PLANNED: LegLook = { look: 'planned' }

/** The stations: this computer, Session Manager, the instance, the destination. */
export function Pipe(props: PipeProps): ReactNode {
  const { local, region, instance, instanceDetail, isTask, host, port, kind, legs } = props
  const isInstanceKnown = instance !== ''
  const isEndKnown = isInstanceKnown && port !== ''
  const [toService, toInstance, toEnd] = legs ?? [PLANNED, PLANNED, PLANNED]
  return (
    <ol
      className={legs === undefined ? 'pipe' : 'pipe upright'}
      aria-label={legs === undefined ? 'Planned path' : 'Path'}
    >
      <Station icon={Laptop} name="This computer" detail={local} isKnown />
      <Leg look={toService} isKnown={isInstanceKnown} />
      <Station icon={Cloud} name="Session Manager" detail={region} isKnown />
      <Leg look={toInstance} isKnown={isInstanceKnown} />
      <Station
        icon={isTask ? Box : Server}
        name={isInstanceKnown ? instance : isTask ? 'Task' : 'Instance'}
        detail={instanceDetail}
        isKnown={isInstanceKnown}
      />
      <Leg look={toEnd} isKnown={isEndKnown} />
      <Station
        icon={kindIcons[kind]}
        name={host === '' ? (isTask ? 'In the task' : 'On the instance') : host}
        detail={port === '' ? 'port' : port}
        isKnown={isEndKnown}
      />
    </ol>
  )
}
