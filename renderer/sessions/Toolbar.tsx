// The bar above the sessions: open or ended, filter, environments, and what is done with many sessions at once.

import { Circle, Download, Ellipsis, Layers } from 'lucide-react'
import { useMemo, type ReactNode } from 'react'
import type { AccountSession } from '../../shared/model/accountsession'
import type { EnvironmentRef } from '../../shared/model/environment'
import { usePage, usePageState } from '../context'
import { choicesOf } from '../frame/environment/menu'
import { Button } from '../parts/controls/Button'
import { IconButton } from '../parts/controls/IconButton'
import { Segments } from '../parts/controls/Segments'
import { Menu, type MenuEntry } from '../parts/floats/Menu'
import { Filter, type FilterProps } from './Filter'
import { saveSessions } from './save'
import type { SessionSegment } from './words/listing'
import { isEndable } from './words/states'

/** The props of the toolbar. */
export interface ToolbarProps {
  readonly counts: Readonly<Record<SessionSegment, number>>
  /** "3 of 26" while the filter hides sessions. */
  readonly shownWords: string
  readonly filter: FilterProps
  readonly sessions: readonly AccountSession[]
  /** Those that the filter shows. */
  readonly shown: readonly AccountSession[]
  readonly environments: readonly EnvironmentRef[]
  readonly onEnd: (sessions: readonly AccountSession[]) => void
}

const isSame = (a: EnvironmentRef, b: EnvironmentRef): boolean => JSON.stringify(a) === JSON.stringify(b)

/** Chooses the environments whose sessions are shown. */
function Environments({ environments }: { readonly environments: readonly EnvironmentRef[] }): ReactNode {
  const page = usePage()
  const environment = usePageState((state) => state.snapshot?.environment)
  const profiles = usePageState((state) => state.snapshot?.profiles) ?? []
  if (environment === undefined) return null
  const { ref: shown, name } = environment
  const others = choicesOf(environment, profiles).filter(({ isShown }) => !isShown)
  if (others.length === 0) return null
  const toggle = (ref: EnvironmentRef): void => {
    const isOn = environments.some((each) => isSame(each, ref))
    const next = isOn ? environments.filter((each) => !isSame(each, ref)) : [...environments, ref]
    // The shown one alone is the default: it follows the switcher.
    page.arrange({ sessionEnvironments: next.length === 1 && next.some((each) => isSame(each, shown)) ? [] : next })
  }
  const isChecked = (ref: EnvironmentRef): boolean => environments.some((each) => isSame(each, ref))
  return (
    <Menu
      align="end"
      trigger={
        <Button variant="quiet" icon={Layers} aria-label={`Environments shown: ${environments.length}`}>
          <span className="wide">Environments</span> {environments.length > 1 && <b>{environments.length}</b>}
        </Button>
      }
      items={[
        { heading: 'Show sessions of' },
        { label: name, detail: 'shown now', isChecked: isChecked(shown), onSelect: () => toggle(shown) },
        ...others.map((choice): MenuEntry => ({
          label: choice.name,
          detail: choice.detail,
          isChecked: isChecked(choice.ref),
          onSelect: () => toggle(choice.ref),
        })),
      ]}
    />
  )
}

function Actions({ sessions, shown, onEnd }: Pick<ToolbarProps, 'sessions' | 'shown' | 'onEnd'>): ReactNode {
  const page = usePage()
  const endable = useMemo(() => sessions.filter(isEndable), [sessions])
  const end = (label: string, holder: AccountSession['holder'], none: string): MenuEntry => {
    const wanted = endable.filter((session) => session.holder === holder)
    return {
      label: `${label}…`,
      detail: String(wanted.length),
      isDanger: true,
      reason: wanted.length === 0 ? none : undefined,
      onSelect: () => onEnd(wanted),
    }
  }
  const none = shown.length === 0 ? 'none is shown' : undefined
  return (
    <Menu
      align="end"
      trigger={<IconButton icon={Ellipsis} label="Export and end sessions" />}
      items={[
        {
          label: 'Export as CSV',
          icon: Download,
          detail: shown.length.toLocaleString('en'),
          reason: none,
          onSelect: () => void saveSessions(page, shown, 'csv'),
        },
        {
          label: 'Export as JSON',
          icon: Download,
          detail: shown.length.toLocaleString('en'),
          reason: none,
          onSelect: () => void saveSessions(page, shown, 'json'),
        },
        { line: true },
        end('End all mine', 'mine', 'none is open'),
        end('End all left over', 'left-over', 'none is open'),
      ]}
    />
  )
}

/** The toolbar. */
export function Toolbar(props: ToolbarProps): ReactNode {
  const { counts, shownWords, filter, sessions, shown, environments, onEnd } = props
  const page = usePage()
  const segment = usePageState((state) => state.sessionSegment)
  const count = (number: number): ReactNode => <span className="number faint">{number.toLocaleString('en')}</span>
  return (
    <div className="viewbar">
      <h1 id="sessions-title">Sessions</h1>
      <Segments
        label="Sessions shown"
        value={segment}
        onChange={(sessionSegment) => page.arrange({ sessionSegment })}
        segments={[
          { value: 'open', label: <>Open {count(counts.open)}</> },
          { value: 'ended', label: <>Ended {count(counts.ended)}</> },
        ]}
      />
      <Filter {...filter} />
      <span className="count number" role="status">
        {shownWords}
      </span>
      <span className="space" />
      <Button variant="quiet" icon={Circle} aria-label="Recordings" onClick={() => page.show('recordings')}>
        <span className="wide">Recordings</span>
      </Button>
      <Environments environments={environments} />
      <Actions sessions={sessions} shown={shown} onEnd={onEnd} />
    </div>
  )
}
